"""Words in the border of a pane, of which only the line with the words is drawn anew.

Textual draws all of a widget anew, its ground and every side of its border, for a title.
"""

from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget

from models.text import displayable


def say_above(pane: Widget, words: str) -> None:
    """Say something in the upper border of a pane."""
    _set(pane, "_border_title", words, 0)


def say_below(pane: Widget, words: str) -> None:
    """Say something in the lower border of a pane."""
    _set(pane, "_border_subtitle", words, pane.outer_size.height - 1)


def _set(pane: Widget, place: str, words: str, line: int) -> None:
    said = Content(displayable(words))
    if said != getattr(pane, place):
        setattr(pane, place, said)
        border = Region(0, line, pane.outer_size.width, 1)
        pane.refresh(border.translate(-pane.content_offset))
