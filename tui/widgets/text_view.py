"""Many lines of plain text to read: notes, details."""

from bisect import bisect_right
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from models.text import displayable
from tui.terminal_text import centred_height, centred_line, fit, foreground, wrap

_TAB_CELLS = 4


@dataclass(frozen=True)
class Block:
    """A piece of text under a heading; either may be empty, and then the other has the tone."""

    heading: str
    text: str
    style: str | None = None
    """The tone of the heading: the end of the name of one of the view's component classes."""

    id: Hashable = None
    """Tells blocks apart, to find the reader's place again; without it their order does."""


class _Shown(NamedTuple):
    """A block as it is shown: one text, of which the first characters may be a heading."""

    key: Hashable
    text: str
    heading_end: int
    style: str | None


class _Line(NamedTuple):
    """A line on the screen: part of the text of a block."""

    block: int
    start: int
    end: int


class _Place(NamedTuple):
    """Where a reader is, whatever the width and whichever blocks have come or gone."""

    key: Hashable
    start: int


class TextView(ScrollView, can_focus=True, inherit_bindings=False):
    """Blocks of text, wrapped to the width, one below the other with an empty line between them.

    The reader's place is kept when the width or the blocks change; who has read to the end stays
    at the end.
    """

    BINDING_GROUP_TITLE = "Text"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "lines(-1)", "Up", show=False, id="text.up", tooltip="A line up"),
        Binding("down,j", "lines(1)", "Down", show=False, id="text.down", tooltip="A line down"),
        Binding("home,g", "start", "Start", show=False, id="text.start", tooltip="The first line"),
        Binding("end,G", "end", "End", show=False, id="text.end", tooltip="The last line"),
        Binding(
            "pageup", "pages(-1)", "Page up", show=False, id="text.page-up", tooltip="A page up"
        ),
        Binding(
            "pagedown",
            "pages(1)",
            "Page down",
            show=False,
            id="text.page-down",
            tooltip="A page down",
        ),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | up, k | Scroll a line up. |
    | down, j | Scroll a line down. |
    | home, g | Go to the first line. |
    | end, G | Go to the last line. |
    | pageup | Scroll a page up. |
    | pagedown | Scroll a page down. |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "text-view--heading",
        "text-view--empty",
        "text-view--accent",
        "text-view--success",
        "text-view--warning",
        "text-view--error",
        "text-view--muted",
    }
    """
    | Class | Description |
    | :- | :- |
    | `text-view--heading` | The heading of a block. |
    | `text-view--empty` | What a view without blocks says. |
    | `text-view--accent` and the like | The tones a block may have. |
    """

    DEFAULT_CSS = """
    TextView {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        background: $surface;
        color: $foreground;

        & > .text-view--heading { text-style: bold; }
        & > .text-view--empty { color: $text-muted; }
        & > .text-view--accent { color: $text-accent; }
        & > .text-view--success { color: $text-success; }
        & > .text-view--warning { color: $text-warning; }
        & > .text-view--error { color: $text-error; }
        & > .text-view--muted { color: $text-muted; }
    }
    """

    def __init__(
        self,
        *,
        empty: str = "",
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        """Initialise the view without any blocks.

        Args:
            empty: What a view without blocks says.
            name: The name of the widget.
            id: The ID of the widget in the DOM.
            classes: The CSS classes of the widget.
            disabled: Whether the widget is disabled.
        """
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self._empty = empty
        self._blocks: tuple[_Shown, ...] = ()
        self._lines: list[_Line] = []
        self._width = 0
        self._at_end = False
        self._kept: tuple[int, _Place] | None = None

    @property
    def empty(self) -> str:
        """What the view says when it has no blocks."""
        return self._empty

    @empty.setter
    def empty(self, text: str) -> None:
        self._empty = text
        self.refresh(layout=True)

    def set_blocks(self, blocks: Sequence[Block]) -> None:
        """Show these blocks instead; if none of them was there before, from the first line on."""
        shown = tuple(_shown(block, index) for index, block in enumerate(blocks))
        if shown == self._blocks:
            return
        was_at_end = self._at_end or (self._width > 0 and self.max_scroll_y == 0)
        place = self._place()
        before = [block.key for block in self._blocks]
        self._blocks = shown
        staying = {block.key for block in self._blocks}.intersection(before)
        self._wrap_all()
        if not staying or place is None:
            self._go_to(0)
        elif was_at_end:
            self.scroll_to_end()
        elif place.key in staying:
            self._go_back_to(place)
        else:
            later = before[before.index(place.key) :] + before[: before.index(place.key)][::-1]
            self._go_back_to(_Place(next(key for key in later if key in staying), 0))

    def scroll_to_end(self) -> None:
        """Go to the last line."""
        self._go_to(self.max_scroll_y)
        self._at_end = True

    def get_content_height(
        self,
        container: Size,  # noqa: ARG002
        viewport: Size,  # noqa: ARG002
        width: int,
    ) -> int:
        """How many lines the text has at a width, or what is said in its place."""
        if not self._blocks:
            return centred_height(self._empty, width)
        return sum(1 for _ in self._wrapped(self._text_width(width)))

    def render_line(self, y: int) -> Strip:
        """One line of the text."""
        width = self.size.width
        if not self._blocks:
            style = self.get_component_rich_style("text-view--empty")
            said = centred_line(self._empty, width, self.size.height, y)
            return Strip([Segment(said, style)], width)
        index = self.scroll_offset.y + y
        if index >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._lines[index]
        block = self._blocks[line.block]
        text = fit(block.text[line.start : line.end], width)
        return Strip([Segment(text, self._line_style(line, block))], width)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Notice whether the reader has come to the end."""
        super().watch_scroll_y(old_value, new_value)
        self._at_end = 0 < self.scroll_offset.y >= self.max_scroll_y

    def _on_resize(self, event: events.Resize) -> None:  # noqa: ARG002
        place = self._place()
        if self._text_width(self.size.width) != self._width:
            self._wrap_all()
        if self._at_end:
            self.scroll_to_end()
        elif place is not None:
            self._go_back_to(place)

    def action_lines(self, lines: int) -> None:
        """Scroll by some lines."""
        self._go_to(self.scroll_offset.y + lines)

    def action_pages(self, pages: int) -> None:
        """Scroll by as many lines as are in view, less one that stays in view."""
        self.action_lines(pages * max(1, self.size.height - 1))

    def action_start(self) -> None:
        """Go to the first line."""
        self._go_to(0)

    def action_end(self) -> None:
        """Go to the last line."""
        self.scroll_to_end()

    def _text_width(self, width: int) -> int:
        # The scrollbar's column stays free, so that nothing is wrapped anew when it comes.
        return max(1, width - self.styles.scrollbar_size_vertical)

    def _wrap_all(self) -> None:
        # Out of sight the view has no size and keeps the width it had.
        if self.size.width:
            self._width = self._text_width(self.size.width)
        self._lines = list(self._wrapped(self._width)) if self._width else []
        self.virtual_size = Size(0, len(self._lines))
        self.refresh(layout=self.styles.auto_dimensions)

    def _wrapped(self, width: int) -> Iterator[_Line]:
        for index, block in enumerate(self._blocks):
            if index:
                yield _Line(index, -1, -1)
            for start, end in wrap(block.text, width):
                yield _Line(index, start, end)

    def _line_style(self, line: _Line, block: _Shown) -> Style:
        style = self.rich_style
        is_heading = line.end <= block.heading_end
        if is_heading:
            style += foreground(self.get_component_rich_style("text-view--heading"))
        if block.style is not None and (is_heading or not block.heading_end):
            style += foreground(self.get_component_rich_style(f"text-view--{block.style}"))
        return style

    def _go_to(self, line: int) -> None:
        self._kept = None
        self.scroll_to(y=line, animate=False, force=True)
        self._at_end = 0 < self.scroll_offset.y >= self.max_scroll_y

    def _go_back_to(self, place: _Place) -> None:
        index = next(n for n, block in enumerate(self._blocks) if block.key == place.key)
        line = bisect_right(self._lines, (index, place.start), key=lambda line: line[:2]) - 1
        self._go_to(line)
        self._kept = (self.scroll_offset.y, place)

    def _place(self) -> _Place | None:
        """Where the reader is; as before while he has not moved, so that resizing never drifts."""
        top = self.scroll_offset.y
        if self._kept is not None and self._kept[0] == top:
            return self._kept[1]
        if top >= len(self._lines):
            return None
        line = self._lines[top]
        return _Place(self._blocks[line.block].key, line.start)


def _shown(block: Block, index: int) -> _Shown:
    heading = displayable(block.heading)
    text = displayable(block.text.expandtabs(_TAB_CELLS), lines=True)
    key = ("at", index) if block.id is None else block.id
    if not heading or not text:
        return _Shown(key, heading or text, len(heading), block.style)
    return _Shown(key, f"{heading}\n{text}", len(heading), block.style)
