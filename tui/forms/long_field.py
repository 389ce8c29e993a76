"""A labelled field of a form for many lines."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.widgets.block_field import BlockField


class LongField(Vertical):
    """A field of many lines under its label; clicking the label goes to the field."""

    def __init__(self, name: str, label: str) -> None:
        """Make the field `name`."""
        super().__init__(id=f"field-{name}", classes="long-field")
        self.field_name = name
        self.label = label
        self.input = BlockField()

    def compose(self) -> ComposeResult:
        """Put the label over the field."""
        yield Static(Content(self.label), classes="field-label")
        yield self.input

    def on_click(self) -> None:
        """Go to the field."""
        self.input.focus()

    @property
    def text(self) -> str:
        """What was typed."""
        return self.input.text

    @text.setter
    def text(self, value: str) -> None:
        self.input.text = value
