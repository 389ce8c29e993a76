"""What the dialogs that edit a record share: fields, one Save, and what to do on a conflict."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import ClassVar, Generic, TypeVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Checkbox, Input

from models.draft_store import KeptDraft
from models.merge import Dispute, Merge, Texts, Value, kept_disputes, merge, to_keep
from models.refusals import (
    AccessEnded,
    BadFields,
    Conflict,
    JobMoved,
    NotAllowed,
    NotFound,
    Refused,
)
from models.staff.desk import StaffDesk
from models.text import displayable
from models.values import Job, Task
from tui.desk_line import DeskLine
from tui.dialogs import merge_words
from tui.dialogs.dialog import Dialog
from tui.dialogs.leaving import may_be_left
from tui.draft_keeper import DraftSlot
from tui.draft_words import moved_since
from tui.forms.dispute_line import DisputeLine
from tui.forms.field import Field
from tui.forms.long_field import LongField
from tui.forms.toggle import Toggle
from tui.forms.words import Words
from tui.widgets.block_field import BlockField

Record = TypeVar("Record", Job, Task)


class EditDialog(Dialog[bool], Generic[Record]):
    """Edits a record; answers True once it is saved. Esc never throws text away without a word.

    When someone else changed the record meanwhile, nothing is saved. The form takes over what only
    they changed, and says so; where both changed a field, it shows their text below the person's,
    and is not saved before one of them is chosen, or the field is edited further.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", id="edit.save", tooltip="Save the changes"),
        Binding("escape", "cancel", "Cancel", id="edit.cancel", tooltip="Leave without saving"),
        Binding(
            "f9,ctrl+g",
            "choose",
            "Mine/theirs",
            id="edit.choose",
            tooltip="Their text in the field, or yours again",
        ),
    ]

    GOVERNS: ClassVar[Mapping[str, Collection[str]]] = {}
    """Fields that say what others mean, with those; see `models.merge.merge`."""

    def __init__(self, desk: DeskLine[StaffDesk], title: str, record: Record, account: int) -> None:
        """Edit `record`, of a job in `account`, under a title; whoever inherits fills the form."""
        super().__init__()
        self._desk = desk
        self._title = title
        self._record: Record = record
        self._account = account
        self._moved = ""
        self._base: Texts = {}
        self._first: Texts = {}  # what the fields in dispute said before they were
        self._held: Texts = {}
        self._by = ""
        self._disputes: dict[str, Dispute] = {}
        self._lines: dict[str, DisputeLine] = {}
        self._slot: DraftSlot | None = None
        self._kept: KeptDraft | None = None
        self._news = Words(classes="edit-news")
        self._news_told = ""
        self._top = _Top(self._news, classes="edit-top")
        self._words = Words()

    # -- what each dialog is about ---------------------------------------------------------------

    def fields(self) -> Sequence[Field | LongField]:
        """Return the fields that are typed in, by the names of the draft."""
        raise NotImplementedError

    def body(self) -> list[Widget]:
        """Return all widgets of the form, from the top."""
        return list(self.fields())

    def texts(self) -> dict[str, Value]:
        """Return all that the form holds, switches too, by the names of the draft."""
        return {field.field_name: field.text for field in self.fields()}

    def put(self, name: str, value: Value) -> None:
        """Put a value into a field, or set a switch."""
        next(field for field in self.fields() if field.field_name == name).text = str(value)

    def place(self, name: str) -> Widget:
        """Return the widget of a field, below which the choice between two texts goes."""
        return next(field for field in self.fields() if field.field_name == name)

    def in_words(self, name: str, value: Value) -> str:
        """Return what a field says, in words such as `Due is 2026-12-01`."""
        return f"{self.label(name)} is {merge_words.of_value(value)}"

    def label(self, name: str) -> str:
        """Return what people call a field."""
        field = next((field for field in self.fields() if field.field_name == name), None)
        return field.label.partition(" (")[0] if field else name.capitalize()

    def texts_of(self, record: Record) -> Texts:
        """Return what the form would hold if it were filled from a record."""
        raise NotImplementedError

    def texts_to_save(self) -> Texts:
        """Return what the form holds, each text as a record would say it: `+7` as its date.

        Raises:
            BadFields: what was typed cannot be accepted.
        """
        raise NotImplementedError

    def check(self) -> str:
        """Return words about a draft that is right, or raise `BadFields`."""
        raise NotImplementedError

    def read(self, desk: StaffDesk) -> Record:
        """Return the record as it is now."""
        raise NotImplementedError

    async def save(self) -> None:
        """Save the draft against the version that was seen."""
        raise NotImplementedError

    # -- the dialog ------------------------------------------------------------------------------

    @property
    def version(self) -> int:
        """The version of the record that the person saw."""
        version: int = self._record.version
        return version

    def base_texts(self) -> dict[str, Value]:
        """Return what the form would hold if nothing had been typed."""
        return dict(self._base)

    def fill(self, texts: Texts) -> None:
        """Put texts into the form; fields that are not among them stay as they are."""
        for name, value in texts.items():
            self.put(name, value)

    def keep_in(self, slot: DraftSlot | None, kept: KeptDraft | None) -> None:
        """Keep in `slot` what is typed here, and begin with what was `kept` before, if anything."""
        self._slot = slot
        self._kept = kept
        if kept is not None:
            self._moved = moved_since(kept, self._account)
            self._account = kept.place.account

    async def resume(self, texts: Texts, base: Texts) -> None:
        """Go on with what was typed and kept earlier, when the record said `base`."""
        base = {**self._base, **base}
        disputes = kept_disputes(texts, self._base)
        mine = {name: texts.get(name, value) for name, value in base.items()}
        mine |= {name: dispute.value for name, dispute in disputes.items()}
        merged = merge(base, mine, self._base, disputes, self.GOVERNS)
        await self._show_merge(merged, base, self._moved)

    def compose(self) -> ComposeResult:
        """Lay out what others did, the fields, what is wrong, and the buttons."""
        with Vertical(classes="dialog edit") as dialog:
            dialog.border_title = Content(displayable(self._title))
            yield self._top
            with VerticalScroll(can_focus=False, classes="edit-fields"):
                yield from self.body()
            with Vertical(classes="edit-end"):
                yield self._words
                with Horizontal(classes="dialog-buttons"):
                    yield Button(Content("Cancel"), id="cancel", compact=True)
                    yield Button(Content("Save"), id="save", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Begin in the first field."""
        self._top.display = False
        self.fields()[0].input.focus()
        self._held = self.texts()
        self.show_state()
        self.panel.data_changed.subscribe(self, lambda _: self._look(), immediate=True)
        if self._kept is not None:
            self.panel.follow(self.resume, self._kept.texts, self._kept.base)

    def show_state(self) -> None:
        """Say what is wrong or left to choose, else what was typed means."""
        for name, line in self._lines.items():
            line.display = self.place(name).display
            line.show(self._disputes[name], self._by)
        problems: Mapping[str, str] = {}
        words = ""
        try:
            words = self.check()
        except BadFields as error:
            problems = error.problems
        if undecided := self._undecided():
            problems = {"": merge_words.to_choose(map(self.label, undecided)), **problems}
        self._mark(problems, " ".join(problems.values()) or words)

    def _mark(self, problems: Mapping[str, str], words: str) -> None:
        for field in self.fields():
            field.input.set_class(field.field_name in problems, "-invalid")
        self._words.say(words, problem=bool(problems))

    def _tell(self, news: str) -> None:
        """Say above the fields what others did, until there is something newer."""
        self._news_told = news
        self._news.say(news)
        self._top.scroll_home(animate=False)
        self._top.display = bool(news)

    @on(Input.Changed)
    @on(BlockField.Changed)
    @on(Checkbox.Changed)
    def _changed(self, event: Message) -> None:
        event.stop()
        self.take_note()

    def take_note(self) -> None:
        """Take note of what the form holds now, after any of it changed."""
        texts = self.texts()
        if texts == self._held:
            return
        self._held = texts
        for name, dispute in self._disputes.items():
            self._disputes[name] = dispute.typed(texts[name])
        self.show_state()
        self._keep_text()

    @property
    def _has_text(self) -> bool:
        """Whether anything was changed that is not saved."""
        return self.texts() != self._base or bool(self._disputes)

    def _keep_text(self) -> None:
        """Let all that was typed survive the session, with what makes the same disputes of it."""
        if self._slot is not None:
            texts = to_keep(self.texts(), self._disputes) if self._has_text else None
            self._slot.put(texts, self.version, {**self._base, **self._first})

    @on(Toggle.Switched)
    async def _switch(self, event: Toggle.Switched) -> None:
        event.stop()
        await self.run_action(event.toggle.action)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_save()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "save":
            self.action_save()
        else:
            self.action_cancel()

    # -- saving ----------------------------------------------------------------------------------

    def action_save(self) -> None:
        """Save, unless a field is wrong or left to choose."""
        self.panel.follow(self._save)

    async def _save(self) -> None:
        if undecided := self._undecided():
            self._go_to(undecided[0])
            return
        try:
            self.check()
            await self.save()
        except BadFields as error:
            self._mark(error.problems, str(error))
        except JobMoved as error:
            self._take_move(error)
        except Conflict as error:
            await self._settle(error)
        except (NotFound, NotAllowed, AccessEnded) as error:
            self._tell(merge_words.cannot_be_saved(error))
        except Refused as error:
            self._mark({"": ""}, str(error))
        else:
            self.answer(True)

    def action_cancel(self) -> None:
        """Leave; text that was changed only after a question."""
        self.panel.follow(self._cancel)

    async def _cancel(self) -> None:
        if await self.may_be_left():
            self.answer(False)

    async def may_be_left(self) -> bool:
        """Ask, if something was changed and not saved, what becomes of it."""
        if not self._has_text:
            return True
        return await may_be_left(self.panel, "The changes are not saved.", [self._slot])

    # -- when someone else changed it, too -------------------------------------------------------

    def _take_move(self, moved: JobMoved) -> None:
        """Say where the job is by now; the next Save is meant for that account."""
        self._account = moved.account
        self._tell(merge_words.news(str(moved), moved.by, []))
        if self._slot is not None:
            self._slot.move(moved.account)
            self._keep_text()

    async def _settle(self, conflict: Conflict) -> None:
        """Bring both sides together; if the others left these fields alone, save at once."""
        self._record = cast(Record, conflict.current)
        theirs = self.texts_of(self._record)
        merged = merge(self._base, self.texts_to_save(), theirs, self._disputes, self.GOVERNS)
        base, self._base = self._base, theirs
        self._by = conflict.by
        await self._show_merge(merged, base, str(conflict))
        if not merged.taken and not self._undecided():
            await self._save()

    async def _show_merge(self, merged: Merge, base: Texts, sentence: str) -> None:
        self._disputes = merged.disputes
        concerned = {*merged.disputes}.union(*map(self._governed, merged.disputes))
        self._first = {name: self._first.get(name, base[name]) for name in concerned}
        await self._make_lines()
        self.fill(merged.texts)
        self._held = self.texts()
        taken = [
            self.in_words(name, merged.texts[name])
            for name in merged.taken
            if self.place(name).display
        ]
        self._tell(merge_words.news(sentence, self._by, taken))
        self.show_state()
        self._keep_text()
        self.refresh_bindings()
        if undecided := self._undecided():
            self._go_to(undecided[0])

    def _governed(self, name: str) -> Collection[str]:
        return self.GOVERNS.get(name, ())

    async def _make_lines(self) -> None:
        for name in [name for name in self._lines if name not in self._disputes]:
            await self._lines.pop(name).remove()
        typed_in = {field.field_name for field in self.fields()}
        for name in self._disputes:
            if name not in self._lines:
                place = self.place(name)
                line = self._lines[name] = DisputeLine(name, stop=name not in typed_in)
                await self.query_one(".edit-fields").mount(line, after=place)

    def _undecided(self) -> list[str]:
        """Return the fields that are left to choose, from the top of the form."""
        shown = [name for name in self._disputes if self.place(name).display]
        return [name for name in shown if not self._disputes[name].is_decided]

    def _go_to(self, name: str) -> None:
        """Put the cursor where one chooses for this field."""
        place = self.place(name)
        focus = place.input if isinstance(place, Field | LongField) else self._lines[name].choice
        focus.focus()
        self._lines[name].scroll_visible(animate=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer the choice only where there is one."""
        return bool(self._disputes) if action == "choose" else True

    def action_choose(self, name: str = "") -> None:
        """Put the next version into a field in dispute.

        Args:
            name: the field; else it is the one with the cursor, and if there is nothing to choose,
                the cursor goes to where there is.
        """
        name = name or self._disputed_here()
        if not name:
            self._go_to((self._undecided() or list(self._disputes))[0])
            return
        self._disputes[name] = self._disputes[name].next()
        self.put(name, self._disputes[name].value)
        self.show_state()

    def _disputed_here(self) -> str:
        for name in self._disputes:
            around = (self.place(name), self._lines[name])
            if self.focused and any(it in self.focused.ancestors_with_self for it in around):
                return name
        return ""

    @work(group="edit-look")
    async def _look(self) -> None:
        """Say that someone changed the record, so that Save is no surprise."""
        with suppress(Refused):
            record = await self._desk.ask(self.read)
            is_changed = record.version > self.version and self.texts_of(record) != self._base
            if is_changed and not self._news_told:  # which may be why it was not saved
                self._tell("Someone changed this meanwhile; Save will show what.")


class _Top(VerticalScroll):
    """What others did; where that is more than there is room for, a stop of the Tab key."""

    def allow_focus(self) -> bool:
        """Take the cursor only if there is something to scroll to."""
        return super().allow_focus() and self.max_scroll_y > 0
