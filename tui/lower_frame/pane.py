"""What the panes of the bottom frame have in common: forms that are left, questions, refusals."""

from dataclasses import dataclass
from typing import ClassVar

from textual import getters, on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from models.refusals import Refused
from tui.dialogs.confirmation import Confirmation
from tui.forms.note_form import NoteForm
from tui.forms.task_form import TaskForm
from tui.panel import Panel
from tui.widgets.virtual_list import VirtualList

TITLE_LINES = 1
"""Lines of a list above its rows."""

LEAST_LINES = 3
"""Lines of a list with few rows or none, which then says what to do next."""


class LowerPane(Vertical):
    """A pane of the bottom frame. Esc leaves a form, keeping its text, and then the pane."""

    panel = getters.app(Panel)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="pane.back", tooltip="Back by one step", show=False),
    ]

    @dataclass
    class Left(Message):
        """The person goes back by one step."""

    def __init__(self, id: str) -> None:
        """Make the pane."""
        super().__init__(id=id)
        self._forms: list[TaskForm | NoteForm] = []

    def add_form(self, form: TaskForm | NoteForm) -> None:
        """Watch over the text of a form of this pane."""
        self._forms.append(form)

    def focus_first(self) -> None:
        """Go to where work in this pane begins."""

    def refresh_data(self) -> None:
        """Read again what is shown, after others changed something."""

    @on(VirtualList.Counted)
    def _fit(self, event: VirtualList.Counted[object]) -> None:
        """Make a list as high as it has rows, so that its form stands right below the last."""
        event.stop()
        event.list.styles.max_height = max(LEAST_LINES, event.total + TITLE_LINES)

    def on_resize(self) -> None:
        """Keep what has the focus in view."""
        focused = self.app.focused
        if focused is not None and self in focused.ancestors:
            self.call_after_refresh(focused.scroll_visible, animate=False)

    # -- leaving ---------------------------------------------------------------------------------

    def action_back(self) -> None:
        """Leave the form for the list, its text stays; leave the list for the place before."""
        focused = self.app.focused
        for form in self._forms:
            if focused is not None and form in focused.ancestors_with_self:
                if form.has_text:
                    self.notify("Your text stays in the form.", markup=False)
                self.focus_first()
                return
        self.post_message(self.Left())

    async def may_be_left(self) -> bool:
        """Ask, if a form holds text that is not saved, whether it may be thrown away."""
        if not any(form.has_text for form in self._forms):
            return True
        return await self.confirm(
            "The form holds text that is not saved.", "Throw it away", "Keep writing"
        )

    # -- telling ---------------------------------------------------------------------------------

    async def confirm(self, question: str, yes: str, no: str) -> bool:
        """Ask the person and return whether the answer is yes."""
        answer: bool | None = await self.panel.ask(Confirmation(question, yes, no))
        return bool(answer)

    def say(self, refusal: Refused) -> None:
        """Tell why something was refused."""
        self.notify(str(refusal), severity="error", timeout=10, markup=False)

    def say_read_only(self) -> None:
        """Tell that this can only be read."""
        self.notify("This can only be read here.", severity="warning", markup=False)
