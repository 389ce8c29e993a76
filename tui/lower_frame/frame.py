"""The bottom frame: shows one pane at a time under a title that says where one is."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from models.text import displayable
from models.values import Order
from tui.border_words import say_above
from tui.pane import Pane
from tui.widgets.virtual_list import VirtualList

STEP = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "
"""Between the steps of the way to what is shown."""

PLACE = "Custom Jobs"
"""What the frame is called until there is a pane."""


class LowerFrame(Vertical):
    """Holds the pane that is shown, under a title that says where one is."""

    def __init__(self, welcome: str) -> None:
        """Show some words until there is a pane."""
        super().__init__(id="lower-frame", classes="pane")
        self._welcome = welcome
        self.pane: Pane | None = None
        self._orders: dict[str | None, Order | None] = {}

    def compose(self) -> ComposeResult:
        """Show the words to begin with."""
        yield self._words()

    def on_mount(self) -> None:
        """Name the frame."""
        self.name_place(PLACE)

    @on(VirtualList.Sorted)
    def _sorted(self, event: VirtualList.Sorted[object]) -> None:
        """Let the next list of this kind be sorted in the same way."""
        event.stop()
        self._orders[event.list.id] = event.order

    def _words(self) -> Static:
        return Static(Content(displayable(self._welcome, lines=True)), id="welcome")

    async def put(self, pane: Pane, *steps: str) -> None:
        """Show `pane` in place of the one before, or still; `steps` say where one is."""
        with self.app.batch_update():
            await self._take_away(but=pane)
            if pane.is_attached:
                pane.display = True
            else:
                await self.mount(pane)
                for rows in pane.walk_children(VirtualList):
                    rows.sort(self._orders.get(rows.id))
        self.pane = pane
        self.name_place(*steps)

    async def _take_away(self, but: Pane | None = None) -> None:
        """Take away what is shown; what is shown again and again stays, out of sight."""
        for child in list(self.children):
            if child is but:
                continue
            if isinstance(child, Pane) and child.STAYS:
                child.display = False
            else:
                await child.remove()

    async def clear(self) -> None:
        """Show the words again, and no pane."""
        with self.app.batch_update():
            await self._take_away()
            await self.mount(self._words())
        self.pane = None
        self.name_place(PLACE)

    def name_place(self, *steps: str) -> None:
        """Say in the title where one is."""
        say_above(self, STEP.join(steps))
