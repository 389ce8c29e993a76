"""The last line of the screen: the keys of the place that has the focus; each also takes a click.

One widget of one line. Textual's Footer is made anew, a widget for each key, at every step of the
Tab key.
"""

from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.dom import DOMNode
from textual.screen import Screen
from textual.strip import Strip

from tui.widgets.own_lines import OwnLines

BLANKS = 2
"""Cells between two keys."""

MARGIN = 1
"""Cells before the first and behind the last of them."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A key on the line: where it stands and what it does."""

    key: str
    words: str
    action: str
    node: DOMNode
    start: int = 0

    @property
    def end(self) -> int:
        """The cell after it."""
        return self.start + len(self.key) + 1 + len(self.words)


class KeyLine(OwnLines):
    """Shows the keys whose bindings say that they are to be shown, as many as fit."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-line--key", "key-line--words"}

    DEFAULT_CSS = """
    KeyLine {
        dock: bottom;
        height: 1;
        background: $footer-background;

        & > .key-line--key { color: $footer-key-foreground; text-style: bold; }
        & > .key-line--words { color: $footer-description-foreground; }
    }
    """

    def __init__(self) -> None:
        """Show nothing yet."""
        super().__init__()
        self._keys: tuple[_Shown, ...] = ()
        self._styles: tuple[Style, Style] | None = None

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._take, immediate=True)
        self._take(self.screen)

    def on_resize(self) -> None:
        """Show as many keys as fit now."""
        self._take(self.screen)

    def _take(self, screen: Screen[object]) -> None:
        if screen is not self.screen:
            return
        shown = [active for active in screen.active_bindings.values() if active.binding.show]
        keys: list[_Shown] = []
        start = MARGIN
        # The keys of one action stand together; the first of them is its name here.
        for _, actives in groupby(shown, lambda active: (active.node, active.binding.action)):
            active = next(actives)
            name = self.app.get_key_display(active.binding)
            words = active.binding.description
            key = _Shown(name, words, active.binding.action, active.node, start)
            if key.end > self.size.width - MARGIN:
                break
            keys.append(key)
            start = key.end + BLANKS
        if tuple(keys) != self._keys:
            self._keys = tuple(keys)
            self.refresh()

    def notify_style_update(self) -> None:
        """Take the colours anew."""
        super().notify_style_update()
        self._styles = None

    def render_line(self, y: int) -> Strip:  # noqa: ARG002  # it is but one line
        """Draw the keys."""
        if self._styles is None:
            look_up = self.get_component_rich_style
            self._styles = look_up("key-line--key"), look_up("key-line--words")
        of_key, of_words = self._styles
        segments, end = [], 0
        for key in self._keys:
            segments.append(Segment(" " * (key.start - end), of_words))
            segments.append(Segment(key.key, of_key))
            segments.append(Segment(f" {key.words}", of_words))
            end = key.end
        return Strip(segments).adjust_cell_length(self.size.width, of_words)

    async def on_click(self, event: events.Click) -> None:
        """Do what the key under the mouse does."""
        for key in self._keys:
            if key.start <= event.x < key.end:
                await self.app.run_action(key.action, default_namespace=key.node)
