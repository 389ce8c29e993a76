"""Raw SQL on a customer's connection reaches what the customer may see, and nothing else."""

from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from peewee import DatabaseError, PeeweeException

from models.customer.desk import CustomerDesk
from models.customer.views import customer_views
from models.opening import open_confined, open_read_only
from models.schema import newest_version
from models.settings import Settings
from models.sqlite.database import PanelDatabase
from tests.models.customer import planted as world
from tests.models.customer.planted import plant, secrets_in

MARKS = (("SECRETA", 881_000_000), ("SECRETB", 882_000_000))
OTHERS = (1003, 1005)
VIEWS = ("access", "access_account", "account", "domain", "job", "note", "staff", "task")

Twins = tuple[PanelDatabase, PanelDatabase]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two databases that differ in nothing but what the customer must not see."""
    folder = tmp_path_factory.mktemp("twins")
    for (mark, number), other in zip(MARKS, OTHERS, strict=True):
        plant(folder / f"{mark}.db", mark, number, other)
    first, second = (folder / f"{mark}.db" for mark, _ in MARKS)
    return first, second


def confined(path: Path, access: int | None = world.OWN_GRANT) -> PanelDatabase:
    """Open a connection such as the customer's desk has."""
    accounts = (world.OWN, world.CLOSED)
    return open_confined(path, customer_views(accounts, access, staff_named=True))


@pytest.fixture(scope="module")
def twins(files: tuple[Path, Path]) -> Iterator[Twins]:
    """The customer's connections to both."""
    with closing(confined(files[0])) as first, closing(confined(files[1])) as second:
        yield first, second


@pytest.fixture(scope="module")
def database(twins: Twins) -> PanelDatabase:
    """The customer's connection to one of them."""
    return twins[0]


def read(database: PanelDatabase, sql: str) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows."""
    return list(database.execute_sql(sql))


def test_the_views_show_what_the_customer_may_see(database: PanelDatabase) -> None:
    assert {view: read(database, f"SELECT * FROM {view} ORDER BY 1") for view in VIEWS} == SEEN


WORKED = ("2031-01-01", world.OWN_STAFF)
SEEN = {
    "access": [(world.OWN_GRANT, None)],
    "access_account": [(world.OWN_GRANT, world.OWN)],
    "account": [
        (world.HUB, None, None, "Hub AG", None, None),
        (world.OWN, "own", "Own", "Own Ltd", "active", world.HUB),
    ],
    "domain": [(world.OWN, "own.example", 1)],
    "job": [(world.OWN_JOB, world.OWN, "Logo", "Blue", "new", "USD", 1, 1, None, None)],
    "note": [(1, world.OWN_JOB, world.OWN_STAFF, "Hello", 1, 1, None)],
    "staff": [(world.OWN_STAFF, "Rosa", world.HUB)],
    "task": [(1, world.OWN_JOB, "Draw", "fixed", None, 60, 100, "Sent", 1, *WORKED, None)],
}
"""Every row and column."""


def test_the_views_are_empty_without_the_grant_or_the_account(files: tuple[Path, Path]) -> None:
    for access in (world.OTHER_GRANT, world.OWN_GRANT + 9, 90_001):
        with closing(confined(files[0], access)) as database:
            for view in VIEWS[2:]:
                assert read(database, f"SELECT * FROM {view}") == [], (access, view)
    views = customer_views((world.CLOSED,), None, staff_named=True)
    with closing(open_confined(files[0], views)) as database:
        for view in VIEWS[2:]:
            assert read(database, f"SELECT * FROM {view}") == [], view
        for view in VIEWS[:2]:
            refuse(database, f"SELECT * FROM {view}")


def test_no_persons_name_is_there_where_the_company_stands_for_its_people(
    files: tuple[Path, Path],
) -> None:
    company = Settings(staff_names="company")
    with closing(CustomerDesk.open(files[0], (world.OWN,), company)) as desk:
        assert read(desk._database, "SELECT * FROM staff") == []
        assert desk.notes(world.OWN_JOB).rows[0].author == "Hub AG"


def refuse(database: PanelDatabase, sql: str) -> None:
    """Make sure that a statement is refused, at the latest when its rows are read."""
    with pytest.raises(PeeweeException):
        pytest.fail(f"{sql}: {read(database, sql)}")


ATTACKS = [
    "SELECT * FROM main.job",
    "SELECT 1 FROM main.job",
    "SELECT count(*) FROM main.job",
    "SELECT rowid FROM main.account",
    "SELECT login FROM staff",
    "SELECT email FROM account",
    'SELECT * FROM "main"."account" AS account',
    "SELECT * FROM job UNION SELECT * FROM main.job",
    "SELECT id FROM job UNION ALL SELECT id FROM main.job",
    "SELECT id FROM job EXCEPT SELECT id FROM main.job",
    "SELECT * FROM (SELECT * FROM main.account) AS account",
    "SELECT (SELECT username FROM main.account WHERE id = 1003)",
    "SELECT * FROM account WHERE EXISTS (SELECT 1 FROM main.account)",
    "SELECT 'x' IN main.account",
    "SELECT id FROM job ORDER BY (SELECT username FROM main.account LIMIT 1)",
    "SELECT count(*) FROM job GROUP BY (SELECT username FROM main.account LIMIT 1)",
    "SELECT * FROM job JOIN main.account ON account.id = job.account_id",
    "SELECT job.id FROM job JOIN main.account ON 1",
    "SELECT job.id FROM job, main.account",
    "SELECT job.id FROM job LEFT JOIN main.account ON account.username > 'x'",
    # What a common table expression reads counts as read by a view of its name.
    "WITH job AS (SELECT * FROM main.account) SELECT * FROM job",
    "with/**/job(a) as materialized (select username from main.account) select * from job",
    "SELECT * FROM (WITH job AS (SELECT * FROM main.account) SELECT * FROM job)",
    "SELECT (\nWITH\tstaff AS (SELECT login FROM main.staff) SELECT login FROM staff)",
    "WITH other AS (SELECT * FROM main.account) SELECT * FROM other",
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
    "WITH RECURSIVE job(x) AS (SELECT login FROM main.staff UNION SELECT x FROM job)"
    " SELECT x FROM job",
    # Columns that a join compares by name are compared unasked: an answer to any guess.
    "SELECT count(*) FROM (SELECT 1003 AS id) JOIN main.account USING (id)",
    "SELECT count(*) FROM (SELECT 'x' AS login) NATURAL JOIN main.staff",
    "SELECT count(*) FROM account NATURAL LEFT JOIN main.account",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM sqlite_schema",
    "SELECT * FROM main.sqlite_master",
    "SELECT * FROM temp.sqlite_master",
    "SELECT sql FROM sqlite_temp_schema",
    "SELECT * FROM event",
    "SELECT * FROM import_run",
    "SELECT * FROM account_fts",
    "SELECT * FROM account_fts WHERE account_fts MATCH 'secret'",
    "SELECT * FROM account_fts('secret')",
    "SELECT * FROM account_fts_data",
    "SELECT * FROM account_fts_content",
    "SELECT * FROM account_text",
    "SELECT * FROM account_trigrams",
    "SELECT * FROM work",
    "SELECT * FROM main.work",
    "SELECT * FROM work_fts",
    "SELECT * FROM work_fts WHERE work_fts MATCH 'secret'",
    "SELECT * FROM work_fts('secret')",
    "SELECT * FROM work_fts_data",
    "SELECT * FROM sqlite_sequence",
    "SELECT * FROM sqlite_stat1",
    "SELECT * FROM dbstat",
    "SELECT * FROM sqlite_dbpage",
    "SELECT * FROM json_each('[1]')",
    "SELECT * FROM pragma_table_info('account')",
    "SELECT * FROM pragma_database_list",
    "SELECT load_extension('/tmp/x')",
    "SELECT randomblob(9)",
    "SELECT printf('%s', 1)",
    "SELECT sqlite_version()",
    "SELECT date_part('year', 1)",
    "SELECT id FROM job WHERE details LIKE '%'",
    "SELECT id FROM job WHERE details MATCH 'x'",
    "ATTACH DATABASE ':memory:' AS other",
    "ATTACH DATABASE '/tmp/other.db' AS other",
    "DETACH DATABASE main",
    "CREATE TABLE mine (id)",
    "CREATE TABLE mine AS SELECT * FROM job",
    "CREATE TEMP TABLE mine (id)",
    "CREATE TEMP TABLE mine AS SELECT * FROM main.job",
    "CREATE VIEW mine AS SELECT * FROM main.job",
    "CREATE TEMP VIEW mine AS SELECT * FROM main.job",
    "CREATE TEMP TRIGGER mine INSTEAD OF UPDATE ON job BEGIN SELECT 1; END",
    "CREATE INDEX mine ON job (status)",
    "CREATE VIRTUAL TABLE temp.mine USING fts5(x)",
    "DROP VIEW job",
    "DROP VIEW temp.job",
    "DROP TABLE main.job",
    "ALTER TABLE main.job ADD COLUMN mine",
    "INSERT INTO note (body) VALUES ('x')",
    "INSERT INTO main.note (job_id, author_id, body, at) VALUES (1, 1, 'x', 1)",
    "INSERT INTO main.note SELECT * FROM main.note",
    "REPLACE INTO main.staff (id, login) VALUES (1, 'x')",
    "UPDATE job SET status = 'new'",
    "UPDATE main.job SET status = 'new'",
    "UPDATE main.job SET status = 'new' RETURNING description",
    "DELETE FROM job",
    "DELETE FROM main.job",
    "DELETE FROM main.job WHERE 0 RETURNING *",
    "VACUUM",
    "VACUUM INTO '/tmp/stolen.db'",
    "ANALYZE",
    "REINDEX",
    "SAVEPOINT mine",
    "EXPLAIN SELECT 1",
    "EXPLAIN QUERY PLAN SELECT * FROM job",
    " -- nothing\n explain select * from job",
    "PRAGMA data_version = 1",
    "PRAGMA query_only = 0",
]


@pytest.mark.parametrize("sql", ATTACKS)
def test_an_attack_is_refused(database: PanelDatabase, sql: str) -> None:
    refuse(database, sql)


def names(path: Path, sql: str) -> list[str]:
    """Return what SQLite itself lists, on a connection that may ask."""
    with closing(open_read_only(path)) as database:
        return [name for (name,) in database.execute_sql(sql)]


def test_no_table_is_read_but_through_the_views(
    files: tuple[Path, Path], database: PanelDatabase
) -> None:
    tables = names(files[0], "SELECT name FROM sqlite_schema WHERE type = 'table'")
    assert set(VIEWS) < set(tables)
    for table in tables:
        for wanted in ("*", "1", "count(*)", "rowid"):
            refuse(database, f"SELECT {wanted} FROM main.{table}")
            if table not in VIEWS:
                refuse(database, f"SELECT {wanted} FROM {table}")
        for form in (
            "SELECT 1 FROM job WHERE EXISTS (SELECT 1 FROM main.{0})",
            "SELECT 1 WHERE 1 IN main.{0}",
            "SELECT job.id FROM job, main.{0} AS other",
            "SELECT 1 FROM (SELECT * FROM main.{0}) AS job",
            "WITH job AS (SELECT * FROM main.{0}) SELECT * FROM job",
        ):
            refuse(database, form.format(table))


def test_no_pragma_is_there_but_the_versions_of_data_and_schema(
    files: tuple[Path, Path], database: PanelDatabase
) -> None:
    pragmas = names(files[0], "SELECT name FROM pragma_pragma_list")
    assert len(pragmas) > 50
    for pragma in pragmas:
        refuse(database, f"PRAGMA {pragma} = 1")
        refuse(database, f"PRAGMA main.{pragma}(account)")
        refuse(database, f"SELECT * FROM pragma_{pragma}")
        if pragma not in ("data_version", "user_version"):
            refuse(database, f"PRAGMA {pragma}")
    assert read(database, "PRAGMA data_version") == [(database.data_version,)]
    assert read(database, "PRAGMA user_version") == [(newest_version(),)]


def test_no_function_is_there_but_those_of_the_desks_queries(
    files: tuple[Path, Path], database: PanelDatabase
) -> None:
    functions = set(names(files[0], "SELECT name FROM pragma_function_list"))
    functions |= {"date_part", "date_trunc", "_pw_json_contains"}
    for function in functions - {"coalesce", "count", "folded", "nullif", "row_number", "sum"}:
        for arguments in ("", "1", "1, 1", "1, 1, 1"):
            refuse(database, f'SELECT "{function}"({arguments})')


def test_nothing_is_written_even_where_the_authorizer_would_let_it(
    files: tuple[Path, Path],
) -> None:
    with closing(confined(files[0])) as database:
        database.connection().set_authorizer(None)
        for sql in ("CREATE TEMP TABLE mine (id)", "DELETE FROM main.task"):
            with pytest.raises(DatabaseError, match="readonly"):
                database.execute_sql(sql)


def test_transactions_and_the_data_version_go_on(database: PanelDatabase) -> None:
    seen = database.data_version
    with database.atomic("DEFERRED"):
        assert read(database, "SELECT count(*) FROM job") == [(1,)]
    assert database.data_version == seen


# -- statements that nobody thought of -----------------------------------------------------------

COLUMNS = [
    *("id", "*", "count(*)", "rowid", "account_id", "job_id", "removed_at"),
    *("username", "person", "company", "email", "login", "display_name", "description", "details"),
    *("body", "note", "name", "key", "search_text", "amount_minor", "balance_minor"),
]
TABLES = [
    *VIEWS,
    *(f"main.{view}" for view in VIEWS),
    *(f"temp.{view}" for view in VIEWS),
    *(
        "event",
        "main.event",
        "account_fts",
        "work",
        "work_fts",
        "sqlite_schema",
        "sqlite_temp_schema",
        "missing",
    ),
]
NAMES = [*VIEWS, "other"]

Words = st.SearchStrategy[str]


def phrase(form: str, *parts: Words) -> Words:
    """Return `form` with its braces filled."""
    return st.tuples(*parts).map(lambda filled: form.format(*filled))


values = st.one_of(
    st.sampled_from(["1003", "1", "NULL", "'own'"]),
    st.integers(881_000_000, 881_000_150).map(str),
    st.integers(881_000_000, 881_000_150).map("'SECRETA{}'".format),
)
columns = st.sampled_from(["*", "count(*)"]) | st.sampled_from(COLUMNS)
named_columns = st.sampled_from([name for name in COLUMNS if "*" not in name])
tables = st.sampled_from(["job", "main.account", "main.staff"]) | st.sampled_from(TABLES)
aliases = st.sampled_from(NAMES)


def conditions(queries: Words) -> Words:
    """Return conditions on some column."""
    return st.one_of(
        phrase("{} = {}", named_columns, values),
        phrase("{} > {}", named_columns, values),
        phrase("{} IN ({})", named_columns, queries),
        phrase("EXISTS ({})", queries),
        phrase("{} IN {}", values, tables),
        st.just("1"),
    )


def sources(queries: Words) -> Words:
    """Return what stands after `FROM`."""
    source = st.one_of(
        tables,
        phrase("{} AS {}", tables, aliases),
        phrase("({}) AS {}", queries, aliases),
        phrase("(SELECT {} AS {}) AS guess", values, named_columns),
    )
    joins = st.sampled_from(["JOIN", "LEFT JOIN", "NATURAL JOIN", "NATURAL LEFT JOIN", ","])
    return st.one_of(
        source,
        phrase("{} {} {}", source, joins, source),
        phrase("{} JOIN {} USING ({})", source, source, named_columns),
        phrase("(SELECT {0} AS {1}) AS guess JOIN {2} USING ({1})", values, named_columns, tables),
        phrase("{} JOIN {} ON {}", source, source, conditions(queries)),
    )


def selects(queries: Words) -> Words:
    """Return queries, perhaps with parts of other queries."""
    wanted = st.one_of(columns, values, phrase("({})", queries))
    plain = phrase("SELECT {} FROM {}", wanted, sources(queries))
    return st.one_of(
        plain,
        phrase("{} WHERE {}", plain, conditions(queries)),
        phrase("{} UNION {}", plain, queries),
        phrase("{} ORDER BY ({})", plain, queries),
        phrase("WITH {0} AS ({1}) SELECT {2} FROM {0}", aliases, queries, columns),
        phrase("WITH {} AS ({}) {}", aliases, queries, plain),
    )


statements = st.recursive(phrase("SELECT {} FROM {}", columns, tables), selects, max_leaves=4)


def outcome(database: PanelDatabase, sql: str) -> list[str] | None:
    """Return the rows of a statement in some order, or None if it was refused."""
    try:
        return sorted(map(repr, read(database, sql)))
    except PeeweeException:
        return None


@given(statements)
@settings(max_examples=500)
@example("SELECT count(*) FROM (SELECT 1003 AS id) AS guess JOIN main.account USING (id)")
def test_no_statement_tells_anything_of_others(twins: Twins, sql: str) -> None:
    """Neither a value, nor whether one is there: what others have makes no difference at all."""
    first, second = twins
    assert outcome(first, sql) == outcome(second, sql)
    for database, (mark, number) in zip(twins, MARKS, strict=True):
        with suppress(PeeweeException):
            guessed = "88100" in sql
            assert guessed or not list(secrets_in(read(database, sql), mark, number))
