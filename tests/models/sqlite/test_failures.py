"""Failures of the disk, of permissions and of the file, in words; and nothing half written."""

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from peewee import DoesNotExist, OperationalError, PeeweeException

from models.opening import explained, open_for_staff
from models.refusals import DatabaseBusy, DatabaseUnusable, Interrupted
from models.sqlite.failures import explain
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.conftest import insert_account
from tests.models.desks import contents, fill
from tests.models.processes import CHECKOUT, python
from tests.mounts import needs_mounts, on_small_disk

NOBODY = 65534

DISK_FULL = """
import resource, signal, sys
from pathlib import Path
from models.refusals import Refused
from models.staff.desk import StaffDesk
from models.staff.session import Actor

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
desk = StaffDesk.open(Path(sys.argv[1]), Actor("anna"))
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
added = 0
try:
    while added < 1000:
        desk.notes.add(1, "x" * 20_000)
        added += 1
except Refused as refusal:
    print(type(refusal).__name__, refusal, sep="\\n")
print(added, desk.notes.page(1, limit=1).total, desk.database.write_lock.held)
"""

AS_NOBODY = """
import os, sys
from pathlib import Path
import platformdirs, playhouse.migrations
from models.customer.desk import CustomerDesk
from models.refusals import Refused
from models.staff.desk import StaffDesk
from models.staff.session import Actor

path, what = Path(sys.argv[1]), sys.argv[2]
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(int(sys.argv[3]))
    os.setuid(int(sys.argv[3]))
try:
    if what == "create":
        StaffDesk.open(path, Actor("eve"), create=True)
    elif what == "customer":
        print(CustomerDesk.open(path, (1001,)).job(1).description)
    else:
        desk = StaffDesk.open(path, Actor("eve"))
        print(desk.jobs.get(1).description)
        desk.notes.add(1, "Mine")
except Refused as refusal:
    print(refusal)
"""


def test_a_full_disk_is_named_and_nothing_is_half_written(path: Path) -> None:
    with closing(StaffDesk.open(path, Actor("anna"))) as desk:
        fill(desk, insert_account(desk, "acme"))
        before = contents(path)
    name, sentence, state = python(DISK_FULL, path).splitlines()
    added = int(state.split()[0])
    assert name == "DatabaseUnusable"
    assert sentence.startswith("The disk ")
    assert str(path) in sentence
    assert "Nothing was saved" in sentence
    assert state == f"{added} {added + 1} False"
    after = contents(path)
    assert len(after["note"]) - len(before["note"]) == added
    assert len(after["event"]) - len(before["event"]) == added
    with closing(StaffDesk.open(path, Actor("anna"))) as desk:
        assert desk.database.integrity_problems() == []
        desk.notes.add(1, "x" * 20_000)


FULL_DISK = """
import os, sys
from pathlib import Path
from models.refusals import Refused
from models.staff.desk import StaffDesk
from models.staff.session import Actor

path = Path(sys.argv[1])
filler = path.with_name("filler")
desk = StaffDesk.open(path, Actor("anna"))
filler.write_bytes(bytes(1024 * 1024))
added = 0
try:
    while added < 1000:
        desk.notes.add(1, "x" * 20_000)
        added += 1
except Refused as refusal:
    print(type(refusal).__name__, refusal, sep="\\n")
print(desk.notes.page(1, limit=1).total - added)
try:
    desk.jobs.get(1)
    print("reading goes on")
except Refused as refusal:
    print(refusal)
filler.unlink()
desk.notes.add(1, "There is room again")
print(desk.notes.page(1, limit=1).total - added, desk.database.integrity_problems())
"""


@needs_mounts
def test_a_disk_without_room_is_named_until_there_is_some(path: Path) -> None:
    """A real one; reading goes on meanwhile."""
    with closing(StaffDesk.open(path, Actor("anna"))) as desk:
        fill(desk, insert_account(desk, "acme"))
    command = [sys.executable, "-c", FULL_DISK, path]
    said = on_small_disk(path.parent, "3m", *command, checkout=CHECKOUT)
    assert said.stderr == ""
    assert said.stdout.splitlines() == [
        "DatabaseUnusable",
        f"The disk is full: {path} could not be written. Nothing was saved; free some space and "
        "save again.",
        "1",
        "reading goes on",
        "2 []",
    ]


def test_a_quota_and_a_limit_on_the_size_of_files_are_named(path: Path) -> None:
    """SQLite keeps no more of them than that it could not write."""
    with closing(StaffDesk.open(path, Actor("anna"))) as desk:
        fill(desk, insert_account(desk, "acme"))
    sentence = python(DISK_FULL, path).splitlines()[1]
    assert sentence == (
        f"The disk refused to read or write {path} (disk I/O error): it is broken, or a quota or "
        "a limit on the size of files is reached. Nothing was saved."
    )


def test_what_fails_while_rows_are_read_is_told_like_all_else(path: Path) -> None:
    """Peewee lets it through as the driver raises it."""
    with closing(open_for_staff(path)) as database:
        found = iter(
            database.execute_sql(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
            )
        )
        assert next(found) == (1,)
        database.interrupt()
        with pytest.raises(Interrupted), explained(path):
            next(found)
        with pytest.raises(DatabaseUnusable, match="Could not decode to UTF-8"), explained(path):
            list(database.execute_sql("SELECT CAST(x'62ff' AS TEXT)"))


def test_damage_without_a_code_is_damage() -> None:
    path = Path("/srv/jobs.db")
    for error, reason in (
        (DoesNotExist(), "a record refers to another that is missing"),
        (OperationalError("invalid fts5 file format (found 0, expected 4 or 5)"), "invalid fts5"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"), "bytes that are no text"),
    ):
        refusal = explain(error, path)
        assert isinstance(refusal, DatabaseUnusable)
        assert str(refusal).startswith(f"{path} is damaged ({reason}")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "The disk is full: x could not be written. Nothing was saved; free some"),
        (errno.EDQUOT, "The disk is full: x could not be written"),
        (errno.EROFS, "x may not be written: the file, its folder or the disk is read-only"),
        (errno.EACCES, "x cannot be used: Permission denied."),
    ],
)
def test_what_the_system_refuses_has_its_sentence(number: int, said: str) -> None:
    with pytest.raises(DatabaseUnusable) as refused, explained(Path("x")):
        raise OSError(number, os.strerror(number))
    assert str(refused.value).startswith(said)


@pytest.fixture(scope="module")
def program() -> Iterator[Path]:
    """The program where everybody can read it."""
    with TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copytree(CHECKOUT / "models", copy / "models")
        for item in (copy, *copy.rglob("*")):
            item.chmod(0o755)
        yield copy


@pytest.fixture
def reachable(path: Path) -> Iterator[Path]:
    """A database with a job, in a folder that everybody can reach."""
    with TemporaryDirectory() as folder:
        shared = Path(folder) / "jobs.db"
        path.rename(shared)
        with closing(StaffDesk.open(shared, Actor("anna"))) as desk:
            desk.session.clock = lambda: 1
            fill(desk, insert_account(desk, "acme"))
        os.chmod(folder, 0o755)
        yield shared


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize(
    ("folder", "file", "what", "answer"),
    [
        (0o700, 0o600, "staff", "{path} cannot be used: Permission denied.\n"),
        (0o700, 0o600, "create", "{path} cannot be used: Permission denied.\n"),
        (0o700, 0o600, "customer", "{path} cannot be used: Permission denied.\n"),
        (0o755, 0o600, "staff", "{path} cannot be opened: check that"),
        (0o755, 0o600, "customer", "{path} cannot be opened: check that"),
        (0o755, 0o644, "staff", "{path} may not be written: the file, its folder or the disk is"),
        (0o755, 0o644, "customer", "{path} may not be written: the file, its folder"),
        (0o777, 0o644, "staff", "Site redesign\n{path} may not be written: the file, its folder"),
        (0o777, 0o644, "customer", "Site redesign\n"),
        (0o755, None, "create", "{path} cannot be used: Permission denied.\n"),
    ],
)
def test_what_a_person_may_not_do_is_said(
    reachable: Path, program: Path, folder: int, file: int | None, what: str, answer: str
) -> None:
    os.chmod(reachable.parent, folder)
    if file is None:
        reachable.unlink()
    else:
        os.chmod(reachable, file)
    for lock in reachable.parent.glob("*.lock"):
        os.chmod(lock, 0o666)
    said = python(AS_NOBODY, reachable, what, NOBODY, checkout=program)
    assert said.startswith(answer.format(path=reachable))


class DriverError(Exception):
    """An error as SQLite's driver raises it."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.sqlite_errorname = name


def driver_error(name: str, message: str = "as SQLite says") -> PeeweeException:
    """Return an error as it arrives from the driver through Peewee."""
    error = OperationalError(message)
    error.__cause__ = DriverError(name, message)
    return error


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("SQLITE_FULL", "The disk is full: /srv/jobs.db could not be written. Nothing was saved"),
        ("SQLITE_IOERR_WRITE", "The disk refused to read or write /srv/jobs.db (as SQLite says)"),
        ("SQLITE_READONLY_DIRECTORY", "/srv/jobs.db may not be written"),
        ("SQLITE_CANTOPEN", "/srv/jobs.db cannot be opened"),
        ("SQLITE_NOTADB", "/srv/jobs.db is not a database of this program"),
        ("SQLITE_CORRUPT_INDEX", "/srv/jobs.db is damaged (as SQLite says)"),
        ("SQLITE_PERM", "This user may not use /srv/jobs.db"),
        ("SQLITE_TOOBIG", "A text is too long"),
    ],
)
def test_each_failure_has_its_sentence(name: str, sentence: str) -> None:
    refusal = explain(driver_error(name), Path("/srv/jobs.db"))
    assert isinstance(refusal, DatabaseUnusable)
    assert str(refusal).startswith(sentence)
    assert str(refusal).endswith(".")


@pytest.mark.parametrize("name", ["SQLITE_CORRUPT", "SQLITE_CORRUPT_INDEX"])
def test_nobody_is_told_to_stop_working_in_a_copy(name: str) -> None:
    assert str(explain(driver_error(name), Path("/srv/copy.db"), is_copy=True)) == (
        "The copy /srv/copy.db is damaged (as SQLite says): take another one."
    )


@pytest.mark.parametrize(
    "name", ["SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED", "SQLITE_LOCKED_SHAREDCACHE"]
)
def test_a_busy_database_is_not_a_broken_one(name: str) -> None:
    assert isinstance(explain(driver_error(name), Path("x")), DatabaseBusy)


def test_an_interrupted_query_is_no_failure() -> None:
    assert isinstance(explain(driver_error("SQLITE_INTERRUPT"), Path("x")), Interrupted)


def test_the_first_cause_is_told_not_what_followed_from_it() -> None:
    follow_up = driver_error("SQLITE_ERROR", "cannot rollback - no transaction is active")
    follow_up.__cause__ = None
    follow_up.__context__ = driver_error("SQLITE_FULL")
    assert str(explain(follow_up, Path("x"))).startswith("The disk is full")


def test_a_fault_of_the_program_is_not_dressed_up_as_a_failure() -> None:
    assert explain(driver_error("SQLITE_CONSTRAINT_CHECK"), Path("x")) is None
    assert explain(driver_error("SQLITE_ERROR"), Path("x")) is None
    with pytest.raises(OperationalError), explained(Path("x")):
        raise driver_error("SQLITE_MISUSE")


def test_text_that_is_no_database_is_refused_at_the_first_look(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Not a database, but long enough to look like one. " * 50)
    before = path.read_bytes()
    with pytest.raises(DatabaseUnusable, match="is not a database of this program"):
        open_for_staff(path)
    assert path.read_bytes() == before
