"""What every pane of the bottom frame has: Esc goes back, lists fit, refusals are told."""

from dataclasses import dataclass
from typing import ClassVar

from textual import getters, on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.css.scalar import Scalar
from textual.message import Message

from models.refusals import Refused
from tui.panel import Panel
from tui.widgets.virtual_list import VirtualList

TITLE_LINES = 1
"""Lines of a list above its rows."""

LEAST_LINES = 3
"""Lines of a list with few rows or none, which then says what to do next."""


class Pane(Vertical):
    """Something to read in the bottom frame."""

    panel = getters.app(Panel)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="pane.back", tooltip="Back by one step", show=False),
    ]

    @dataclass
    class Left(Message):
        """The person goes back by one step."""

    def focus_first(self) -> None:
        """Go to where work in this pane begins."""

    def refresh_data(self) -> None:
        """Read again what is shown, after others changed something."""

    def refresh_bindings(self) -> None:
        """Show which keys do something now; nothing where the pane was taken away meanwhile."""
        if self.is_attached:
            super().refresh_bindings()

    def action_back(self) -> None:
        """Leave for the place before."""
        self.post_message(self.Left())

    def say(self, refusal: Refused) -> None:
        """Tell why something was refused."""
        self.notify(str(refusal), severity="error", timeout=10, markup=False)

    @on(VirtualList.Counted)
    def _fit(self, event: VirtualList.Counted[object]) -> None:
        """Make a list as high as it has rows, so that what is below it stands right there."""
        event.stop()
        height = max(LEAST_LINES, event.total + TITLE_LINES)
        if event.list.styles.max_height != Scalar.from_number(height):
            event.list.styles.max_height = height
            self._keep_focus_in_view()

    def on_resize(self) -> None:
        """Lay out anew without losing what has the focus."""
        self._keep_focus_in_view()

    def _keep_focus_in_view(self) -> None:
        focused = self.app.focused
        if focused is not None and self in focused.ancestors:
            self.call_after_refresh(focused.scroll_visible, animate=False)
