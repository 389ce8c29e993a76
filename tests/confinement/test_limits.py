"""Limits, privileges and inspection: each alone, and what still works under it."""

import os
import resource
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.confinement.conftest import Run
from tests.models.sqlite.test_failures import NOBODY

AS_ROOT = pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has it")

FILE_GROWS = """
import os, signal
from tui.confinement.limits import limit_resources

opened = os.open("file", os.O_RDWR | os.O_CREAT)
if sys.argv[1] == "limited":
    limit_resources()
for attempt in (lambda: os.write(opened, b"x"), lambda: os.truncate(opened, 10)):
    try:
        attempt()
        print("done")
    except OSError as error:
        print(error.strerror)
"""

CORE = """
import os, resource
from tui.confinement import limits

_, hard = resource.getrlimit(resource.RLIMIT_CORE)
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
if not os.fork():
    folder = os.open(".", os.O_RDONLY)
    if sys.argv[1] != "free":
        getattr(limits, sys.argv[1])()
    os.fchdir(folder)
    os.abort()
_, status = os.wait()
print(os.WIFSIGNALED(status), os.WCOREDUMP(status))
"""

DATABASE_WRITE = """
from pathlib import Path
from models.refusals import Refused
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tui.confinement.limits import limit_resources

desk = StaffDesk.open(Path(sys.argv[1]), Actor("anna"))
if sys.argv[2] == "limited":
    limit_resources()
try:
    desk.notes.add(1, "Mine")
    print("written")
except Refused as refusal:
    print(type(refusal).__name__)
print(desk.jobs.get(1).description)
"""

SET_USER_ID = """
import os
from tui.confinement.limits import refuse_new_privileges

os.setuid(int(sys.argv[1]))
if sys.argv[3] == "confined":
    refuse_new_privileges()
os.execv(sys.argv[2], [sys.argv[2], "-u"])
"""

INSPECTION = """
import os
from tui.confinement import limits

os.setgid(int(sys.argv[1]))
os.setuid(int(sys.argv[1]))
limits._prctl(limits._PR_SET_DUMPABLE, 1)  # as a program that was started by this user
ready, tell = os.pipe()
done, end = os.pipe()
if not os.fork():
    os.close(end)
    if sys.argv[2] == "confined":
        limits.refuse_inspection()
    os.write(tell, b"x")
    os.read(done, 1)
    os._exit(0)
os.read(ready, 1)
child = int(next(iter(open("/proc/self/task/" + str(os.getpid()) + "/children").read().split())))
try:
    open(f"/proc/{child}/mem", "rb")
    print("read")
except PermissionError:
    print("refused")
os.close(end)
os.wait()
"""


@pytest.mark.parametrize(
    ("how", "said"), [("limited", ["File too large"] * 2), ("free", ["done"] * 2)]
)
def test_no_file_grows_not_even_one_that_is_open(run: Run, how: str, said: list[str]) -> None:
    assert run(FILE_GROWS, how).splitlines() == said


@pytest.mark.parametrize(("how", "said"), [("limited", "DatabaseUnusable"), ("free", "written")])
def test_a_connection_that_was_opened_for_writing_writes_no_more(
    run: Run, database: Path, how: str, said: str
) -> None:
    assert run(DATABASE_WRITE, database, how) == f"{said}\nSite redesign"


@pytest.mark.parametrize(
    ("how", "dumped"),
    [
        ("limit_resources", False),
        pytest.param("refuse_inspection", False, marks=ON_LINUX),
        ("free", True),
    ],
)
def test_no_core_is_dumped(run: Run, tmp_path: Path, how: str, dumped: bool) -> None:
    if how == "free" and not can_dump_core():
        pytest.skip("this machine dumps no core into a folder")
    assert run(CORE, how) == f"True {dumped}"
    assert any(tmp_path.iterdir()) == dumped


def can_dump_core() -> bool:
    pattern = Path("/proc/sys/kernel/core_pattern")
    into_folder = pattern.exists() and pattern.read_text().startswith("core")
    return into_folder and resource.getrlimit(resource.RLIMIT_CORE)[1] != 0


@ON_LINUX
def test_memory_is_bounded_and_python_says_so(run: Run) -> None:
    code = """
from tui.confinement.limits import ADDRESS_SPACE, limit_resources
limit_resources()
try:
    bytearray(ADDRESS_SPACE)
except MemoryError:
    print("refused", len(bytearray(ADDRESS_SPACE // 2)) == ADDRESS_SPACE // 2)
"""
    assert run(code) == "refused True"


def test_a_stricter_limit_stays_and_no_limit_can_be_lifted(run: Run) -> None:
    code = """
import resource
from tui.confinement.limits import limit_resources
strict = 700 * 1024**2
resource.setrlimit(resource.RLIMIT_AS, (strict, strict))
limit_resources()
print(resource.getrlimit(resource.RLIMIT_AS) == (strict, strict))
print(resource.getrlimit(resource.RLIMIT_FSIZE), resource.getrlimit(resource.RLIMIT_CORE))
"""
    if sys.platform != "linux":
        pytest.skip("macOS has no limit of this kind")
    assert run(code).splitlines() == ["True", "(0, 0) (0, 0)"]


def test_the_process_stands_in_no_folder_of_data_and_leaves_no_bytecode(run: Run) -> None:
    code = """
import os
from tui.confinement.limits import limit_resources
limit_resources()
print(os.getcwd(), oct(os.umask(0)), sys.dont_write_bytecode)
"""
    assert run(code) == "/ 0o77 True"


@ON_LINUX
@AS_ROOT
@pytest.mark.parametrize(("how", "user"), [("confined", NOBODY), ("free", 0)])
def test_a_set_user_id_program_gives_nothing(run: Run, how: str, user: int) -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        program = Path(shutil.copy("/usr/bin/id", folder))
        program.chmod(0o4755)
        if os.statvfs(program).f_flag & os.ST_NOSUID:
            pytest.skip("the temporary folder takes no set-user-ID programs")
        assert run(SET_USER_ID, NOBODY, program, how) == str(user)


@ON_LINUX
@AS_ROOT
@pytest.mark.parametrize(("how", "said"), [("confined", "refused"), ("free", "read")])
def test_no_other_process_of_the_user_reads_the_memory(run: Run, how: str, said: str) -> None:
    """The same check stands before ptrace(2), see its section on access modes."""
    assert run(INSPECTION, NOBODY, how) == said
