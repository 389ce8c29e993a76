"""A switch of a form: its key and its state in words; a click switches it, too."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static


class Toggle(Static):
    """Says how a switch stands; mostly no stop of the Tab key, out of the way of the plain case."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,space,ctrl+j",
            "switch",
            "Switch",
            show=False,
            id="list.switch",
            tooltip="Switch it",
        ),
    ]

    words: reactive[str] = reactive("")
    """The state, in words."""

    @dataclass
    class Switched(Message):
        """The switch was clicked."""

        toggle: "Toggle"

    def __init__(self, key: str, action: str, *, stop: bool = False) -> None:
        """Show `key` before the state; the form's `action` is what the key does.

        Args:
            key: the name of the key.
            action: an action of the form, in the program's own words.
            stop: whether the Tab key stops here.
        """
        super().__init__(classes="toggle")
        self.can_focus = stop
        self._key = key
        self.action = action

    def watch_words(self, words: str) -> None:
        """Show the state."""
        self.update(Content.assemble((self._key, "$footer-key-foreground"), f" {words}"))

    def on_click(self) -> None:
        """Tell the form."""
        self.action_switch()

    def action_switch(self) -> None:
        """Tell the form."""
        self.post_message(self.Switched(self))
