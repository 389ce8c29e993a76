"""A labelled field of a form."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tui.widgets.line_field import LineField

NUMBERS = ("rate", "amount", "time")
"""Fields that are typed anew rather than edited."""


class Field(Vertical):
    """A one-line field under its label; clicking the label goes to the field."""

    label: reactive[str] = reactive("")
    """The words over the field."""

    def __init__(self, name: str, label: str, placeholder: str = "") -> None:
        """Make the field `name`; the placeholder shows while it is empty."""
        super().__init__(id=f"field-{name}", classes="field")
        self.field_name = name
        self.input = LineField(placeholder=placeholder)
        # What is typed over a number replaces it; a text is rather added to.
        self.input.select_on_focus = name in NUMBERS
        self._label = Static(classes="field-label")
        self.label = label

    def compose(self) -> ComposeResult:
        """Put the label over the field."""
        yield self._label
        yield self.input

    def watch_label(self, label: str) -> None:
        """Show the label."""
        self._label.update(Content(label))

    def on_click(self) -> None:
        """Go to the field."""
        self.input.focus()

    @property
    def text(self) -> str:
        """What was typed."""
        return self.input.value

    @text.setter
    def text(self, value: str) -> None:
        self.input.value = value
        self.input.cursor_position = len(value)
