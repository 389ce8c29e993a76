"""What every pane of the bottom frame has: Esc goes back, lists fit, refusals are told."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from textual import getters, on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from models.refusals import Refused
from tui.panel import Panel
from tui.widgets.virtual_list import VirtualList

PATIENCE = 0.25
"""Seconds for which a place is shown only together with its first rows."""


class Pane(Vertical):
    """Something to read in the bottom frame."""

    panel = getters.app(Panel)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="pane.back", tooltip="Back by one step", show=False),
    ]

    STAYS: ClassVar[bool] = False
    """Whether its frame keeps it for the next time: to build one takes longer than to fill it."""

    _rows = 0

    @dataclass
    class Left(Message):
        """The person goes back by one step."""

    def focus_first(self) -> None:
        """Go to where work in this pane begins."""

    async def filled(self) -> None:
        """Wait for the first rows of the lists, not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                for rows in self.walk_children(VirtualList):
                    await rows.shown()

    def refresh_data(self) -> None:
        """Read again what is shown, after others changed something."""

    def refresh_bindings(self) -> None:
        """Show which keys do something now; nothing where the pane was taken away meanwhile."""
        if self.is_attached:
            super().refresh_bindings()

    def action_back(self) -> None:
        """Leave for the place before."""
        self.post_message(self.Left())

    def say(self, refusal: Refused) -> None:
        """Tell why something was refused."""
        self.notify(str(refusal), severity="error", timeout=10, markup=False)

    @on(VirtualList.Counted)
    def _fitted(self, event: VirtualList.Counted[object]) -> None:
        """Follow a list that is as high as it has rows, with what is right below it."""
        event.stop()
        if event.total != self._rows:
            self._rows = event.total
            self._keep_focus_in_view()

    def on_resize(self) -> None:
        """Lay out anew without losing what has the focus."""
        self._keep_focus_in_view()

    def _keep_focus_in_view(self) -> None:
        focused = self.app.focused
        if focused is not None and self in focused.ancestors:
            self.call_after_refresh(focused.scroll_visible, animate=False)
