"""The screen of the two frames, drawn with as little as each change takes."""

from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from tui.terminal.compositor import ExactCompositor


class FrameScreen(Screen[None]):
    """The screen of the frames; at a step of the focus, what gets or loses it draws itself."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._compositor = ExactCompositor()
