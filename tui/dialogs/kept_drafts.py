"""What was typed and not saved, offered again: to be taken up, read, copied or thrown away."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, OptionList
from textual.widgets.option_list import Option

from models.draft_store import KeptDraft
from models.moments import ago, now_ms
from models.refusals import Refused
from models.text import displayable
from tui.dialogs.confirmation import Confirmation
from tui.dialogs.dialog import Dialog
from tui.draft_words import as_text, beginning, blocks, name_of
from tui.widgets.text_view import TextView

SHORT = 40
"""Characters up to which a draft is thrown away without a question."""


class KeptDrafts(Dialog[KeptDraft]):
    """Lists drafts over the whole text of the one under the cursor; answers the one to take up.

    Esc leaves them all where they are.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "later", "Later", id="drafts.later", tooltip="Leave them for later"),
        Binding("delete,D", "throw_away", "Throw away", id="drafts.throw", tooltip="Throw it away"),
        Binding("c", "copy", "Copy", id="drafts.copy", tooltip="Copy its text"),
        Binding("j", "move(1)", "Down", show=False, id="choice.down", tooltip="Next"),
        Binding("k", "move(-1)", "Up", show=False, id="choice.up", tooltip="Previous"),
    ]

    def __init__(
        self, left: Sequence[KeptDraft], throw_away: Callable[[KeptDraft], Awaitable[None]]
    ) -> None:
        """Offer the drafts in `left`, at least one; `throw_away` does that, or is refused."""
        super().__init__()
        self._left = list(left)
        self._throw_away = throw_away
        now = now_ms()
        self._headings = [(name_of(kept.place), ago(kept.at, now)) for kept in left]
        self._list = OptionList()
        self._text = TextView(id="draft-text")

    def compose(self) -> ComposeResult:
        """Put the text below the list, and below it what can be done."""
        with Vertical(classes="dialog drafts") as dialog:
            dialog.border_title = Content("Not saved")
            yield self._list
            yield self._text
            with Horizontal(classes="dialog-buttons"):
                yield Button(Content("Later"), id="later", compact=True)
                yield Button(Content("Copy (c)"), id="copy", compact=True)
                yield Button(Content("Throw away (Del)"), id="throw", compact=True)
                yield Button(
                    Content("Take it up (Enter)"), id="take", variant="primary", compact=True
                )

    def on_mount(self) -> None:
        """Begin with the first one."""
        self._fill(0)
        self._list.focus()

    def _fill(self, at: int) -> None:
        self._list.clear_options()
        self._list.add_options(map(self._option, range(len(self._left))))
        self._list.highlighted = min(at, len(self._left) - 1)

    def _option(self, number: int) -> Option:
        name, age = self._headings[number]
        names, ages = (max(map(len, column)) for column in zip(*self._headings, strict=True))
        heading = f"{number + 1}  {name:<{names}}  {age:<{ages}}  "
        return Option(Content(displayable(heading + beginning(self._left[number]))))

    @property
    def _kept(self) -> KeptDraft:
        """The draft under the cursor."""
        return self._left[self._list.highlighted or 0]

    @on(OptionList.OptionHighlighted)
    def _show_text(self) -> None:
        self._text.set_blocks(blocks(self._kept))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.answer(self._left[event.option_index])

    def on_key(self, event: events.Key) -> None:
        """Take up by number."""
        character = event.character or ""
        if character.isascii() and character.isdigit() and 0 < int(character) <= len(self._left):
            event.stop()
            self.answer(self._left[int(character) - 1])

    @on(Button.Pressed)
    async def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "take":
            self.answer(self._kept)
        else:
            names = {"later": "later", "copy": "copy", "throw": "throw_away"}
            await self.run_action(names[event.button.id or ""])

    def action_move(self, by: int) -> None:
        """Move the cursor as the arrows do."""
        if by > 0:
            self._list.action_cursor_down()
        else:
            self._list.action_cursor_up()

    def action_later(self) -> None:
        """Leave the drafts where they are."""
        self.answer(None)

    def action_copy(self) -> None:
        """Copy the text, for another field here or another program of the person's."""
        self.app.copy_to_clipboard(as_text(self._kept))
        self.notify("Copied: Ctrl+V puts it into a field.", timeout=4)

    def action_throw_away(self) -> None:
        """Throw the draft away; a long one only after a question."""
        self.panel.follow(self._throw, self._kept)

    async def _throw(self, kept: KeptDraft) -> None:
        if len(as_text(kept)) > SHORT:
            question = f"Throw away {name_of(kept.place)}? It cannot be brought back."
            if not await self.panel.ask(Confirmation(question, "Throw it away", "Keep it")):
                return
        try:
            await self._throw_away(kept)
        except Refused as error:
            self.notify(str(error), severity="error", timeout=10)
            return
        at = self._left.index(kept)
        del self._left[at], self._headings[at]
        if self._left:
            self._fill(at)
        else:
            self.answer(None)
