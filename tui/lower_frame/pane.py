"""What the staff's panes have beside that: forms that are left, questions, changes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual.message import Message

from models.refusals import Refused
from models.staff.desk import StaffDesk
from models.text import quoted
from tui.desk_line import DeskLine
from tui.dialogs.confirmation import Confirmation
from tui.forms.note_form import NoteForm
from tui.forms.task_form import TaskForm
from tui.pane import Pane


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

    def __init__(self, desk: DeskLine[StaffDesk], id: str) -> None:
        """Work with `desk`."""
        super().__init__(id=id)
        self.desk = desk
        self._forms: list[TaskForm | NoteForm] = []

    def add_form(self, form: TaskForm | NoteForm) -> None:
        """Watch over the text of a form of this pane."""
        self._forms.append(form)

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
        """Ask, if a form holds text that is not saved, whether it may be thrown away."""
        if not any(form.has_text for form in self._forms):
            return True
        return await self.confirm(
            "The form holds text that is not saved.", "Throw it away", "Keep writing"
        )

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
