"""The first line of the screen: which program this is, who works, or what is being waited for."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from models.text import displayable


class Header(Horizontal):
    """Shows two texts; while something is waited for, a sentence in their place."""

    def __init__(self) -> None:
        """Show nothing yet."""
        super().__init__(id="header")
        self._left = Static(id="header-left")
        self._right = Static(id="header-right")
        self._texts = ("", "")
        self._waiting = ""

    def compose(self) -> ComposeResult:
        """One text to the left, one to the right."""
        yield self._left
        yield self._right

    def show(self, left: str, right: str = "") -> None:
        """Show these texts."""
        self._texts = (left, right)
        self._draw()

    def tell(self, waiting: str) -> None:
        """Say what is being waited for; nothing more when empty."""
        self._waiting = waiting
        self._draw()

    def _draw(self) -> None:
        left, right = self._texts
        self.set_class(bool(self._waiting), "-waiting")
        self._left.update(Content(displayable(self._waiting or left)))
        self._right.update(Content(displayable(right)))
