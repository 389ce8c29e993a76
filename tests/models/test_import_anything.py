"""Whatever comes in a file, the database takes what passed the checks and nothing else."""

import csv
import io
import json
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.models.import_files import load

TEXT = st.text(max_size=40)
NAMES = st.one_of(st.sampled_from(["a", "b", "c", "d", "root"]), st.text(min_size=1, max_size=8))
WHM_ACCOUNTS = st.lists(
    st.fixed_dictionaries(
        {"user": NAMES.map(lambda name: f"x{name}")},
        optional={
            "domain": st.one_of(st.none(), TEXT),
            "email": TEXT,
            "plan": TEXT,
            "owner": st.one_of(st.none(), NAMES.map(lambda name: f"x{name}")),
            "suspended": st.sampled_from([0, 1, "1", None, "x"]),
            "suspendreason": TEXT,
            "unix_startdate": st.one_of(st.integers(-10, 2_000_000_000), TEXT, st.none()),
        },
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(files=st.lists(WHM_ACCOUNTS, min_size=1, max_size=3))
def test_whatever_whm_lists_settles_after_one_import(
    new_database: Path, tmp_path_factory: pytest.TempPathFactory, files: list[list[Any]]
) -> None:
    with fresh_desk(new_database, tmp_path_factory) as desk:
        for accounts in files:
            assert_settles(desk, "whm", json.dumps({"acct": accounts}))


CSV_FIELDS = {
    "username": NAMES.map(lambda name: f"x{name}"),
    "key": st.one_of(st.just(""), NAMES),
    "id": st.sampled_from(["", "", "5000", "5001", "7", "x"]),
    "reseller": st.one_of(st.just(""), NAMES, st.sampled_from(["7", "xa", "xb"])),
    "is_reseller": st.sampled_from(["", "yes", "no"]),
    "domain": TEXT,
    "domains": TEXT,
    "person": TEXT,
    "created": st.sampled_from(["", "2024-01-01", "2025-01-01", "soon"]),
    "currency": st.sampled_from(["", "USD", "JPY", "1"]),
    "balance": st.sampled_from(["", "5", "1.50"]),
    "status": st.sampled_from(["", "active", "closed"]),
}
CSV_FILES = st.lists(st.sampled_from(sorted(CSV_FIELDS)), unique=True).flatmap(
    lambda names: st.tuples(
        st.just(sorted({*names, "username"})),
        st.lists(
            st.tuples(*(CSV_FIELDS[name] for name in sorted({*names, "username"}))), max_size=8
        ),
    )
)


@settings(max_examples=40, deadline=None)
@given(files=st.lists(CSV_FILES, min_size=1, max_size=3))
def test_whatever_a_csv_file_says_settles_after_one_import(
    new_database: Path,
    tmp_path_factory: pytest.TempPathFactory,
    files: list[tuple[list[str], list[tuple[str, ...]]]],
) -> None:
    with fresh_desk(new_database, tmp_path_factory) as desk:
        for header, rows in files:
            file = io.StringIO(newline="")
            csv.writer(file).writerows([header, *rows])
            content = file.getvalue().encode(errors="surrogatepass").decode(errors="replace")
            assert_settles(desk, "csv", content)


@contextmanager
def fresh_desk(new_database: Path, factory: pytest.TempPathFactory) -> Iterator[StaffDesk]:
    """A desk on a database of its own for one example of many."""
    folder = factory.mktemp("example")
    shutil.copy(new_database, folder / "jobs.db")
    with closing(StaffDesk.open(folder / "jobs.db", Actor("anna"))) as desk:
        yield desk
    shutil.rmtree(folder)


def assert_settles(desk: StaffDesk, source: str, content: str) -> None:
    """The database takes what passed the checks; the same file again finds nothing to do."""
    done = load(desk, source, content)
    again = load(desk, source, content)
    assert (again.added, again.changed, again.skipped) == (0, 0, done.skipped)
    assert again.unchanged == done.added + done.changed + done.unchanged
