"""Search over a million accounts, and over the words of jobs, tasks and notes."""

from typing import Any

from models.sqlite.database import PanelDatabase
from models.sqlite.work_index import fill

ACCOUNT_TEXT = "{0}.search_text || {0}.id || char(10, 10)"
"""The Account ID is a field like the others; two line feeds let three characters begin at each."""

JOB_WORDS = "{0}.description || char(10) || {0}.details || char(10) || {0}.reference"
TASK_WORDS = "{0}.description || char(10) || {0}.note"
NOTE_WORDS = "{0}.body"

JOB_NUMBER = "({0}.id << 33)"
TASK_NUMBER = "(({0}.job_id << 33) | ({0}.id << 2) | 1)"
NOTE_NUMBER = "(({0}.job_id << 33) | ({0}.id << 2) | 2)"


def up(_migrator: Any, db: PanelDatabase) -> None:
    """Make the indexes and fill them."""
    for statement in (*INDEXES, *ACCOUNT_INDEX, *WORK_INDEX):
        db.execute_sql(statement)
    fill(db)


def _kept(table: str, number: str, words: str, columns: str) -> tuple[str, ...]:
    """Return the triggers that keep the words of a table's records that are not removed."""
    old, new = (
        (number.format(version), words.format(version), f"{version}.removed_at IS NULL")
        for version in ("old", "new")
    )
    too_many = f"""SELECT RAISE(ABORT, 'the search index takes no more records')
        WHERE new.id >= {1 << 29 if table == "job" else 1 << 31};"""
    add = f"INSERT INTO work_fts(rowid, words) SELECT {new[0]}, {new[1]} WHERE {new[2]};"
    remove = f"""INSERT INTO work_fts(work_fts, rowid, words)
        SELECT 'delete', {old[0]}, {old[1]} WHERE {old[2]};"""
    differ = " OR ".join(
        f"old.{column.strip()} IS NOT new.{column.strip()}" for column in columns.split(",")
    )
    return (
        f"CREATE TRIGGER {table}_words_added AFTER INSERT ON {table} BEGIN {too_many} {add} END",
        f"CREATE TRIGGER {table}_words_deleted AFTER DELETE ON {table} BEGIN {remove} END",
        f"""CREATE TRIGGER {table}_words_changed AFTER UPDATE OF {columns} ON {table}
        WHEN {differ} BEGIN {remove} {add} END""",
    )


INDEXES = (
    # Narrow, so that counting accounts and going to the last of them does not read them all.
    "CREATE INDEX account_number ON account(id)",
    "CREATE INDEX account_status ON account(status, id) WHERE status <> 'active'",
    "CREATE INDEX account_created ON account(created_at)",
    "CREATE INDEX account_plan ON account(plan)",
    # With what it takes to sort accounts by it.
    "DROP INDEX domain_name",
    "CREATE INDEX domain_name ON domain(name_folded, account_id, is_primary)",
    """CREATE INDEX task_unbilled ON task(job_id) WHERE removed_at IS NULL
        AND done_at IS NOT NULL AND billed_at IS NULL AND pricing <> 'free'""",
)

ACCOUNT_INDEX = (
    "DROP TRIGGER account_added",
    "DROP TRIGGER account_deleted",
    "DROP TRIGGER account_text_changed",
    "DROP TABLE account_fts",
    f"""CREATE VIEW account_text AS
        SELECT id, {ACCOUNT_TEXT.format("account")} AS search_text FROM account""",
    """CREATE VIRTUAL TABLE account_fts USING fts5(
        search_text, content='account_text', content_rowid='id', columnsize=0,
        tokenize='trigram')""",
    "CREATE VIRTUAL TABLE account_trigrams USING fts5vocab(account_fts, instance)",
    "INSERT INTO account_fts(account_fts) VALUES ('rebuild')",
    f"""CREATE TRIGGER account_added AFTER INSERT ON account BEGIN
        INSERT INTO account_fts(rowid, search_text) VALUES (new.id, {ACCOUNT_TEXT.format("new")});
    END""",
    f"""CREATE TRIGGER account_deleted AFTER DELETE ON account BEGIN
        INSERT INTO account_fts(account_fts, rowid, search_text)
        VALUES ('delete', old.id, {ACCOUNT_TEXT.format("old")});
    END""",
    f"""CREATE TRIGGER account_text_changed AFTER UPDATE OF search_text ON account
    WHEN old.search_text IS NOT new.search_text BEGIN
        INSERT INTO account_fts(account_fts, rowid, search_text)
        VALUES ('delete', old.id, {ACCOUNT_TEXT.format("old")});
        INSERT INTO account_fts(rowid, search_text) VALUES (new.id, {ACCOUNT_TEXT.format("new")});
    END""",
)

WORK_INDEX = (
    # The newest job has the highest numbers, whatever of it was written when.
    f"""CREATE VIEW work(id, job_id, words) AS
        SELECT {JOB_NUMBER.format("job")}, job.id, {JOB_WORDS.format("job")}
        FROM job WHERE removed_at IS NULL
        UNION ALL
        SELECT {TASK_NUMBER.format("task")}, job_id, {TASK_WORDS.format("task")}
        FROM task WHERE removed_at IS NULL
        UNION ALL
        SELECT {NOTE_NUMBER.format("note")}, job_id, {NOTE_WORDS.format("note")}
        FROM note WHERE removed_at IS NULL""",
    """CREATE VIRTUAL TABLE work_fts USING fts5(
        words, content='work', content_rowid='id', columnsize=0, prefix='1 2 3',
        tokenize='unicode61 remove_diacritics 2')""",
    *_kept("job", JOB_NUMBER, JOB_WORDS, "description, details, reference, removed_at"),
    *_kept("task", TASK_NUMBER, TASK_WORDS, "description, note, job_id, removed_at"),
    *_kept("note", NOTE_NUMBER, NOTE_WORDS, "body, job_id, removed_at"),
)
