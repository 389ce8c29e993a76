"""Landlock alone: what it refuses, which is possible without it, and what goes on working."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from os import close, openpty, ttyname
from pathlib import Path

import pytest

from tests.confinement.conftest import Run
from tui.confinement.landlock import abi_version, gaps

ABI = abi_version()
NEWEST_KNOWN = 6

pytestmark = pytest.mark.skipif(not ABI, reason="this kernel has no Landlock")

RESTRICTED = """
import os, shutil, signal, socket, subprocess, threading, time
from pathlib import Path
from tui.confinement import landlock, process
from tui.confinement.limits import refuse_new_privileges

how, here, *given = sys.argv[1:]
if how != "free":
    landlock.abi_version = lambda: int(how)
    refuse_new_privileges()
    landlock.allow_only_reading(process.places_of_code())
"""

ATTEMPT = """
try:
    result = eval(given[0])
    print("possible")
except PermissionError:
    print("refused")
"""

FILES = {
    "reading a file": "open('/etc/passwd').read()",
    "reading another database": "open(here + '/other.db').read()",
    "listing a folder": "os.listdir(here)",
    "opening a file for writing": "open(here + '/other.db', 'r+')",
    "making a file": "open(here + '/new', 'x')",
    "making a file in shared memory": "os.unlink(shutil.copy(here + '/other.db', '/dev/shm'))",
    "making a folder": "os.mkdir(here + '/new')",
    "making a pipe": "os.mkfifo(here + '/new')",
    "making a link": "os.symlink('/etc', here + '/new')",
    "making another name": "os.link(here + '/other.db', here + '/new')",
    "making a socket": "socket.socket(socket.AF_UNIX).bind(here + '/new')",
    "removing a file": "os.unlink(here + '/other.db')",
    "renaming a file": "os.rename(here + '/other.db', here + '/new')",
    "starting a shell": "subprocess.run(['/bin/sh', '-c', 'exit 0'])",
    "becoming a shell": "os.execv('/bin/sh', ['sh', '-c', 'echo possible'])",
    "starting Python": "subprocess.run([sys.executable, '-c', ''])",
    "a program among the libraries": "subprocess.run([given[4], '--help'], capture_output=True)",
    "its own memory as a file": "open('/proc/self/mem', 'rb')",
    "another terminal": "os.open(given[1], os.O_RDWR | os.O_NOCTTY)",
}
OF_LATER_VERSIONS = {
    "truncating files": "os.truncate(here + '/other.db', 0)",
    "TCP": "socket.create_connection(('127.0.0.1', int(given[2]))).close()",
    "abstract sockets": "socket.socket(socket.AF_UNIX).connect('\\0' + given[3])",
    "signals to other processes of the same user": "os.kill(os.getppid(), 0)",
}
"""By what a version that does not know the right calls the gap."""

BINDING = "socket.socket().bind(('127.0.0.1', 0))"


@pytest.fixture
def others(tmp_path: Path) -> Iterator[list[object]]:
    """A database of somebody else, another terminal, who listens, and a program in `/lib`."""
    loaders = (path for folder in ("/lib64", "/lib") for path in Path(folder).glob("ld-*.so*"))
    (tmp_path / "other.db").write_text("data")
    name = f"customjobs-test-{tmp_path}"
    with ExitStack() as opened:
        for end in (terminal := openpty()):
            opened.callback(close, end)
        tcp = opened.enter_context(closing(socket.create_server(("127.0.0.1", 0))))
        abstract = opened.enter_context(closing(socket.socket(socket.AF_UNIX)))
        abstract.bind(f"\0{name}")
        abstract.listen()
        yield [ttyname(terminal[1]), tcp.getsockname()[1], name, next(loaders)]


def attempt(run: Run, how: object, here: Path, code: str, others: list[object]) -> str:
    return run(RESTRICTED + ATTEMPT, how, here, code, *others)


@pytest.mark.parametrize("code", FILES.values(), ids=FILES.keys())
@pytest.mark.parametrize("abi", sorted({1, ABI}))
def test_it_is_refused_by_every_version(
    run: Run, tmp_path: Path, others: list[object], abi: int, code: str
) -> None:
    assert attempt(run, abi, tmp_path, code, others) == "refused"
    assert attempt(run, "free", tmp_path, code, others) == "possible"


@pytest.mark.parametrize("gap", OF_LATER_VERSIONS)
@pytest.mark.parametrize("abi", range(1, min(ABI, NEWEST_KNOWN) + 1))
def test_it_is_refused_by_the_versions_that_do_not_name_it_as_a_gap(
    run: Run, tmp_path: Path, others: list[object], abi: int, gap: str
) -> None:
    said = attempt(run, abi, tmp_path, OF_LATER_VERSIONS[gap], others)
    assert said == ("possible" if gap in gaps(abi) else "refused")


@pytest.mark.skipif(ABI < 4, reason="this kernel's Landlock knows nothing of TCP")
def test_nobody_can_be_waited_for(run: Run, tmp_path: Path) -> None:
    assert attempt(run, ABI, tmp_path, BINDING, []) == "refused"
    assert attempt(run, "free", tmp_path, BINDING, []) == "possible"


def test_what_no_version_covers_is_said() -> None:
    assert gaps(NEWEST_KNOWN) == (
        "UDP",
        "sockets that have a path",
        "names, times and modes of files",
    )
    assert gaps(1)[0] == "truncating files"


def test_the_process_goes_on_with_all_that_it_needs(run: Run, tmp_path: Path) -> None:
    code = """
import ssl, wave, xml.dom.minidom, zoneinfo  # among them shared libraries
from textual.widgets import DataTable
from models.moments import day
import tui.dialogs.keys, models.staff.desk, styles
from models.demo import cast

print(zoneinfo.ZoneInfo("Europe/Berlin"), time.localtime(0).tm_year in (1969, 1970))
print(len(Path(styles.__file__).with_name("panel.tcss").read_text()) > 1000)
threads = [threading.Thread(target=os.kill, args=(os.getpid(), 0)) for _ in range(5)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(os.urandom(16)), os.pipe() and socket.socketpair() and "pipes")
"""
    assert run(RESTRICTED + code, ABI, tmp_path).splitlines() == [
        "Europe/Berlin True",
        "True",
        "16 pipes",
    ]


def test_a_log_that_is_connected_goes_on(run: Run, tmp_path: Path) -> None:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as log:
        log.bind(f"\0log-{tmp_path}")
        code = """
log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
log.connect("\\0log-" + sys.argv[2])
"""
        begun, restricted = RESTRICTED.split("if how", 1)
        run(begun + code + "if how" + restricted + "log.send(b'told')", ABI, tmp_path)
        assert log.recv(10) == b"told"


def test_the_folder_around_the_program_stays_closed(run: Run, tmp_path: Path) -> None:
    code = """
checkout = Path(process.__file__).parents[2]
print(process.places_of_code().count(checkout))
try:
    os.listdir(checkout)
except PermissionError:
    print("refused")
"""
    assert run(RESTRICTED + code, ABI, tmp_path).splitlines() == ["0", "refused"]


def test_threads_started_later_are_restricted_too(run: Run, tmp_path: Path) -> None:
    code = """
def read() -> None:
    try:
        open("/etc/passwd")
    except PermissionError:
        print("refused")

thread = threading.Thread(target=read)
thread.start()
thread.join()
"""
    assert run(RESTRICTED + code, ABI, tmp_path) == "refused"


def test_what_the_kernel_refuses_is_an_error(run: Run, tmp_path: Path) -> None:
    """Whoever is not root must have refused new privileges first."""
    code = """
if os.getuid() == 0:
    os.setuid(65534)
try:
    landlock.allow_only_reading(process.places_of_code())
except PermissionError as error:
    print(error.filename)
"""
    assert run(RESTRICTED + code, "free", tmp_path) == "Landlock"


def test_nothing_stays_open(run: Run, tmp_path: Path) -> None:
    code = """
before = sorted(os.listdir("/proc/self/fd"))
refuse_new_privileges()
opened = os.open("/proc/self/fd", os.O_RDONLY)
landlock.allow_only_reading(process.places_of_code())
print(len(os.listdir(opened)) - len(before))
"""
    assert run(RESTRICTED + code, "free", tmp_path) == "1"
