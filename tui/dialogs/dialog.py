"""What opens over the frames for a moment and answers once."""

from typing import Generic, TypeVar

from textual import getters
from textual.screen import ModalScreen

from tui.panel import Panel

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer], Generic[Answer]):
    """A question or a text over the frames."""

    panel = getters.app(Panel)

    def answer(self, value: Answer | None) -> None:
        """Answer and go; a second answer, such as by a second click, counts for nothing."""
        if self.is_active:
            self.dismiss(value)
