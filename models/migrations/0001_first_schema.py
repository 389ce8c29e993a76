"""The first schema: accounts, staff, custom jobs with tasks and notes, and the history of it all.

Money is in minor units, time in whole minutes, moments in UTC epoch milliseconds, dates ISO texts.
Identifiers are never used twice (AUTOINCREMENT). The history takes additions only.
"""

from typing import Any

from models.sqlite.database import APPLICATION_ID, PanelDatabase

RATE_LIMIT = 1_000_000_000
TIME_LIMIT = 9_999 * 60
AMOUNT_LIMIT = 9_999 * RATE_LIMIT
FIRST_ACCOUNT_ID = 1001


def up(_migrator: Any, db: PanelDatabase) -> None:
    """Make every table, index and trigger of the first schema."""
    db.application_id = APPLICATION_ID
    for statement in (*TABLES, *INDEXES, *SEARCH_INDEX, *HISTORY_GUARD):
        db.execute_sql(statement)
    db.execute_sql(
        "INSERT INTO sqlite_sequence(name, seq) VALUES ('account', ?)", (FIRST_ACCOUNT_ID - 1,)
    )


def line(column: str, *, at_least: int = 0) -> str:
    """Declare a column of one-line text."""
    default = "" if at_least else " DEFAULT ''"
    return (
        f"{column} TEXT NOT NULL{default}"
        f" CHECK (length({column}) BETWEEN {at_least} AND 500 AND instr({column}, char(10)) = 0)"
    )


def block(column: str, *, at_least: int = 0) -> str:
    """Declare a column of many-line text."""
    default = "" if at_least else " DEFAULT ''"
    return f"{column} TEXT NOT NULL{default} CHECK (length({column}) BETWEEN {at_least} AND 20000)"


def flag(column: str, default: int) -> str:
    """Declare a yes-or-no column."""
    return f"{column} INTEGER NOT NULL DEFAULT {default} CHECK ({column} IN (0, 1))"


def day(column: str) -> str:
    """Declare an optional date, `YYYY-MM-DD`."""
    return f"{column} TEXT CHECK ({column} IS NULL OR {column} IS date({column}))"


CURRENCY = "currency TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]')"
VERSION = "version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1)"
ID = "id INTEGER PRIMARY KEY AUTOINCREMENT"

TABLES = (
    f"""CREATE TABLE account (
        {ID},
        {line("username", at_least=1)},
        {line("username_folded", at_least=1)},
        {line("person")},
        {line("company")},
        {line("email")},
        {line("phone")},
        {line("street")},
        {line("city")},
        {line("region")},
        {line("postcode")},
        {line("country")},
        {line("plan")},
        status TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'closed')),
        {line("status_reason")},
        created_at INTEGER,
        {CURRENCY},
        balance_minor INTEGER
            CHECK (balance_minor BETWEEN -{AMOUNT_LIMIT} AND {AMOUNT_LIMIT}),
        agreed_rate_minor INTEGER CHECK (agreed_rate_minor BETWEEN 0 AND {RATE_LIMIT}),
        reseller_id INTEGER REFERENCES account(id) CHECK (reseller_id IS NOT id),
        {flag("is_reseller", 0)},
        {line("source")},
        {line("server")},
        {line("key")},
        search_text TEXT NOT NULL,
        {VERSION}
    ) STRICT""",
    f"""CREATE TABLE domain (
        {ID},
        account_id INTEGER NOT NULL REFERENCES account(id),
        {line("name", at_least=1)},
        {line("name_folded", at_least=1)},
        {flag("is_primary", 0)}
    ) STRICT""",
    f"""CREATE TABLE staff (
        {ID},
        {line("login", at_least=1)},
        {line("display_name")},
        {flag("active", 1)},
        provider_id INTEGER REFERENCES account(id)
    ) STRICT""",
    f"""CREATE TABLE job (
        {ID},
        account_id INTEGER NOT NULL REFERENCES account(id),
        provider_id INTEGER REFERENCES account(id),
        {line("description", at_least=1)},
        {block("details")},
        status TEXT NOT NULL
            CHECK (status IN ('new', 'in-progress', 'on-hold', 'finished', 'canceled')),
        {CURRENCY},
        assignee_id INTEGER REFERENCES staff(id),
        {day("due")},
        {line("reference")},
        {flag("shown_to_customer", 1)},
        created_at INTEGER NOT NULL,
        created_by_id INTEGER NOT NULL REFERENCES staff(id),
        finished_at INTEGER CHECK ((finished_at IS NOT NULL) = (status = 'finished')),
        removed_at INTEGER,
        {VERSION}
    ) STRICT""",
    f"""CREATE TABLE task (
        {ID},
        job_id INTEGER NOT NULL REFERENCES job(id),
        {line("description", at_least=1)},
        pricing TEXT NOT NULL CHECK (pricing IN ('hourly', 'fixed', 'free')),
        rate_minor INTEGER CHECK (rate_minor BETWEEN 0 AND {RATE_LIMIT}),
        minutes INTEGER CHECK (minutes BETWEEN 1 AND {TIME_LIMIT}),
        amount_minor INTEGER NOT NULL
            CHECK (amount_minor BETWEEN -{AMOUNT_LIMIT} AND {AMOUNT_LIMIT}),
        {line("note")},
        done_at INTEGER,
        {day("worked_on")},
        worked_by_id INTEGER REFERENCES staff(id),
        entered_at INTEGER NOT NULL,
        entered_by_id INTEGER NOT NULL REFERENCES staff(id),
        billed_at INTEGER,
        billed_by_id INTEGER REFERENCES staff(id),
        {line("billed_reference")},
        removed_at INTEGER,
        {VERSION},
        CHECK (CASE pricing
            WHEN 'hourly' THEN rate_minor IS NOT NULL AND minutes IS NOT NULL
                AND amount_minor = (rate_minor * minutes * 2 + 60) / 120
            WHEN 'fixed' THEN rate_minor IS NULL
            ELSE amount_minor = 0 END),
        CHECK ((billed_at IS NULL) = (billed_by_id IS NULL)),
        CHECK (billed_at IS NULL OR done_at IS NOT NULL)
    ) STRICT""",
    f"""CREATE TABLE note (
        {ID},
        job_id INTEGER NOT NULL REFERENCES job(id),
        author_id INTEGER NOT NULL REFERENCES staff(id),
        {block("body", at_least=1)},
        {flag("visible_to_customer", 0)},
        at INTEGER NOT NULL,
        removed_at INTEGER,
        {VERSION}
    ) STRICT""",
    f"""CREATE TABLE event (
        {ID},
        at INTEGER NOT NULL,
        actor_id INTEGER NOT NULL REFERENCES staff(id),
        {line("session")},
        {line("kind", at_least=1)},
        account_id INTEGER REFERENCES account(id),
        job_id INTEGER REFERENCES job(id),
        provider_id INTEGER REFERENCES account(id),
        record INTEGER,
        before TEXT NOT NULL CHECK (json_valid(before)),
        after TEXT NOT NULL CHECK (json_valid(after))
    ) STRICT""",
    f"""CREATE TABLE import_run (
        {ID},
        started_at INTEGER NOT NULL,
        finished_at INTEGER,
        actor_id INTEGER NOT NULL REFERENCES staff(id),
        {line("source", at_least=1)},
        {line("server")},
        added INTEGER NOT NULL DEFAULT 0,
        changed INTEGER NOT NULL DEFAULT 0,
        unchanged INTEGER NOT NULL DEFAULT 0,
        skipped INTEGER NOT NULL DEFAULT 0
    ) STRICT""",
)

INDEXES = (
    "CREATE UNIQUE INDEX account_identity ON account(source, server, key) WHERE source <> ''",
    "CREATE INDEX account_username ON account(username_folded, id)",
    "CREATE INDEX account_reseller ON account(reseller_id, id)",
    "CREATE UNIQUE INDEX domain_of_account ON domain(account_id, name)",
    "CREATE UNIQUE INDEX domain_primary ON domain(account_id) WHERE is_primary",
    "CREATE INDEX domain_name ON domain(name_folded, account_id)",
    "CREATE UNIQUE INDEX staff_login ON staff(login, coalesce(provider_id, 0))",
    "CREATE INDEX job_account ON job(account_id, id) WHERE removed_at IS NULL",
    """CREATE INDEX job_open ON job(account_id) WHERE removed_at IS NULL
        AND status IN ('new', 'in-progress', 'on-hold')""",
    "CREATE INDEX task_job ON task(job_id, id) WHERE removed_at IS NULL",
    "CREATE INDEX note_job ON note(job_id, id) WHERE removed_at IS NULL",
    "CREATE INDEX event_account ON event(account_id, id)",
    "CREATE INDEX event_job ON event(job_id, id)",
)

SEARCH_INDEX = (
    """CREATE VIRTUAL TABLE account_fts USING fts5(
        search_text, content='account', content_rowid='id', tokenize='trigram')""",
    """CREATE TRIGGER account_added AFTER INSERT ON account BEGIN
        INSERT INTO account_fts(rowid, search_text) VALUES (new.id, new.search_text);
    END""",
    """CREATE TRIGGER account_deleted AFTER DELETE ON account BEGIN
        INSERT INTO account_fts(account_fts, rowid, search_text)
        VALUES ('delete', old.id, old.search_text);
    END""",
    """CREATE TRIGGER account_text_changed AFTER UPDATE OF search_text ON account
    WHEN old.search_text IS NOT new.search_text BEGIN
        INSERT INTO account_fts(account_fts, rowid, search_text)
        VALUES ('delete', old.id, old.search_text);
        INSERT INTO account_fts(rowid, search_text) VALUES (new.id, new.search_text);
    END""",
)

HISTORY_GUARD = (
    """CREATE TRIGGER event_never_changed BEFORE UPDATE ON event BEGIN
        SELECT RAISE(ABORT, 'the history is never changed');
    END""",
    """CREATE TRIGGER event_never_deleted BEFORE DELETE ON event BEGIN
        SELECT RAISE(ABORT, 'the history is never deleted');
    END""",
)
