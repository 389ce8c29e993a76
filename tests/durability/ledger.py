"""Whether records and history say the same, and hold all that was acknowledged."""

import json
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from models.opening import open_for_staff, open_read_only
from models.sqlite.database import PanelDatabase

STATES = {
    "job": "description, status, removed_at IS NOT NULL",
    "task": "description, amount_minor, done_at IS NOT NULL, removed_at IS NOT NULL",
    "note": "body, removed_at IS NOT NULL",
}
FIELDS = {
    "job": ("description", "status", "removed"),
    "task": ("description", "amount_minor", "done", "removed"),
    "note": ("body", "removed"),
}

UNSETTLED = """
    SELECT count(*) FROM task JOIN job ON job.id = job_id
    WHERE status = 'finished' AND done_at IS NULL AND task.removed_at IS NULL
"""
"""Planned tasks of finished jobs: finishing does them in the same change."""

Record = tuple[str, int]


class Ledger:
    """Follows the history of a database, and works out from it what the records must be."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._newest = 0
        self._sessions: dict[Record, list[str]] = defaultdict(list)
        self._states: dict[Record, dict[str, Any]] = {}
        self._entries: set[tuple[str, str, int]] = set()
        self.acknowledged = 0

    def check(self, acknowledged: Iterable[tuple[str, str, int, int | None]]) -> None:
        """Compare the history, the records, and the changes acknowledged since the last time.

        Each of these is the session, the entry's kind, the record, and the version that it got.
        """
        with closing(open_read_only(self._path)) as database, database.atomic("DEFERRED"):
            self._read_on(database)
            records = {
                (table, row[0]): (row[1], row[2:])
                for table, columns in STATES.items()
                for row in database.execute_sql(f"SELECT id, version, {columns} FROM {table}")
            }
            assert list(database.execute_sql(UNSETTLED)) == [(0,)]
        assert records == {
            (table, record): (
                len(self._sessions[table, record]),
                tuple(state[field] for field in FIELDS[table]),
            )
            for (table, record), state in self._states.items()
        }
        for session, kind, record, version in acknowledged:
            self.acknowledged += 1
            assert (session, kind, record) in self._entries
            if version is not None:
                assert self._sessions[kind.partition("-")[0], record][version - 1] == session

    def check_file(self) -> None:
        """Let SQLite check tables, references and the search index."""
        with closing(open_for_staff(self._path)) as database:
            assert database.integrity_problems() == []

    def _read_on(self, database: PanelDatabase) -> None:
        entries = database.execute_sql(
            "SELECT id, session, kind, job_id, record, after FROM event WHERE id > ? ORDER BY id",
            (self._newest,),
        )
        promised = None
        for number, session, kind, job, record, after in entries:
            assert number == self._newest + 1
            # A job is added with its first task, at once.
            assert promised in (None, (session, "task-added", job))
            promised = (session, "task-added", job) if kind == "job-added" else None
            self._newest = number
            self._enter(session, kind, record, json.loads(after))
        assert promised is None

    def _enter(self, session: str, kind: str, record: int, after: dict[str, Any]) -> None:
        table, _, happened = kind.partition("-")
        if happened == "added":
            assert (table, record) not in self._states
            self._states[table, record] = {"status": "new", "removed": False}
        self._states[table, record] |= after | {"removed": happened == "removed"}
        self._sessions[table, record].append(session)
        self._entries.add((session, kind, record))
