"""Changes that can be taken back: which entries belong together, and what took back what."""

from typing import Any

from models.sqlite.database import PanelDatabase


def up(_migrator: Any, db: PanelDatabase) -> None:
    """Let entries say of which change they are, and let the history be read by person and time."""
    for statement in (*COLUMNS, *INDEXES):
        db.execute_sql(statement)


COLUMNS = (
    # Empty in the first entry of a change, and in all entries written before there was this column.
    "ALTER TABLE event ADD COLUMN change_id INTEGER REFERENCES event(id)",
    "ALTER TABLE event ADD COLUMN undoes INTEGER REFERENCES event(id)",
)

INDEXES = (
    # With all that decides on who may read an entry: a long history is counted without its rows.
    "DROP INDEX event_account",
    "DROP INDEX event_job",
    "CREATE INDEX event_account ON event(account_id, id, kind, provider_id, record)",
    "CREATE INDEX event_job ON event(job_id, id, kind, provider_id, record, account_id)",
    "CREATE INDEX event_change ON event(change_id) WHERE change_id IS NOT NULL",
    "CREATE INDEX event_undoes ON event(undoes) WHERE undoes IS NOT NULL",
    "CREATE INDEX event_actor ON event(actor_id, id)",
    "CREATE INDEX event_at ON event(at)",
)
