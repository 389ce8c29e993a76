"""Every key that does something in the place where it was asked for."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.keys import format_key

from tui.dialogs.dialog import Dialog
from tui.widgets.text_view import Block, TextView

KEY_CELLS = 20
"""Cells for the names of keys, before what they do."""


class KeysDialog(Dialog[None]):
    """Lists the keys of the place that had the focus; made from the bindings themselves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,question_mark,q", "close", "Close", id="keys.close"),
    ]

    def __init__(
        self, bindings: Iterable[ActiveBinding], words: Sequence[tuple[str, str]] = ()
    ) -> None:
        """List `bindings`, each with its keys and what it does, then `words` that can be typed."""
        super().__init__()
        self._lines = _lines(bindings)
        if words:
            self._lines += ["", *(f"{word:<{KEY_CELLS}} {what}" for word, what in words)]

    def compose(self) -> ComposeResult:
        """Give the list most of the screen."""
        with Vertical(classes="dialog reader") as dialog:
            dialog.border_title = Content("Keys")
            yield TextView()

    def on_mount(self) -> None:
        """Fill in the list."""
        view = self.query_one(TextView)
        view.set_blocks([Block(heading="", text="\n".join(self._lines), style=None, id=None)])
        view.focus()

    def action_close(self) -> None:
        """Go back."""
        self.answer(None)


def _lines(bindings: Iterable[ActiveBinding]) -> list[str]:
    """Return a line for each thing that keys do here, all its keys before it.

    The keys by which every text field is edited have no names and are left out.
    """
    keys_of: dict[str, list[str]] = {}
    for active in bindings:
        if active.enabled and active.binding.id:
            words = active.tooltip or active.binding.description
            keys = keys_of.setdefault(words, [])
            name = active.binding.key_display or format_key(active.binding.key)
            if name not in keys:
                keys.append(name)
    keys_of["The next or the one before: field, list or button"] = ["tab", "shift+tab"]
    return [f"{'  '.join(keys):<{KEY_CELLS}} {words}" for words, keys in keys_of.items()]
