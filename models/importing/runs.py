"""Runs of imports that did not come to their end."""

from dataclasses import dataclass

from models.importing.stored import Identity
from models.moments import short
from models.sqlite.database import PanelDatabase
from models.text import quoted

_UNFINISHED = """
    SELECT run.started_at, staff.login, run.source, run.server, run.added + run.changed
    FROM import_run AS run JOIN staff ON staff.id = run.actor_id
    WHERE run.finished_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM import_run AS later
        WHERE later.source = run.source AND later.server = run.server AND later.id > run.id
            AND later.finished_at IS NOT NULL)
    ORDER BY run.id
"""


@dataclass(frozen=True, slots=True)
class UnfinishedRun:
    """A run that was interrupted, or is still going on; `written` accounts are in the database."""

    started_at: int
    login: str
    identity: Identity
    written: int

    @property
    def in_words(self) -> str:
        """What to know of it, and what to do."""
        return (
            f"{self._name} did not end: {self.written:,} accounts were written, each of them "
            "whole. If it is not at work any more, run the same import again, which finishes it."
        )

    @property
    def finished_in_words(self) -> str:
        """What to say when another run has finished what this one began."""
        return f"{self._name} ended after {self.written:,} accounts: this one has finished it."

    @property
    def _name(self) -> str:
        server = f", server {quoted(self.identity.server)}" if self.identity.server else ""
        source = f"{self.identity.source}{server}"
        return f"The import of {short(self.started_at)} by {self.login} ({source})"


def unfinished_runs(database: PanelDatabase) -> list[UnfinishedRun]:
    """Return the runs that did not end, and that no later one of the same source finished."""
    return [
        UnfinishedRun(started_at, login, Identity(source, server), written)
        for started_at, login, source, server, written in database.execute_sql(_UNFINISHED)
    ]
