"""The palette: all that can be done in a place, by name."""

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.widgets import Input


class Palette(CommandPalette):
    """Textual's palette, which goes once and only while it is the screen in front.

    Textual would take off whatever is in front, or fail: a second click may come when the palette
    is gone already, or lies under the question that its command asks.
    """

    def on_mount(self) -> None:
        """Keep the cursor still: a line that is slow would carry its blinking for nothing."""
        self.query_one(Input).cursor_blink = False

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Go, if it is in front."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
