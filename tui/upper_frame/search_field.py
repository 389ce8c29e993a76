"""The field of Search: a line whose end a key completes with the hint below it."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive

from models.search_query import Hint
from tui.widgets.line_field import LineField


class SearchField(LineField):
    """Takes what is searched for, and the hint that goes on with it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "right",
            "take_hint",
            "Complete",
            show=False,
            id="search.take-hint",
            tooltip="At the end of the text: complete it with the hint below it",
        ),
    ]

    virtual_size = Reactive(Size(0, 0), layout=False)
    """The cells of the text; unlike in Textual, the screen is not laid out anew at each key."""

    @dataclass
    class HintWanted(Message):
        """What was begun is to be completed."""

    @property
    def is_at_end_of_word(self) -> bool:
        """Whether the text ends in a word that could be completed, and the cursor is behind it."""
        text = self.value
        return self.cursor_position == len(text) and text[-1:].strip() != ""

    def put(self, hint: Hint) -> None:
        """Write a hint where it belongs."""
        self.replace(hint.insert, hint.start, hint.end)

    def action_take_hint(self) -> None:
        """Complete the text, or move on in it."""
        if self.is_at_end_of_word and self.selection.is_empty:
            self.post_message(self.HintWanted())
        else:
            self.action_cursor_right()
