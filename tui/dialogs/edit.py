"""What the dialogs that edit a record share: fields, one Save, and what to do on a conflict."""

from collections.abc import Mapping
from dataclasses import fields
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input

from models.drafts import JobDraft, TaskDraft
from models.refusals import BadFields, Conflict, Refused
from models.text import displayable, quoted
from tui.dialogs.confirmation import Confirmation
from tui.dialogs.dialog import Dialog
from tui.forms.field import Field
from tui.forms.words import Words

Draft = TypeVar("Draft", JobDraft, TaskDraft)
Record = TypeVar("Record")


class EditDialog(Dialog[bool], Generic[Draft, Record]):
    """Edits a record; answers True once it is saved. Esc never throws text away without a word.

    When someone else changed the record meanwhile, nothing is saved: the form keeps what was typed
    and says how each field reads now. Saving once more then means to keep what was typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", id="edit.save", tooltip="Save the changes"),
        Binding("escape", "cancel", "Cancel", id="edit.cancel", tooltip="Leave without saving"),
    ]

    def __init__(self, title: str) -> None:
        """Open under a title."""
        super().__init__()
        self._title = title
        self._words = Words()

    # -- what each dialog is about ---------------------------------------------------------------

    def fields(self) -> list[Field]:
        """Return the one-line fields by the names of the draft."""
        raise NotImplementedError

    def body(self) -> list[Widget]:
        """Return all widgets of the form, from the top."""
        return list(self.fields())

    def draft(self) -> Draft:
        """Return what was typed."""
        raise NotImplementedError

    def saved_draft(self) -> Draft:
        """Return what the record says, in the form of a draft."""
        raise NotImplementedError

    def check(self) -> str:
        """Return words about a draft that is right, or raise `BadFields`."""
        raise NotImplementedError

    async def save(self) -> None:
        """Save the draft against the version that was seen."""
        raise NotImplementedError

    def take_current(self, record: Record) -> Mapping[str, str]:
        """Take the record as it is now for the one that was seen.

        Returns:
            By field, the texts that someone else changed and that are not what was typed.
        """
        raise NotImplementedError

    # -- the dialog ------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Lay out the fields, what is wrong, and the buttons."""
        with Vertical(classes="dialog edit") as dialog:
            dialog.border_title = Content(displayable(self._title))
            with VerticalScroll(can_focus=False, classes="edit-fields"):
                yield from self.body()
            yield self._words
            with Horizontal(classes="dialog-buttons"):
                yield Button(Content("Cancel"), id="cancel", compact=True)
                yield Button(Content("Save"), id="save", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Begin in the first field."""
        self.fields()[0].input.focus()
        self.show_state()

    def show_state(self) -> None:
        """Say what is wrong with what was typed, else what it means."""
        try:
            words = self.check()
            problems: Mapping[str, str] = {}
        except BadFields as error:
            problems = error.problems
            words = " ".join(problems.values())
        self._mark(problems, words)

    def _mark(self, problems: Mapping[str, str], words: str) -> None:
        for field in self.fields():
            field.input.set_invalid(field.field_name in problems)
        self._words.say(words, problem=bool(problems))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.show_state()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_save()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "save":
            self.action_save()
        else:
            self.action_cancel()

    def action_save(self) -> None:
        """Save, unless a field is wrong."""
        self.panel.follow(self._save)

    async def _save(self) -> None:
        try:
            self.check()
            await self.save()
        except BadFields as error:
            self._mark(error.problems, str(error))
        except Conflict as error:
            await self._settle(error)
        except Refused as error:
            self._mark({"": ""}, str(error))
        else:
            self.answer(True)

    async def _settle(self, conflict: Conflict) -> None:
        """Show what someone else changed in these fields; if they left them alone, save at once."""
        record: Record = conflict.current  # type: ignore[assignment]  # the desk's own record
        changes = self.take_current(record)
        if not changes:
            await self._save()
            return
        labels = {field.field_name: field.label for field in self.fields()}
        theirs: list[str] = [
            f"{labels.get(name, name.capitalize())}: {quoted(text) if text else '(empty)'}"
            for name, text in changes.items()
        ]
        advice = "It now reads as follows; Save again keeps yours, Cancel keeps theirs."
        self._mark({"": ""}, "\n".join([f"{conflict} {advice}", *theirs]))

    def action_cancel(self) -> None:
        """Leave; text that was changed only after a question."""
        self.panel.follow(self._cancel)

    async def _cancel(self) -> None:
        if await self.may_be_left():
            self.answer(False)

    async def may_be_left(self) -> bool:
        """Ask, if something was changed and not saved, whether it may be thrown away."""
        if self.draft() == self.saved_draft():
            return True
        answer: bool | None = await self.panel.ask(
            Confirmation("The changes are not saved.", yes="Throw them away", no="Keep writing")
        )
        return bool(answer)


def changes_of_others(seen: Draft, now: Draft, mine: Draft) -> dict[str, str]:
    """Return by field how a record reads now, where others changed it to what is not typed."""
    return {
        name: str(getattr(now, name))
        for name in (field.name for field in fields(seen))
        if getattr(seen, name) != getattr(now, name) != getattr(mine, name)
    }
