"""What the staff's panes have beside that: forms and what is kept of them, questions, changes."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message

from models.draft_store import DraftPlace, KeptDraft
from models.refusals import Refused
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

    def __init__(self, desk: DeskLine[StaffDesk], id: str) -> None:
        """Work with `desk`."""
        super().__init__(id=id)
        self.desk = desk
        self._forms: dict[DraftPlace, TaskForm | NoteForm] = {}
        self._drafts: DraftKeeper | None = None

    def add_form(self, form: TaskForm | NoteForm, place: DraftPlace) -> None:
        """Watch over the text of a form of this pane, whose drafts are of `place`."""
        self._forms[place] = form

    def keep_drafts(self, drafts: DraftKeeper) -> None:
        """Keep from now on what is typed here and not saved yet."""
        self._drafts = drafts
        for place, form in self._forms.items():
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
        for form in self._forms.values():
            if focused is not None and form in focused.ancestors_with_self:
                if form.has_text:
                    self.notify("Your text stays in the form.", markup=False)
                self.focus_first()
                return
        super().action_back()

    async def may_be_left(self) -> bool:
        """Ask, if a form holds text that is not saved, what becomes of it."""
        slots = [form.slot for form in self._forms.values() if form.has_text]
        words = "The form holds text that is not saved."
        return not slots or await may_be_left(self.panel, words, slots)

    async def set_text_aside(self) -> None:
        """Have all that is still in the forms offered later: the pane goes, maybe unasked."""
        for form in self._forms.values():
            if form.has_text and form.slot is not None:
                with suppress(Refused):  # told already, as of every key typed before
                    await form.slot.set_aside()

    async def take_up(self, kept: KeptDraft) -> None:
        """Put a draft back into its form, in place of other text, which is kept in turn."""
        for place, form in self._forms.items():
            if (place.form, place.record) == (kept.place.form, kept.place.record):
                if not form.display:
                    self.say_read_only()
                elif await self.adopt(kept, form if form.has_text else None):
                    form.fill(kept.texts)
                    form.focus_first()

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
        slot = None if self._drafts is None else self._drafts.slot(place)
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

    def say_not_saved(self, refusal: Refused) -> None:
        """Tell why a form was not saved; what was typed ahead of that has no place to go."""
        typed = self.panel.type_ahead.drop()
        words = f"{refusal}" + (f" Not taken any more: {quoted(typed)}" if typed else "")
        self.notify(words, severity="error", timeout=15, markup=False)

    def say_read_only(self) -> None:
        """Tell that this can only be read."""
        self.notify(
            "This can only be read here: another provider's staff look after it.",
            severity="warning",
            markup=False,
        )
