"""The layers together: the real Support Center within them, beside staff who go on working."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from models.backup import back_up, restore
from models.refusals import DatabaseBusy
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.confinement.conftest import CHECKOUT, Run, command
from tests.models.processes import session
from tests.models.sqlite.test_failures import NOBODY
from tests.terminal import Terminal
from tests.test_layers import loaded_by, top_level
from tui.confinement import landlock, layers, process

COMMAND = """
from tui.cli.main import main

sys.exit(main(["customer", "--database", sys.argv[1], "--account", "1001"]))
"""

AS_NOBODY = """
import asyncio, os
from pathlib import Path
from tui.confinement import confine_process, cut_environment

cut_environment()
import tui.terminal.driver
from models.customer.desk import CustomerDesk
from models.settings import Settings
from tui.support_center.app import SupportCenter, run_support_center

path, user = Path(sys.argv[1]), int(sys.argv[2])


async def load_everything() -> None:
    # This interpreter may be out of the reach of nobody.
    async with SupportCenter(CustomerDesk.open(path, (1001,))).run_test() as pilot:
        await pilot.press("enter", "enter", "escape")


asyncio.run(load_everything())
while len(os.listdir("/proc/self/task")) > 1:
    os.sched_yield()
for file in (path.parent, *path.parent.iterdir()):
    os.chown(file, user, user)
os.setgroups([])
os.setgid(user)
os.setuid(user)
desk = CustomerDesk.open(path, (1001,))
confine_process()
sys.exit(run_support_center(desk, Settings()))
"""

READER = """
from pathlib import Path
from models.customer.desk import CustomerDesk
from tui.confinement import confine_process

desk = CustomerDesk.open(Path(sys.argv[1]), (1001,))
confine_process()
print("ready", flush=True)
for line in sys.stdin:
    print(desk.job(1).description, flush=True)
"""

REFUSED_TO_BEGIN = """
import _thread, threading
from tui.confinement import confine_process

lock = threading.Lock()
lock.acquire()
if sys.argv[1] == "thread":
    threading.Thread(target=lock.acquire, daemon=True).start()
elif sys.argv[1] == "unseen":
    _thread.start_new_thread(lock.acquire, ())
    while len(__import__("os").listdir("/proc/self/task")) == 1:
        pass
try:
    confine_process()
    print("confined")
except RuntimeError as error:
    print(error)
    open("/etc/passwd")
    print(__import__("resource").getrlimit(__import__("resource").RLIMIT_FSIZE)[0])
"""

ESCAPES = """
import errno, os, socket, subprocess
from pathlib import Path
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.refusals import Refused
from tui.confinement import confine_process

path = Path(sys.argv[1])
desk = StaffDesk.open(path, Actor("anna"))
confine_process()
for attempt in (
    lambda: open("/etc/passwd"),
    lambda: open(path, "rb"),
    lambda: path.with_name("new").touch(),
    lambda: os.execv("/bin/sh", ["sh", "-c", "echo escaped"]),
    lambda: subprocess.run(["/bin/sh", "-c", "echo escaped"]),
    lambda: open("/proc/self/mem", "rb"),
    lambda: os.write(os.memfd_create("program"), b"x"),
    lambda: desk.notes.add(1, "Mine"),
):
    try:
        attempt()
        print("escaped")
    except (OSError, Refused) as error:
        print(type(error).__name__)
"""

WITH_LANDLOCK = pytest.mark.skipif(not landlock.abi_version(), reason="this kernel has no Landlock")


def opened_and_left(words: list[str], database: Path) -> None:
    terminal = Terminal(*words)
    try:
        terminal.wait_for("Site redesign")
        terminal.send("\r")
        terminal.wait_for("Wireframes")
        terminal.resize(50, 150)
        terminal.screen.resize(50, 150)
        terminal.wait_for("─" * 100)
        with closing(StaffDesk.open(database, Actor("anna"))) as desk:
            desk.notes.add(1, "Ready next week", visible_to_customer=True)
        terminal.wait_for("Ready next week")
        terminal.send("\x1b")
        terminal.wait_for("Site redesign", without="Wireframes")
        terminal.send("\x11")
        assert terminal.wait_for_end() == 0
    finally:
        terminal.close()


def test_the_support_center_works_confined(database: Path) -> None:
    opened_and_left(command(COMMAND, database), database)


@WITH_LANDLOCK
@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_the_support_center_works_confined_without_root(database: Path) -> None:
    with TemporaryDirectory() as folder:  # nobody else reaches the folders of these tests
        Path(folder).chmod(0o755)
        moved = database.parent.rename(f"{folder}/data") / database.name
        opened_and_left(command(AS_NOBODY, moved, NOBODY), moved)


@WITH_LANDLOCK
def test_nothing_leads_out(run: Run, database: Path) -> None:
    said = run(ESCAPES, database).splitlines()
    assert said == [*["PermissionError"] * 6, "OSError", "DatabaseUnusable"]


class Reader:
    """A confined session that reads the job's description when it is told to."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.expected_end = 0
        assert self._answer() == "ready"

    def description(self) -> str:
        assert self._process.stdin is not None
        print("read", file=self._process.stdin, flush=True)
        return self._answer()

    def kill(self) -> None:
        self.expected_end = -signal.SIGKILL
        self._process.kill()
        self._process.wait()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@pytest.fixture
def reader(database: Path) -> Iterator[Reader]:
    """A session that must end well in the end, or be killed by the test."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command(READER, database), stdin=pipe, stdout=pipe, text=True) as process:
        reader = Reader(process)
        yield reader
        process.communicate()
    assert process.returncode == reader.expected_end


def test_a_confined_reader_sees_what_others_commit(reader: Reader, database: Path) -> None:
    """The log outgrows the first page of its index (32 KiB), is copied back and begins anew."""
    log, index = (database.with_name(f"jobs.db-{kind}") for kind in ("wal", "shm"))
    with closing(StaffDesk.open(database, Actor("anna"))) as desk:
        run_sql = desk.database.execute_sql
        run_sql("PRAGMA wal_autocheckpoint = 0")
        run_sql("CREATE TABLE filler (data BLOB)")
        for checkpoint in ("", "PASSIVE", "RESTART", "TRUNCATE", ""):
            with desk.database.atomic():
                run_sql("UPDATE job SET description = ?", (f"Before {checkpoint or 'none'}",))
                run_sql("INSERT INTO filler VALUES (zeroblob(20000000))")
            assert log.stat().st_size > 20_000_000
            assert index.stat().st_size > 32 * 1024
            assert reader.description() == f"Before {checkpoint or 'none'}"
            if checkpoint:
                ((busy, _, _),) = run_sql(f"PRAGMA wal_checkpoint({checkpoint})")
                assert not busy
                assert reader.description() == f"Before {checkpoint}"
        assert log.stat().st_size > 0


@WITH_LANDLOCK
def test_nothing_that_others_committed_can_be_cut_off(run: Run, database: Path) -> None:
    code = """
import mmap, os
from pathlib import Path
from models.customer.desk import CustomerDesk
from tui.confinement import confine_process

desk = CustomerDesk.open(Path(sys.argv[1]), (1001,))
opened = {}
for name in os.listdir("/proc/self/fd"):
    if os.path.exists(link := f"/proc/self/fd/{name}"):
        opened[os.path.basename(os.readlink(link))] = int(name)
confine_process()
for name in ("jobs.db", "jobs.db-wal"):
    for attempt in (
        lambda number: mmap.mmap(number, 1),
        lambda number: os.pwrite(number, b"x", 0),
        lambda number: os.ftruncate(number, 0),
    ):
        try:
            attempt(opened[name])
            print("possible")
        except OSError:
            print("refused")
print(desk.job(1).description)
"""
    with closing(StaffDesk.open(database, Actor("anna"))) as desk:
        desk.notes.add(1, "Committed, and in the log alone")
        log = database.with_name("jobs.db-wal").read_bytes()
        assert run(code, database).splitlines() == [*["refused"] * 6, "Site redesign"]
        assert database.with_name("jobs.db-wal").read_bytes() == log != b""


def test_a_killed_writer_leaves_a_confined_reader_working(reader: Reader, database: Path) -> None:
    with session(database) as writer:
        writer.do("hold")
        writer.kill()
    assert reader.description() == "Site redesign"


@pytest.mark.parametrize("how", ["thread", "unseen"])
@WITH_LANDLOCK
def test_a_process_with_threads_is_not_half_confined(run: Run, how: str) -> None:
    sentence, limit = run(REFUSED_TO_BEGIN, how).splitlines()
    assert sentence == "A process is confined before it starts threads."
    assert limit == "-1"


def test_a_kernel_without_landlock_lacks_that_layer_alone(run: Run) -> None:
    code = """
import errno, os, resource
from tui.confinement import confine_process, landlock, layers

def unknown_call(*_: object) -> int:
    raise OSError(getattr(errno, sys.argv[1]), "")

landlock._call = unknown_call
print(landlock.abi_version(), layers()[-1].active)
confine_process()
print(open("/etc/passwd") and resource.getrlimit(resource.RLIMIT_FSIZE))
"""
    for reason in ("ENOSYS", "EOPNOTSUPP", "EPERM"):
        assert run(code, reason).splitlines() == ["0 False", "(0, 0)"]


def test_another_failure_of_landlock_lets_no_session_begin(run: Run) -> None:
    code = """
from tui.confinement import confine_process, landlock

landlock.abi_version = lambda: 3
landlock._call = lambda *_: -7
try:
    confine_process()
except OSError:
    print("refused")
"""
    assert run(code) == "refused"


def test_asking_for_the_layers_confines_nothing(run: Run) -> None:
    code = """
import os, resource
from tui.confinement import layers

print(len(layers()))
open("file", "w").write("x")
print(os.getcwd() != "/", resource.getrlimit(resource.RLIMIT_FSIZE)[0])
print("NoNewPrivs:\\t0" in open("/proc/self/status").read())
"""
    if landlock.abi_version():
        assert run(code).splitlines() == ["6", "True -1", "True"]


def test_each_layer_says_what_it_does_and_landlock_what_it_does_not() -> None:
    found = {layer.name: layer for layer in layers()}
    assert list(found) == [
        "environment", "resource limits", "open files", "no new privileges", "not dumpable",
        "Landlock",
    ]  # fmt: skip
    assert all(layer.detail for layer in found.values())
    assert found["Landlock"].active == bool(landlock.abi_version())


def test_an_older_version_of_landlock_names_its_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "abi_version", lambda: 2)
    detail = layers()[-1].detail
    assert detail == (
        "ABI 2: opens the program's code and nothing else; does not cover truncating files, TCP, "
        "controlling devices (ioctl), abstract sockets, signals to other processes of the same "
        "user, UDP, sockets that have a path, names, times and modes of files"
    )


def test_no_place_of_code_holds_the_checkout() -> None:
    for place in process.places_of_code():
        assert not CHECKOUT.is_relative_to(place)


def test_it_stands_before_everything_that_reads_the_environment() -> None:
    heavy = {"asyncio", "peewee", "pysqlite3", "rich", "sqlite3", "textual"}
    assert top_level(loaded_by("tui.confinement")).isdisjoint(heavy)


def test_a_confined_session_keeps_the_database_from_being_restored(
    reader: Reader, database: Path
) -> None:
    """It gave up all writing, and still holds its lock; until it ends, however it does."""
    backup = back_up(database, database.with_name("backup.db")).file
    with pytest.raises(DatabaseBusy, match="is in use"):
        restore(database, backup)
    assert reader.description() == "Site redesign"
    reader.kill()
    restore(database, backup)


def test_the_support_center_of_a_customer_does_so_too(database: Path) -> None:
    backup = back_up(database, database.with_name("backup.db")).file
    terminal = Terminal(*command(COMMAND, database))
    try:
        terminal.wait_for("Site redesign")
        with pytest.raises(DatabaseBusy, match="is in use"):
            restore(database, backup)
        terminal.send("\x11")
        assert terminal.wait_for_end() == 0
    finally:
        terminal.close()
    restore(database, backup)
