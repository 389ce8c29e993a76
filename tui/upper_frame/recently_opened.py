"""Which accounts the person opened last, on the way from the screen to the file and back."""

import asyncio
from contextlib import suppress

from models.desk_thread import DeskThread
from models.draft_store import DraftStore
from models.recent_accounts import KEPT
from models.refusals import Refused

PATIENCE = 0.2
"""Seconds that Search waits for the file, which another session may hold for longer."""


class RecentlyOpened:
    """Keeps the accounts that are opened here; what cannot be written down is known here alone."""

    def __init__(self, thread: DeskThread[DraftStore]) -> None:
        """Write into the store of `thread`."""
        self._thread = thread
        self._unwritten: list[int] = []  # the screen's thread appends, the store's takes the first
        self._known: tuple[int, ...] = ()

    def opened(self, account: int) -> None:
        """Take note of an account; nobody waits until it is written."""
        self._know(account, *self._known)
        self._unwritten.append(account)
        self._thread.post(self._write)

    async def newest(self) -> tuple[int, ...]:
        """Return the accounts opened last, the newest first, those of other panels as well.

        Where the file cannot be read, or not soon, those that are known here.
        """
        with suppress(Refused, TimeoutError):
            stored = await asyncio.wait_for(self._thread.run(_read), PATIENCE)
            self._know(*reversed(self._unwritten), *stored)
        return self._known

    def _know(self, *accounts: int) -> None:
        self._known = tuple(dict.fromkeys(accounts))[:KEPT]

    def _write(self, store: DraftStore) -> None:
        while self._unwritten:
            store.recent_accounts.opened(self._unwritten[0])
            del self._unwritten[0]


def _read(store: DraftStore) -> tuple[int, ...]:
    return store.recent_accounts.newest()
