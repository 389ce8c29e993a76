"""A switch of a form: its key and its state in words; a click switches it, too."""

from dataclasses import dataclass

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static


class Toggle(Static):
    """Says how a switch stands; it is no stop of the Tab key, out of the way of the plain case."""

    words: reactive[str] = reactive("")
    """The state, in words."""

    @dataclass
    class Switched(Message):
        """The switch was clicked."""

        toggle: "Toggle"

    def __init__(self, key: str, action: str) -> None:
        """Show `key` before the state; the form's `action` is what the key does."""
        super().__init__(classes="toggle")
        self._key = key
        self.action = action

    def watch_words(self, words: str) -> None:
        """Show the state."""
        self.update(Content.assemble((self._key, "$footer-key-foreground"), f" {words}"))

    def on_click(self) -> None:
        """Tell the form."""
        self.post_message(self.Switched(self))
