"""The last line of the screen: the keys of the place that has the focus; each also takes a click.

One widget of one line. Textual's Footer is made anew, a widget for each key, at every step of the
Tab key.
"""

from dataclasses import dataclass
from itertools import groupby

from textual import events
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget

BLANKS = 2
"""Cells between two keys."""


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


class KeyLine(Widget):
    """Shows the keys whose bindings say that they are to be shown, as many as fit."""

    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; padding: 0 1; background: $footer-background; }
    """

    def __init__(self) -> None:
        """Show nothing yet."""
        super().__init__()
        self._keys: tuple[_Shown, ...] = ()

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
        start = 0
        # The keys of one action stand together; the first of them is its name here.
        for _, actives in groupby(shown, lambda active: (active.node, active.binding.action)):
            active = next(actives)
            name = self.app.get_key_display(active.binding)
            words = active.binding.description
            key = _Shown(name, words, active.binding.action, active.node, start)
            if key.end > self.size.width:
                break
            keys.append(key)
            start = key.end + BLANKS
        if tuple(keys) != self._keys:
            self._keys = tuple(keys)
            self.refresh()

    def render(self) -> Content:
        """Draw the keys."""
        parts = (
            Content.assemble(
                (key.key, "$footer-key-foreground bold"),
                (f" {key.words}", "$footer-description-foreground"),
            )
            for key in self._keys
        )
        return Content(" " * BLANKS).join(parts)

    async def on_click(self, event: events.Click) -> None:
        """Do what the key under the mouse does."""
        offset = event.get_content_offset(self)
        for key in self._keys:
            if offset is not None and key.start <= offset.x < key.end:
                await self.app.run_action(key.action, default_namespace=key.node)
