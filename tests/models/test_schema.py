"""What the newest schema is made of, and that the models say the same."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from peewee import ModelSelect

from models.opening import open_for_staff
from models.schema import newest_version
from models.sqlite.database import APPLICATION_ID, PanelDatabase
from models.staff.desk import StaffDesk
from models.tables import TABLES, Account, Table, bound, first_row, rows
from tests.conftest import insert_account


@pytest.fixture
def database(path: Path) -> Iterator[PanelDatabase]:
    """A fresh database."""
    with closing(open_for_staff(path)) as database:
        yield database


def test_every_table_is_strict(database: PanelDatabase) -> None:
    found = database.execute_sql("SELECT name, strict FROM pragma_table_list WHERE type = 'table'")
    strict = {name: bool(is_strict) for name, is_strict in found}
    kept_by_others = {"schema_migration", "sqlite_schema", "sqlite_temp_schema", "sqlite_sequence"}
    ours = {name for name in strict if name not in kept_by_others}
    assert ours == {table._meta.table_name for table in TABLES}
    assert all(strict[name] for name in ours)


def test_identifiers_are_never_used_twice(database: PanelDatabase) -> None:
    for table in TABLES:
        ((sql,),) = database.execute_sql(
            "SELECT sql FROM sqlite_master WHERE name = ?", (table._meta.table_name,)
        )
        assert "AUTOINCREMENT" in sql


def test_the_triggers_are_there(database: PanelDatabase) -> None:
    found = database.execute_sql("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
    assert set(found) == {
        ("account_added", "account"),
        ("account_deleted", "account"),
        ("account_text_changed", "account"),
        *(
            (f"{table}_words_{change}", table)
            for table in ("job", "task", "note")
            for change in ("added", "changed", "deleted")
        ),
        ("event_never_changed", "event"),
        ("event_never_deleted", "event"),
    }


def test_the_file_is_marked_as_this_programs(database: PanelDatabase) -> None:
    assert database.application_id == APPLICATION_ID == int.from_bytes(b"CJOB")
    assert database.user_version == newest_version()


@pytest.mark.parametrize("table", TABLES)
def test_a_model_says_what_its_table_is(database: PanelDatabase, table: type[Table]) -> None:
    name = table._meta.table_name
    found = database.execute_sql(
        f"""SELECT name, type, "notnull", pk FROM pragma_table_info('{name}')"""
    )
    real = {column: (kind, not (needed or key), bool(key)) for column, kind, needed, key in found}
    kinds = {
        "AUTO": "INTEGER",
        "BIGINT": "INTEGER",
        "BOOL": "INTEGER",
        "TEXT": "TEXT",
        "INT": "INTEGER",
    }
    said = {
        field.column_name: (kinds[field.field_type], field.null, field.primary_key)
        for field in table._meta.sorted_fields
    }
    assert said == real


@pytest.mark.parametrize("table", TABLES)
def test_a_model_refers_to_what_its_table_refers_to(
    database: PanelDatabase, table: type[Table]
) -> None:
    found = database.get_foreign_keys(table._meta.table_name)
    real = {(key.column, key.dest_table, key.dest_column) for key in found}
    said = {
        (field.column_name, field.rel_model._meta.table_name, field.rel_field.column_name)
        for field in table._meta.refs
    }
    assert said == real


def test_two_databases_are_worked_on_side_by_side(
    database: PanelDatabase, tmp_path: Path, desk: StaffDesk
) -> None:
    insert_account(desk, "acme")
    with closing(open_for_staff(tmp_path / "other.db", create=True)) as other, bound(database):
        with bound(other):
            assert (rows(usernames()), first_row(usernames())) == ([], None)
        assert (rows(usernames()), first_row(usernames())) == ([("acme",)], ("acme",))


def usernames() -> "ModelSelect[Account]":
    """Return a query, which takes the database that is bound when it is made."""
    query: ModelSelect[Account] = Account.select(Account.username)
    return query
