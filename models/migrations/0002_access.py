"""Access over SSH: which key opens the panel for whom, or the Support Center of which accounts."""

from typing import Any

from models.sqlite.database import PanelDatabase

ID = "id INTEGER PRIMARY KEY AUTOINCREMENT"


def up(_migrator: Any, db: PanelDatabase) -> None:
    """Make the tables of granted access."""
    for statement in (*TABLES, *INDEXES):
        db.execute_sql(statement)


TABLES = (
    # A staff key names its person; a customer's key has rows in access_account instead.
    f"""CREATE TABLE access (
        {ID},
        staff_id INTEGER REFERENCES staff(id),
        key_type TEXT NOT NULL CHECK (length(key_type) BETWEEN 1 AND 100),
        key TEXT NOT NULL
            CHECK (length(key) BETWEEN 1 AND 20000 AND key NOT GLOB '*[^A-Za-z0-9+/=]*'),
        comment TEXT NOT NULL DEFAULT ''
            CHECK (length(comment) <= 500 AND instr(comment, char(10)) = 0),
        created_at INTEGER NOT NULL,
        removed_at INTEGER
    ) STRICT""",
    f"""CREATE TABLE access_account (
        {ID},
        access_id INTEGER NOT NULL REFERENCES access(id),
        account_id INTEGER NOT NULL REFERENCES account(id)
    ) STRICT""",
)

INDEXES = (
    "CREATE UNIQUE INDEX access_key ON access(key) WHERE removed_at IS NULL",
    "CREATE UNIQUE INDEX access_account_once ON access_account(access_id, account_id)",
)
