"""From the forms to the store of drafts: what is typed is written at once, and nobody waits for it.

The store works in a thread of its own. While it writes, only the newest state of each form waits:
so typing is as quick as ever, however slow the disk is, and a session that is killed loses no more
than what was typed during one write.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from models.desk_thread import DeskThread
from models.draft_store import DraftPlace, DraftStore, KeptDraft, Texts
from models.refusals import Refused
from tui import faults

RETRY = 5.0
"""Seconds after which a draft that could not be written is tried again."""

Result = TypeVar("Result")


_Key: TypeAlias = tuple[str, int]
"""What tells places apart: form and record."""


@dataclass(frozen=True, slots=True)
class _Change:
    """What a place holds by now; without texts, nothing any more."""

    place: DraftPlace
    texts: Texts | None = None
    version: int | None = None
    base: Texts | None = None


class DraftKeeper:
    """Keeps the drafts of a session, tells once if it cannot, and never stops anybody's typing."""

    def __init__(self, thread: DeskThread[DraftStore], tell: Callable[[str], None]) -> None:
        """Keep drafts in the store of `thread`; `tell` shows a sentence to the person."""
        self._thread = thread
        self._tell = tell
        self._has_told = False
        self._is_failing = False
        self._kept: set[_Key] = set()
        self._lock = threading.Lock()  # of what the screen's thread and the store's both change
        self._waiting: dict[_Key, _Change] = {}
        self._is_writing = False

    @property
    def works(self) -> bool:
        """Whether what is typed is being kept, as far as that is known."""
        return not self._is_failing

    # -- what is typed ---------------------------------------------------------------------------

    def slot(self, place: DraftPlace) -> "DraftSlot":
        """Return by what a form at this place keeps what is typed in it."""
        return DraftSlot(self, place)

    def keep(
        self, place: DraftPlace, texts: Texts, version: int | None, base: Texts | None
    ) -> None:
        """Write down what is typed at a place."""
        self._kept.add(_key(place))
        self._take(_Change(place, texts, version, base))

    def forget(self, place: DraftPlace) -> None:
        """Drop what was written down at a place; nothing happens where nothing was."""
        if _key(place) in self._kept:
            self._kept.discard(_key(place))
            self._take(_Change(place))

    def _take(self, change: _Change) -> None:
        with self._lock:
            self._waiting[_key(change.place)] = change
        self._write_soon()

    def _write_soon(self) -> None:
        with self._lock:
            if self._is_writing or not self._waiting:
                return
            self._is_writing = True
        written = self._thread.post(self._write)
        if written is not None:
            loop = asyncio.get_running_loop()
            written.add_done_callback(lambda done: self._written(loop, done))

    def _write(self, store: DraftStore) -> None:
        """Write all that waits, until nothing does; in the store's thread."""
        failed: dict[_Key, _Change] = {}
        reason: Exception | None = None
        while (change := self._next(failed)) is not None:
            try:
                if change.texts is None:
                    store.forget(change.place)
                else:
                    store.keep(change.place, change.texts, change.version, change.base)
            except Exception as error:  # noqa: BLE001  # one draft does not keep others from it
                failed[_key(change.place)] = change
                reason = error
            else:
                failed.pop(_key(change.place), None)
        if failed and reason is not None:
            raise reason

    def _next(self, failed: dict[_Key, _Change]) -> _Change | None:
        """Take what is to be written next; None, and what failed waits again: that was all."""
        with self._lock:
            for key in self._waiting:
                return self._waiting.pop(key)
            self._waiting.update(failed)
            self._is_writing = False
            return None

    def _written(self, loop: asyncio.AbstractEventLoop, done: "Future[None]") -> None:
        error = done.exception()
        if error is not None:
            with self._lock:
                self._is_writing = False
        with suppress(RuntimeError):  # the program is at its end, and the loop is closed
            loop.call_soon_threadsafe(self._note, error)

    def _note(self, error: BaseException | None) -> None:
        """Take note of how the last writing went."""
        self._is_failing = error is not None
        if error is not None:
            asyncio.get_running_loop().call_later(RETRY, self._write_soon)
            self._tell_of(error)

    def _tell_of(self, error: BaseException) -> None:
        if not isinstance(error, Refused):
            faults.record(error, "of drafts:")
        if not self._has_told:
            self._has_told = True
            self._tell(str(error) if isinstance(error, Refused) else "Half-typed work is not kept.")

    # -- what was left ---------------------------------------------------------------------------

    async def left_at(self, account: int | None = None, job: int | None = None) -> list[KeptDraft]:
        """Return what can be taken up, newest first; see `DraftStore.left_at`.

        Nothing if it cannot be read, which the person is told then.
        """
        try:
            return await self._thread.run(lambda store: store.left_at(account, job))
        except Refused as error:
            self._tell_of(error)
            return []

    async def adopt(self, kept: KeptDraft) -> bool:
        """Make a draft this session's own; False: another session was faster.

        Raises:
            Refused: it cannot be done.
        """
        is_ours = await self._in_turn(lambda store: store.adopt(kept))
        if is_ours:
            self._kept.add(_key(kept.place))
        return is_ours

    async def dismiss(self, kept: KeptDraft) -> None:
        """Throw a draft away.

        Raises:
            Refused: it cannot be done.
        """
        await self._in_turn(lambda store: store.dismiss(kept))

    async def set_aside(self, place: DraftPlace) -> None:
        """Have what is typed at a place offered later, as if this session were gone.

        Raises:
            Refused: it cannot be kept.
        """
        await self._in_turn(lambda store: store.set_aside(place))
        self._kept.discard(_key(place))

    async def _in_turn(self, operation: Callable[[DraftStore], Result]) -> Result:
        """Do something with the store after all that was typed is written."""

        def work(store: DraftStore) -> Result:
            self._write(store)
            return operation(store)

        return await self._thread.run(work)

    async def close(self) -> None:
        """Write what is not written yet and close the store."""
        self._write_soon()
        await self._thread.close()


def _key(place: DraftPlace) -> _Key:
    return place.form, place.record


class DraftSlot:
    """Where one form keeps what is typed in it."""

    def __init__(self, keeper: DraftKeeper, place: DraftPlace) -> None:
        """Keep drafts of `place`."""
        self._keeper = keeper
        self._place = place

    @property
    def works(self) -> bool:
        """Whether what is typed is being kept, as far as that is known."""
        return self._keeper.works

    def put(
        self, texts: Texts | None, version: int | None = None, base: Texts | None = None
    ) -> None:
        """Keep what the form holds; for an edit also what it began from.

        None: it holds nothing, or its text was saved or thrown away, and nothing is kept.
        """
        if texts is None:
            self._keeper.forget(self._place)
        else:
            self._keeper.keep(self._place, texts, version, base)

    def move(self, account: int) -> None:
        """Keep what is put here from now on as typed for a job in this account."""
        self._place = replace(self._place, account=account)

    async def set_aside(self) -> None:
        """Have what the form holds offered later, as if this session were gone.

        Raises:
            Refused: it cannot be kept.
        """
        await self._keeper.set_aside(self._place)
