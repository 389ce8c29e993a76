"""A field for many lines of text, as all forms use it."""

from textual import events
from textual.widgets import TextArea

from models.text import clean_block


class BlockField(TextArea):
    """Many lines without a border that take whatever is pasted, cleaned, and do not blink."""

    def __init__(self, *, highlight_cursor_line: bool = True) -> None:
        """Make the field, empty.

        Args:
            highlight_cursor_line: Whether the line with the cursor has a ground of its own.
        """
        super().__init__(
            soft_wrap=True,
            tab_behavior="focus",
            compact=True,
            highlight_cursor_line=highlight_cursor_line,
        )
        self.cursor_blink = False

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()  # or Textual would paste it a second time
        self._put(event.text)

    def action_paste(self) -> None:
        """Paste what was copied or cut in the panel."""
        self._put(self.app.clipboard)

    def _put(self, text: str) -> None:
        """Insert a text at the cursor, in place of what is selected."""
        put = self.replace(clean_block(text), *self.selection, maintain_selection_offset=False)
        self.move_cursor(put.end_location)
