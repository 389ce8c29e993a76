"""The line below a field that two people changed: what is not in the field, and the choice."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from models.merge import THEIRS, Dispute
from models.text import displayable
from tui.forms.difference import difference
from tui.forms.toggle import Toggle


class DisputeLine(Horizontal):
    """Shows the versions that one could choose, each under its author, and what was chosen."""

    def __init__(self, field_name: str, *, stop: bool = False) -> None:
        """Belong to the field of this name, which the program gave it.

        Args:
            field_name: the field.
            stop: whether the choice is a stop of the Tab key, because the field itself is none.
        """
        super().__init__(classes="dispute")
        self._versions = Static(classes="dispute-versions")
        self.choice = Toggle("F9", f"choose('{field_name}')", stop=stop)

    def compose(self) -> ComposeResult:
        """Put the choice to the right, where the other switches' states are."""
        yield self._versions
        yield self.choice

    def show(self, dispute: Dispute, by: str) -> None:
        """Show the state of the choice; `by` is who changed the field, empty if nobody knows."""
        lines = [
            _version(value, dispute.value, (by or "theirs") if at == THEIRS else "yours")
            for at, value in dispute.others.items()
        ]
        self._versions.update(Content("\n").join(lines))
        self.set_class(not dispute.is_decided, "-open")
        chosen = "✓ theirs" if dispute.at == THEIRS else "✓ mine"
        self.choice.words = chosen if dispute.is_decided else "mine or theirs?"


def _version(value: str | bool, shown: str | bool, whose: str) -> Content:
    place, words = difference(str(value), str(shown))
    heading = f"{whose}, {place}" if place else whose
    text = displayable(words, lines=True)
    gap = "\n" if "\n" in text else " "
    return Content.assemble((f"{displayable(heading)}:", "bold"), f"{gap}{text}")
