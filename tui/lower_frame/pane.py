"""What the staff's panes have beside that: forms and what is kept of them, questions, changes."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message

from models.draft_store import DraftPlace, KeptDraft
from models.refusals import JobMoved, Refused
from models.staff.desk import StaffDesk
from models.text import quoted
from tui.desk_line import DeskLine
from tui.dialogs.confirmation import Confirmation
from tui.dialogs.leaving import may_be_left
from tui.draft_keeper import DraftKeeper
from tui.forms.note_form import NoteForm
from tui.forms.task_form import TaskForm
from tui.pane import Pane

if TYPE_CHECKING:
    from tui.dialogs.edit_job import EditJob
    from tui.dialogs.edit_task import EditTask


class StaffPane(Pane):
    """A pane to work in. Esc leaves a form, keeping its text, and then the pane.

    What can only be read here is not offered for change: the keys in `CHANGES` are then neither on
    the key line nor in the palette, and say so when they are pressed.
    """

    CHANGES: ClassVar[frozenset[str]] = frozenset()
    """The actions that change what the pane shows. Each of their keys has a second binding, to
    `read_only`."""

    @dataclass
    class Changed(Message):
        """The person changed something: the counts of the account are others now."""

    @dataclass
    class DialogLeft(Message):
        """A dialog was left, and its text may be kept for later."""

    @dataclass
    class TakenUp(Message):
        """A draft is in its form again."""

        kept: KeptDraft

    def __init__(self, desk: DeskLine[StaffDesk], id: str) -> None:
        """Work with `desk`."""
        super().__init__(id=id)
        self.desk = desk
        self._forms: dict[TaskForm | NoteForm, DraftPlace] = {}
        self._drafts: DraftKeeper | None = None

    def add_form(self, form: TaskForm | NoteForm, place: DraftPlace) -> None:
        """Watch over the text of a form of this pane, whose drafts are of `place`.

        The account of the place is the one for which the text is written: of a job that is moved
        meanwhile, the one that the person knows of.
        """
        self._forms[form] = place
        form.slot = None if self._drafts is None else self._drafts.slot(place)

    def keep_drafts(self, drafts: DraftKeeper) -> None:
        """Keep from now on what is typed here and not saved yet."""
        self._drafts = drafts
        for form, place in self._forms.items():
            form.slot = drafts.slot(place)

    def may_change(self, _action: str, /) -> bool:
        """Tell whether one of the `CHANGES` can be made right now; a pane says by what."""
        return True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer no change of what can only be read."""
        if action in self.CHANGES:
            return self.may_change(action)
        return super().check_action(action, parameters)

    def action_read_only(self) -> None:
        """Tell that this can only be read; comes after a change that is not offered."""
        self.say_read_only()

    def action_back(self) -> None:
        """Leave the form for the list, its text stays; leave the list for the place before."""
        focused = self.app.focused
        for form in self._forms:
            if focused is not None and form in focused.ancestors_with_self:
                if form.has_text:
                    self.notify("Your text stays in the form.", markup=False)
                self.focus_first()
                return
        super().action_back()

    async def may_be_left(self) -> bool:
        """Ask, if a form holds text that is not saved, what becomes of it."""
        slots = [form.slot for form in self._forms if form.has_text]
        words = "The form holds text that is not saved."
        return not slots or await may_be_left(self.panel, words, slots)

    async def set_text_aside(self) -> None:
        """Have all that is still in the forms offered later: the pane goes, maybe unasked."""
        for form in self._forms:
            if form.has_text and form.slot is not None:
                with suppress(Refused):  # told already, as of every key typed before
                    await form.slot.set_aside()

    async def take_up(self, kept: KeptDraft) -> None:
        """Put a draft back into its form, in place of other text, which is kept in turn."""
        for form, place in list(self._forms.items()):
            if (place.form, place.record) == (kept.place.form, kept.place.record):
                if not form.display:
                    self.say_read_only()
                elif await self.adopt(kept, form if form.has_text else None):
                    self.write_for(kept.place.account, form)
                    form.fill(kept.texts)
                    form.focus_first()
                    self.post_message(self.TakenUp(kept))

    def account_of(self, form: TaskForm | NoteForm) -> int:
        """Return the account for which the text of a form is written."""
        return self._forms[form].account

    def write_for(self, account: int, form: TaskForm | NoteForm) -> None:
        """Take what is in a form, from now on, for written for this account."""
        self._forms[form] = replace(self._forms[form], account=account)
        if form.slot is not None:
            form.slot.move(account)

    async def adopt(self, kept: KeptDraft, over: TaskForm | NoteForm | None = None) -> bool:
        """Make a draft this session's own, or tell why that cannot be done.

        Args:
            kept: the draft.
            over: the form whose text it will replace.
        """
        if self._drafts is None:
            return False
        try:
            if over is not None and over.slot is not None:
                await over.slot.set_aside()
            if await self._drafts.adopt(kept):
                return True
            self.notify("It was taken up in another window meanwhile.", severity="warning")
        except Refused as error:
            self.say(error)
        return False

    async def edit(
        self, dialog: "EditJob | EditTask", place: DraftPlace, kept: KeptDraft | None = None
    ) -> bool:
        """Open a dialog, go on with a draft in it if there is one; return whether it was saved."""
        if kept is not None and not await self.adopt(kept):
            return False
        slot = None if self._drafts is None else self._drafts.slot(kept.place if kept else place)
        dialog.keep_in(slot, kept)
        is_saved: bool | None = await self.panel.ask(dialog)
        if slot is not None:
            slot.put(None)
        self.post_message(self.DialogLeft())
        return bool(is_saved)

    async def confirm(self, question: str, yes: str, no: str) -> bool:
        """Ask the person and return whether the answer is yes."""
        answer: bool | None = await self.panel.ask(Confirmation(question, yes, no))
        return bool(answer)

    async def change(self, operation: Callable[[StaffDesk], object]) -> bool:
        """Change something and show it, or tell why it was refused; return whether it was done."""
        try:
            await self.desk.ask(operation)
        except Refused as error:
            self.say(error)
            self.refresh_data()
            return False
        self.refresh_data()
        self.post_message(self.Changed())
        return True

    def say_not_saved(self, refusal: Refused, form: TaskForm | NoteForm) -> None:
        """Tell why a form was not saved; what was typed ahead of that has no place to go.

        If the job was moved, the person knows it now, and the next Enter is meant for there.
        """
        if isinstance(refusal, JobMoved):
            self.take_along(refusal.account, form)
        typed = self.panel.type_ahead.drop()
        words = f"{refusal}" + (f" Not taken any more: {quoted(typed)}" if typed else "")
        self.notify(words, severity="error", timeout=15, markup=False)

    def take_along(self, account: int, form: TaskForm | NoteForm) -> None:
        """Let what is in a form already go with its job to another account."""
        self.write_for(account, form)
        if form.slot is not None and form.has_text:
            form.slot.put(form.texts())

    def say_read_only(self) -> None:
        """Tell that this can only be read."""
        self.notify(
            "This can only be read here: another provider's staff look after it.",
            severity="warning",
            markup=False,
        )
