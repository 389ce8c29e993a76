"""One of a few things, chosen by number, by arrows and Enter, or by mouse."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from models.text import displayable
from tui.dialogs.dialog import Dialog


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to choose: what is answered, and the words for it."""

    value: str
    words: str


class Choice(Dialog[str]):
    """Answers the value chosen, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="choice.cancel"),
        Binding("j", "move(1)", "Down", show=False, id="choice.down", tooltip="Next"),
        Binding("k", "move(-1)", "Up", show=False, id="choice.up", tooltip="Previous"),
    ]

    def __init__(self, title: str, offers: Sequence[Offer], current: str | None = None) -> None:
        """Offer things under a title; the `current` one is marked and has the cursor."""
        super().__init__()
        self._title = title
        self._offers = list(offers)
        self._current = current

    def compose(self) -> ComposeResult:
        """List the offers with their numbers."""
        with Vertical(classes="dialog"):
            yield Static(Content(displayable(self._title)), classes="dialog-text")
            yield OptionList(*(self._option(number) for number in range(len(self._offers))))

    def _option(self, number: int) -> Option:
        offer = self._offers[number]
        now = " (now)" if offer.value == self._current else ""
        return Option(Content(displayable(f"{number + 1}  {offer.words}{now}")))

    def on_mount(self) -> None:
        """Put the cursor on the current one."""
        values = [offer.value for offer in self._offers]
        options = self.query_one(OptionList)
        options.highlighted = values.index(self._current) if self._current in values else 0
        options.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer what was chosen."""
        self.answer(self._offers[event.option_index].value)

    def on_key(self, event: events.Key) -> None:
        """Choose by number."""
        character = event.character or ""
        if character.isascii() and character.isdigit() and 0 < int(character) <= len(self._offers):
            event.stop()
            self.answer(self._offers[int(character) - 1].value)

    def action_move(self, by: int) -> None:
        """Move the cursor as the arrows do."""
        options = self.query_one(OptionList)
        if by > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def action_cancel(self) -> None:
        """Choose nothing."""
        self.answer(None)
