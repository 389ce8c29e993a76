"""A list whose length changes with every key."""

from typing import TypeVar

from textual.geometry import Size
from textual.reactive import Reactive

from tui.widgets.virtual_list import VirtualList

R = TypeVar("R")


class ResultList(VirtualList[R]):
    """Takes another length without the screen being laid out anew, as long as it looks the same."""

    virtual_size = Reactive(Size(0, 0), layout=False)

    def watch_virtual_size(self, size: Size) -> None:
        """Show the length by the scrollbar; lay out where that comes or goes."""
        if self.show_vertical_scrollbar != (size.height > self.size.height):
            self.refresh(layout=True)
        elif self.show_vertical_scrollbar:
            self.vertical_scrollbar.window_virtual_size = size.height
