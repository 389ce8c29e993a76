"""Recent accounts: whose they are, in which order, and what becomes of them in a bad file."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from models.draft_store import DraftPlace, DraftsNotKept, DraftStore
from models.recent_accounts import KEPT, RecentAccounts
from models.sqlite.database import PanelDatabase
from models.sqlite.draft_file import DraftFile
from tests.models.processes import CHECKOUT, python

Open = Callable[..., RecentAccounts]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A file in place of a database: only its name and its mode matter here."""
    path = tmp_path / "jobs.db"
    path.touch(0o600)
    return path


@pytest.fixture
def opening(database: Path) -> Iterator[Open]:
    """Returns `opening(login, provider)`, what a person opened last, as a session of its own."""
    with ExitStack() as stores:

        def open_recent(login: str = "anna", provider: int | None = None) -> RecentAccounts:
            store = DraftStore.open(database, login, provider, "session", lambda _name: False)
            stores.callback(store.close)
            return store.recent_accounts

        yield open_recent


def fill(recent: RecentAccounts, *accounts: int) -> None:
    for account in accounts:
        recent.opened(account)


def test_who_opened_nothing_has_no_recent_accounts(opening: Open) -> None:
    assert opening().newest() == ()


def test_the_account_opened_last_is_the_first(opening: Open) -> None:
    recent = opening()
    fill(recent, 1001, 1002, 1003, 1001)
    assert recent.newest() == (1001, 1003, 1002)


def test_only_so_many_are_kept_of_each_person(opening: Open) -> None:
    anna, ben = opening("anna"), opening("ben")
    fill(ben, 1, 2, 3)
    fill(anna, *range(1000, 1000 + KEPT + 20))
    assert anna.newest() == tuple(range(1000 + KEPT + 19, 1019, -1))
    assert ben.newest() == (3, 2, 1)


def test_forgotten_accounts_leave_nothing_in_the_file(opening: Open, database: Path) -> None:
    fill(opening(), *range(KEPT * 3))
    with closing(DraftFile(database).connection) as file:
        file.connect()
        (count,) = file.execute_sql("SELECT count(*) FROM recent_account").fetchone() or (None,)
    assert count == KEPT


def test_each_person_has_accounts_of_their_own_for_each_provider(opening: Open) -> None:
    people = [("anna", None), ("ben", None), ("anna", 1005), ("anna", 1006)]
    for number, person in enumerate(people):
        fill(opening(*person), number, 1001)
    for number, person in enumerate(people):
        assert opening(*person).newest() == (1001, number)


def test_the_panels_of_a_person_share_what_was_opened(opening: Open) -> None:
    one, two = opening(), opening()
    fill(one, 1001)
    fill(two, 1002)
    fill(one, 1003)
    fill(two, 1001)
    assert one.newest() == two.newest() == (1001, 1003, 1002)


OPENER = """
import sys
from pathlib import Path
from models.draft_store import DraftStore

store = DraftStore.open(Path(sys.argv[1]), "anna", None, "session", lambda name: False)
print("ready", flush=True)
sys.stdin.readline()
for account in range(int(sys.argv[2]), int(sys.argv[2]) + 20):
    store.recent_accounts.opened(account)
store.close()
"""


def test_panels_that_open_accounts_at_the_same_time_lose_none(
    opening: Open, database: Path
) -> None:
    panels = [
        subprocess.Popen(
            [sys.executable, "-c", OPENER, str(database), str(first)],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for first in (1000, 2000)
    ]
    try:
        for panel in panels:
            assert panel.stdout is not None
            assert panel.stdout.readline() == "ready\n"
        for panel in panels:
            assert panel.stdin is not None
            print(file=panel.stdin, flush=True)
        assert [panel.wait(60) for panel in panels] == [0, 0]
    finally:
        for panel in panels:
            panel.kill()
            panel.communicate()
    newest = opening().newest()
    for first in (1000, 2000):
        own = [account for account in newest if first <= account < first + 1000]
        assert own == list(range(first + 19, first - 1, -1))


def test_the_same_account_again_is_not_written_again(opening: Open, database: Path) -> None:
    recent = opening()
    fill(recent, 1001, 1002)
    with closing(DraftFile(database).connection) as file:
        file.connect()
        before = file.data_version
        recent.opened(1002)
        assert file.data_version == before
        recent.opened(1001)
        assert file.data_version != before


def test_opening_an_account_lets_the_database_alone(opening: Open, database: Path) -> None:
    before = database.stat()
    fill(opening(), 1001)
    assert database.stat() == before
    assert not Path(f"{database}-wal").exists()


def test_the_drafts_of_an_older_program_stay_and_accounts_come_to_them(
    opening: Open, database: Path
) -> None:
    place = DraftPlace("note", 57, 1001, 57)
    with closing(DraftStore.open(database, "anna", None, "old", lambda _name: False)) as store:
        store.keep(place, {"body": "Hello"})
    with closing(DraftFile(database).connection) as file:
        file.connect()
        file.execute_sql("DROP TABLE recent_account")
    recent = opening()
    fill(recent, 1001)
    assert recent.newest() == (1001,)
    with closing(DraftStore.open(database, "anna", None, "new", lambda _name: False)) as store:
        assert [kept.texts for kept in store.left_at()] == [{"body": "Hello"}]


def test_a_damaged_file_is_begun_anew(opening: Open, database: Path) -> None:
    fill(opening(), 1001)
    for suffix in ("-wal", "-shm"):
        Path(f"{database}.drafts{suffix}").unlink()
    Path(f"{database}.drafts").write_bytes(b"no database at all " * 500)
    recent = opening()
    assert recent.newest() == ()
    fill(recent, 1002)
    assert recent.newest() == (1002,)


def test_a_table_that_is_missing_is_a_refusal_and_nothing_worse(
    opening: Open, database: Path
) -> None:
    recent = opening()
    with closing(PanelDatabase(Path(f"{database}.drafts"))) as file:
        file.connect()
        file.execute_sql("DROP TABLE recent_account")
    with pytest.raises(DraftsNotKept):
        recent.opened(1001)
    with pytest.raises(DraftsNotKept):
        recent.newest()


READ_ONLY = """
import os, sys
from pathlib import Path
from models.draft_store import DraftsNotKept, DraftStore

os.setgroups([])
os.setgid(64_001)
os.setuid(64_101)
try:
    DraftStore.open(Path(sys.argv[1]), "anna", None, "session", lambda name: False)
except DraftsNotKept as refusal:
    print(refusal)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_in_a_folder_that_may_not_be_written_it_is_a_refusal() -> None:
    with tempfile.TemporaryDirectory(prefix="cj", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        database = Path(folder) / "jobs.db"
        database.touch()
        said = python(READ_ONLY, database).strip()
    assert said.startswith("Half-typed work is not kept: ")
