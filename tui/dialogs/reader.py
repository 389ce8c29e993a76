"""A text to read at leisure, such as a job's details."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from models.text import displayable
from tui.dialogs.dialog import Dialog
from tui.widgets.text_view import Block, TextView


class Reader(Dialog[None]):
    """Shows blocks of text; Esc or Enter goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "close", "Close", id="reader.close"),
    ]

    def __init__(self, title: str, blocks: list[Block]) -> None:
        """Show `blocks` under a title."""
        super().__init__()
        self._title = title
        self._blocks = blocks

    def compose(self) -> ComposeResult:
        """Give the text most of the screen."""
        with Vertical(classes="dialog reader") as dialog:
            dialog.border_title = Content(displayable(self._title))
            yield TextView(id="reader-text")

    def on_mount(self) -> None:
        """Fill in the text and let it be scrolled."""
        view = self.query_one(TextView)
        view.set_blocks(self._blocks)
        view.focus()

    def action_close(self) -> None:
        """Go back."""
        self.answer(None)
