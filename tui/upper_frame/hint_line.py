"""The line below the search field: what could be typed next, taken by a key or by a click."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from models.search_query import Hint
from models.text import displayable

TAKES = "→ "
"""Before the hint that the key of this name takes."""

GAP = "  "


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some words of the line; a click on them takes their hint, if they have one."""

    words: str
    style: str = ""
    hint: Hint | None = None


class HintLine(Widget):
    """Shows hints in one line, as many as fit; it is there also when there are none.

    So nothing below it moves while one types.
    """

    DEFAULT_CSS = """
    HintLine { height: 1; text-wrap: nowrap; text-overflow: ellipsis; color: $text-muted; }
    """

    @dataclass
    class Taken(Message):
        """A hint was clicked."""

        hint: Hint

    def __init__(self) -> None:
        """Show nothing yet."""
        super().__init__()
        self._pieces: tuple[_Piece, ...] = ()

    def show(self, hints: Sequence[Hint], *, begun: bool) -> None:
        """Show the hints.

        Args:
            hints: what could be written; none leaves the line empty.
            begun: whether the first one goes on with what was typed, so that the key takes it.
        """
        self._show(_begun(hints) if begun and hints else _named(hints))

    def say(self, problem: str) -> None:
        """Say what is wrong with the text, in place of hints."""
        self._show([_Piece(displayable(problem), "$text-error")])

    @property
    def says_all(self) -> bool:
        """Whether there is room for all that is shown."""
        return sum(cell_len(piece.words) for piece in self._pieces) <= self.size.width

    def _show(self, pieces: Iterable[_Piece]) -> None:
        shown = tuple(pieces)
        if shown != self._pieces:
            self._pieces = shown
            self.refresh()

    def render(self) -> Content:
        """Draw the line."""
        return Content.assemble(*((piece.words, piece.style) for piece in self._pieces))

    def on_click(self, event: events.Click) -> None:
        """Take the hint under the mouse."""
        offset = event.get_content_offset(self)
        start = 0
        for piece in self._pieces:
            end = start + cell_len(piece.words)
            is_here = offset is not None and start <= offset.x < end
            if is_here and piece.hint is not None and piece.hint.insert:
                self.post_message(self.Taken(piece.hint))
            start = end


def _begun(hints: Sequence[Hint]) -> Iterator[_Piece]:
    """Show the first hint with what it means, then what else would fit."""
    first, *others = hints
    if first.insert:
        yield _Piece(TAKES, "$footer-key-foreground bold", first)
        yield _Piece(_name(first), "$foreground bold", first)
        yield _Piece(GAP)
    yield _Piece(displayable(first.what), hint=first)
    yield _Piece(GAP)
    yield from _named(others)


def _named(hints: Sequence[Hint]) -> Iterator[_Piece]:
    """Name the hints."""
    for hint in hints:
        yield _Piece(_name(hint), hint=hint)
        yield _Piece(" ")


def _name(hint: Hint) -> str:
    return displayable(hint.insert).rstrip()
