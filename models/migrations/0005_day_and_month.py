"""The work of a day and the end of a month: who may do what, canned work, timers, bills."""

from typing import Any

from models.sqlite.database import PanelDatabase

RATE_LIMIT = 1_000_000_000
TIME_LIMIT = 9_999 * 60
AMOUNT_LIMIT = 9_999 * RATE_LIMIT

ID = "id INTEGER PRIMARY KEY AUTOINCREMENT"


def up(_migrator: Any, db: PanelDatabase) -> None:
    """Make the columns, tables and indexes."""
    for statement in (*COLUMNS, *TABLES, *INDEXES):
        db.execute_sql(statement)


def line(column: str, *, at_least: int = 0) -> str:
    """Declare a column of one-line text."""
    default = "" if at_least else " DEFAULT ''"
    return (
        f"{column} TEXT NOT NULL{default}"
        f" CHECK (length({column}) BETWEEN {at_least} AND 500 AND instr({column}, char(10)) = 0)"
    )


COLUMNS = (
    "ALTER TABLE staff ADD COLUMN may_bill INTEGER NOT NULL DEFAULT 0 CHECK (may_bill IN (0, 1))",
    "ALTER TABLE staff ADD COLUMN may_administer INTEGER NOT NULL DEFAULT 0"
    " CHECK (may_administer IN (0, 1))",
)

TABLES = (
    # Amounts are in `currency`, which is empty where the template has none. An hourly task
    # without a rate takes the usual one of the job that it is for.
    f"""CREATE TABLE template (
        {ID},
        provider_id INTEGER REFERENCES account(id),
        {line("name", at_least=1)},
        {line("name_folded", at_least=1)},
        {line("description", at_least=1)},
        details TEXT NOT NULL DEFAULT '' CHECK (length(details) <= 20000),
        currency TEXT NOT NULL DEFAULT '' CHECK (currency GLOB '[A-Z][A-Z][A-Z]' OR currency = ''),
        created_at INTEGER NOT NULL,
        created_by_id INTEGER NOT NULL REFERENCES staff(id),
        removed_at INTEGER,
        version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1)
    ) STRICT""",
    f"""CREATE TABLE template_task (
        {ID},
        template_id INTEGER NOT NULL REFERENCES template(id),
        place INTEGER NOT NULL,
        {line("description", at_least=1)},
        pricing TEXT NOT NULL CHECK (pricing IN ('hourly', 'fixed', 'free')),
        rate_minor INTEGER CHECK (rate_minor BETWEEN 0 AND {RATE_LIMIT}),
        minutes INTEGER CHECK (minutes BETWEEN 1 AND {TIME_LIMIT}),
        amount_minor INTEGER CHECK (amount_minor BETWEEN -{AMOUNT_LIMIT} AND {AMOUNT_LIMIT}),
        {line("note")},
        CHECK (CASE pricing
            WHEN 'hourly' THEN minutes IS NOT NULL AND amount_minor IS NULL
            WHEN 'fixed' THEN rate_minor IS NULL AND amount_minor IS NOT NULL
            ELSE amount_minor IS NULL END)
    ) STRICT""",
    # What a person measures now: one thing at a time. Stopped, it waits for becoming a task.
    f"""CREATE TABLE timer (
        {ID},
        staff_id INTEGER NOT NULL UNIQUE REFERENCES staff(id),
        job_id INTEGER NOT NULL REFERENCES job(id),
        task_id INTEGER REFERENCES task(id),
        started_at INTEGER NOT NULL,
        stopped_at INTEGER CHECK (stopped_at >= started_at)
    ) STRICT""",
)

INDEXES = (
    """CREATE UNIQUE INDEX template_name ON template(coalesce(provider_id, 0), name_folded)
        WHERE removed_at IS NULL""",
    "CREATE UNIQUE INDEX template_task_place ON template_task(template_id, place)",
    "CREATE INDEX task_billed ON task(billed_reference, job_id) WHERE billed_at IS NOT NULL",
    """CREATE INDEX job_assigned ON job(assignee_id, id)
        WHERE removed_at IS NULL AND status IN ('new', 'in-progress', 'on-hold')""",
)
