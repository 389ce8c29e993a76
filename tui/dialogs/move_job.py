"""Moving a job to the account that it belongs to."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from models.refusals import BadInput, Conflict, Refused
from models.staff.desk import StaffDesk
from models.text import displayable, quoted
from models.values import Account, Job
from tui.desk_line import DeskLine
from tui.dialogs.dialog import Dialog
from tui.forms.field import Field
from tui.forms.words import Words

MOST_DIGITS = 12
"""Digits of an Account ID; no company has more customers."""


class MoveJob(Dialog[bool]):
    """Asks for an Account ID and says whose it is; answers True once the job is there.

    What is refused is said below the field, and what was typed stays.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="move.cancel", tooltip="Leave it where it is"),
    ]

    def __init__(self, desk: DeskLine[StaffDesk], job: Job) -> None:
        """Move `job`."""
        super().__init__()
        self._desk = desk
        self._job = job
        self._field = Field("account", "Account ID", "the account it belongs to")
        self._words = Words()

    def compose(self) -> ComposeResult:
        """The field, what will happen, and the buttons."""
        with Vertical(classes="dialog move") as dialog:
            dialog.border_title = Content(
                displayable(f"Move #{self._job.id} {self._job.description}")
            )
            yield self._field
            yield self._words
            with Horizontal(classes="dialog-buttons"):
                yield Button(Content("Cancel"), id="cancel", compact=True)
                yield Button(Content("Move"), id="move", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Begin in the field."""
        self._field.input.focus()
        self._say(f"It is in account {self._job.account} now.")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._look()

    @work(group="look", exclusive=True)
    async def _look(self) -> None:
        """Say what will happen, or why it cannot, while one types."""
        if not self._field.text.strip():
            self._say(f"It is in account {self._job.account} now.")
            return
        try:
            account_id = self._account_id()
            account = await self._desk.ask(lambda desk: desk.accounts.get(account_id))
        except Refused as error:
            self._say(str(error), problem=True)
        else:
            in_the_way = _in_the_way(self._job, account)
            self._say(in_the_way or _what_happens(self._job, account), problem=bool(in_the_way))

    @on(Input.Submitted)
    @on(Button.Pressed, "#move")
    def _entered(self, event: Input.Submitted | Button.Pressed) -> None:
        event.stop()
        self.panel.follow(self._move)

    @on(Button.Pressed, "#cancel")
    def _cancelled(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_cancel()

    def action_cancel(self) -> None:
        """Leave the job where it is."""
        self.answer(False)

    async def _move(self) -> None:
        job = self._job
        self.workers.cancel_group(self, "look")
        try:
            account_id = self._account_id()
            moved = await self._desk.ask(
                lambda desk: desk.jobs.move(job.id, account_id, version=job.version)
            )
        except Refused as error:
            if isinstance(error, Conflict) and isinstance(error.current, Job):
                self._job = error.current
            self._say(str(error), problem=True)
            self._field.input.focus()
            return
        self.panel.notify(
            f"#{moved.id} is in account {moved.account} now, not in {job.account} any more.\n"
            "u takes that back.",
            title="Moved",
            timeout=8,
        )
        self.answer(True)

    def _account_id(self) -> int:
        text = self._field.text.strip()
        if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
            said = f"{quoted(text)} is no Account ID" if text else "There is no Account ID yet"
            raise BadInput(f"{said}: write its number, as Search shows it.")
        return int(text)

    def _say(self, words: str, *, problem: bool = False) -> None:
        self._field.input.set_invalid(problem)
        self._words.say(words, problem=problem)


def _in_the_way(job: Job, account: Account) -> str:
    """Say why the job cannot go there, as far as that shows; the desk has the last word."""
    who = _who(account)
    if account.id == job.account:
        return f"{who}\nThe job is there already."
    if not account.writable:
        return f"{who}\nThat account can only be read here."
    if account.currency != job.currency:
        return f"{who}\nThat account is in {account.currency}, the job is in {job.currency}."
    return ""


def _what_happens(job: Job, account: Account) -> str:
    """Say whose account it is, and who will see the job."""
    who = _who(account)
    if not job.shown_to_customer:
        return f"{who}\nNo customer sees the job: it is hidden from them."
    return (
        f"{who}\nThe customer of {job.account} will not see it any more; "
        f"the customer of {account.id} will."
    )


def _who(account: Account) -> str:
    name = account.company or account.person
    return " · ".join(part for part in (f"{account.id} {account.username}", name) if part)
