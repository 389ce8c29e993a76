"""The form Add a Note: some lines of text, for staff only or for the customer, too."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Button, Static

from models.draft_store import Texts
from models.drafts import check_note
from models.refusals import BadFields
from tui.draft_keeper import DraftSlot
from tui.forms.toggle import Toggle
from tui.forms.words import Words
from tui.widgets.block_field import BlockField


class NoteField(BlockField):
    """Many lines of text, in which Enter means done and Ctrl+J a new line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+j,alt+enter,shift+enter",
            "new_line",
            "New line",
            id="note.new-line",
            tooltip="Begin a new line in the note",
        ),
    ]

    @dataclass
    class Submitted(Message):
        """Enter was pressed."""

        field: "NoteField"

    def __init__(self) -> None:
        """Make the field, empty."""
        super().__init__(highlight_cursor_line=False)

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(self.Submitted(self))
            return
        await super()._on_key(event)

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.insert("\n")


class NoteForm(Widget):
    """Says before it is saved who will see the note; staff only unless switched."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f8,ctrl+o",
            "visible",
            "Staff/customer",
            id="note.visible",
            tooltip="Note for staff only, or for the customer, too",
        ),
    ]

    visible_to_customer: reactive[bool] = reactive(False, init=False)
    """Whether the customer will see the note."""

    @dataclass
    class Submitted(Message):
        """The note is to be saved; its text stays until the saving is known to have worked."""

        form: "NoteForm"
        body: str
        visible_to_customer: bool

    def __init__(self, id: str | None = None) -> None:
        """Make the form, empty."""
        super().__init__(id=id, classes="form note-form")
        self.slot: DraftSlot | None = None
        self._field = NoteField()
        self._who = Toggle("F8", "visible")
        self._words = Words()
        self._saving = False

    def compose(self) -> ComposeResult:
        """The text, who will see it and the button in one row; what is wrong below."""
        with Horizontal(classes="form-row"):
            yield Static(Content("Add a Note"), classes="field-label")
            yield self._field
            yield self._who
            yield Button(Content("Add Note"), variant="primary", compact=True)
        yield self._words

    def on_mount(self) -> None:
        """Show who will see the note."""
        self.watch_visible_to_customer(self.visible_to_customer)
        self._words.display = False

    def clear(self) -> None:
        """Empty the form; the next note is for staff only again."""
        self._field.text = ""
        self.visible_to_customer = False
        self._keep_text()
        self.show_problem("")

    @property
    def has_text(self) -> bool:
        """Whether anything was typed that is not saved."""
        return bool(self._field.text)

    def focus_first(self) -> None:
        """Put the cursor into the note."""
        self._field.focus()

    # -- keeping what is typed -------------------------------------------------------------------

    def texts(self) -> dict[str, str | bool]:
        """Return all that the form holds, as it was typed."""
        return {"body": self._field.text, "visible_to_customer": self.visible_to_customer}

    def fill(self, texts: Texts) -> None:
        """Put in what was typed earlier; what `texts` do not name stays as it is."""
        given = {**self.texts(), **texts}
        self._field.text = str(given["body"])
        self._field.move_cursor(self._field.document.end)
        self.visible_to_customer = bool(given["visible_to_customer"])

    def _keep_text(self) -> None:
        """Let what the form holds survive the session, until it is saved or taken away."""
        if self.slot is not None:
            self.slot.put(self.texts() if self.has_text else None)

    # -- saving ----------------------------------------------------------------------------------

    def show_problem(self, words: str) -> None:
        """Say what is wrong with the note, or nothing."""
        self._words.say(words, problem=bool(words))
        self._words.display = bool(words)
        self._field.set_class(bool(words), "-invalid")

    @on(BlockField.Changed)
    def _typed(self, event: BlockField.Changed) -> None:
        event.stop()
        self._keep_text()
        self.show_problem(self._problem() if self._field.text.strip() else "")

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Take submissions again once the one that was taken is saved or refused."""
        try:
            yield
        finally:
            self._saving = False

    @on(NoteField.Submitted)
    @on(Button.Pressed)
    def _submit(self, event: Message) -> None:
        event.stop()
        if self._saving:
            return
        problem = self._problem()
        self.show_problem(problem)
        if problem:
            self._field.focus()
        else:
            self._saving = True
            self.post_message(self.Submitted(self, self._field.text, self.visible_to_customer))

    @on(Toggle.Switched)
    def _switch(self, event: Toggle.Switched) -> None:
        event.stop()
        self.action_visible()

    def action_visible(self) -> None:
        """Switch who will see the note."""
        self.visible_to_customer = not self.visible_to_customer
        self._keep_text()

    def watch_visible_to_customer(self, visible: bool) -> None:
        """Show who will see the note."""
        self._who.words = "the customer sees it" if visible else "staff only"

    def _problem(self) -> str:
        try:
            check_note(self._field.text)
        except BadFields as error:
            return str(error)
        return ""
