"""Who is there: sessions that live, that ended, that were killed; and a folder that fails."""

import fcntl
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sessions import Companion, Session, Sessions, sessions_of
from tests.models.processes import CHECKOUT, python

ANY_TEXT = st.text(st.characters(exclude_categories=()))

PANEL = """
import os, subprocess, sys
from pathlib import Path
from models.sessions import Sessions

session = Sessions.enter(Path(sys.argv[1]), sys.argv[2], sys.argv[2].title(), None)
print(session.name, flush=True)
for line in sys.stdin:
    match line.split():
        case ["at", job]:
            session.be_at(int(job))
        case ["to-and-fro", first, second]:
            print("going", flush=True)
            while True:
                session.be_at(int(first))
                session.be_at(int(second))
        case ["child"]:
            subprocess.Popen(["sleep", "300"], close_fds=False, stdout=subprocess.DEVNULL)
        case ["leave"]:
            session.leave()
    print("done", flush=True)
"""


class Panel:
    """A process with a session of its own."""

    def __init__(self, database: Path, login: str = "ben") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PANEL, str(database), login],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.session = self._line()

    def do(self, order: str) -> str:
        """Give an order and return what the process answers."""
        assert self.process.stdin is not None
        print(order, file=self.process.stdin, flush=True)
        return self._line()

    def kill(self) -> None:
        """End the process, and nothing that it started, without a chance to clean up."""
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """End the process and all that it started."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@contextmanager
def panel(database: Path, login: str = "ben") -> Iterator[Panel]:
    """Hold another process with a session until the block ends."""
    other = Panel(database, login)
    try:
        yield other
    finally:
        # A process that was waited for leaves its group behind only with a child in it.
        try:
            other.end()
        except ProcessLookupError:
            for pipe in (other.process.stdin, other.process.stdout):
                assert pipe is not None
                pipe.close()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A file in place of a database: only its name and its mode matter here."""
    path = tmp_path / "jobs.db"
    path.touch(0o600)
    return path


class Office:
    """Sessions of one test, in this process."""

    def __init__(self, database: Path, closing: ExitStack) -> None:
        self.database = database
        self._closing = closing

    def enter(self, login: str, provider: int | None = None, job: int | None = None) -> Session:
        """Let someone come in, and open a job."""
        session = Sessions.enter(self.database, login, login.title(), provider)
        self._closing.callback(session.leave)
        session.be_at(job)
        return session


@pytest.fixture
def office(database: Path) -> Iterator[Office]:
    """Returns sessions that leave after the test."""
    with ExitStack() as closing:
        yield Office(database, closing)


def files(database: Path) -> set[str]:
    return set(os.listdir(f"{database}.sessions"))


def logins(companions: tuple[Companion, ...]) -> list[str]:
    return [companion.login for companion in companions]


def test_those_with_the_same_job_open_see_each_other(office: Office) -> None:
    anna, ben, cleo = office.enter("anna", job=57), office.enter("ben"), office.enter("cleo", job=5)
    assert anna.others_at(57) == ()
    ben.be_at(57)
    assert [(other.login, other.name) for other in anna.others_at(57)] == [("ben", "Ben")]
    assert logins(ben.others_at(57)) == ["anna"]
    assert logins(cleo.others_at(57)) == ["anna", "ben"]
    ben.be_at(5)
    assert anna.others_at(57) == ()
    ben.be_at(None)
    assert cleo.others_at(5) == ()


def test_another_window_of_the_same_person_is_another_session(office: Office) -> None:
    first, second = office.enter("anna", job=57), office.enter("anna", job=57)
    assert first.name != second.name
    assert logins(first.others_at(57)) == ["anna"]
    assert logins(second.others_at(57)) == ["anna"]


def test_a_resellers_people_see_only_their_own_and_the_company_everyone(office: Office) -> None:
    host, anna, ben, other = (
        office.enter(login, provider, 57)
        for login, provider in (("host", None), ("anna", 1001), ("ben", 1001), ("other", 1002))
    )
    assert logins(host.others_at(57)) == ["anna", "ben", "other"]
    assert logins(anna.others_at(57)) == ["ben"]
    assert logins(ben.others_at(57)) == ["anna"]
    assert other.others_at(57) == ()


def test_everyone_is_known_without_a_session(office: Office, database: Path) -> None:
    assert sessions_of(database) == []
    before = time.time_ns() // 1_000_000
    office.enter("anna")
    office.enter("ben", 1001, 57)
    with panel(database, "cleo"):
        found = sessions_of(database)
    assert [(one.login, one.name, one.provider) for one in found] == [
        ("anna", "Anna", None),
        ("ben", "Ben", 1001),
        ("cleo", "Cleo", None),
    ]
    assert all(before <= one.started <= time.time_ns() // 1_000_000 for one in found)


def test_who_leaves_is_gone_and_leaves_no_file(office: Office, database: Path) -> None:
    anna, ben = office.enter("anna", job=57), office.enter("ben", job=57)
    assert anna.is_alive(ben.name)
    ben.leave()
    ben.leave()
    assert anna.others_at(57) == ()
    assert not anna.is_alive(ben.name)
    assert files(database) == {anna.name}
    ben.be_at(57)
    ben.others_at(57)
    assert not ben.is_alive(ben.name)
    assert files(database) == {anna.name}


def test_a_database_has_one_folder_whatever_it_is_called(tmp_path: Path) -> None:
    database, link = tmp_path / "jobs.db", tmp_path / "link.db"
    database.touch()
    link.symlink_to(database)
    ben = Sessions.enter(link, "ben", "", None)
    assert logins(tuple(sessions_of(database))) == logins(tuple(sessions_of(link))) == ["ben"]
    assert not tmp_path.joinpath("link.db.sessions").exists()
    ben.leave()


@pytest.mark.parametrize("look", ["others_at", "is_alive", "enter", "sessions_of"])
def test_a_killed_session_is_gone_and_who_looks_next_removes_its_file(
    look: str, office: Office, database: Path
) -> None:
    anna = office.enter("anna")
    with panel(database) as other:
        other.do("at 57")
        assert logins(anna.others_at(57)) == ["ben"]
        assert anna.is_alive(other.session)
        other.kill()
        assert files(database) == {anna.name, other.session}
        match look:
            case "others_at":
                assert anna.others_at(57) == ()
            case "is_alive":
                assert not anna.is_alive(other.session)
            case "enter":
                office.enter("cleo").leave()
            case "sessions_of":
                assert [one.login for one in sessions_of(database)] == ["anna"]
        assert files(database) == {anna.name}
        assert not anna.is_alive(other.session)


def test_a_session_that_stands_still_is_alive(office: Office, database: Path) -> None:
    anna = office.enter("anna")
    with panel(database) as other:
        other.do("at 57")
        os.kill(other.process.pid, signal.SIGSTOP)
        os.waitpid(other.process.pid, os.WUNTRACED)
        assert anna.is_alive(other.session)
        assert logins(anna.others_at(57)) == ["ben"]


def test_a_program_started_by_a_session_does_not_keep_it_alive(
    office: Office, database: Path
) -> None:
    anna = office.enter("anna")
    with panel(database) as other:
        other.do("child")
        other.kill()
        os.killpg(other.process.pid, 0)  # the child is there
        assert not anna.is_alive(other.session)


def test_only_sessions_at_the_job_are_tested_for_life(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = office.enter("anna", job=57)
    for number in range(5):
        office.enter(f"other{number}", job=number)
    office.enter("ben", job=57)
    tested = []
    real = fcntl.flock

    def noted(file: int, how: int) -> None:
        tested.append(file)
        real(file, how)

    monkeypatch.setattr(fcntl, "flock", noted)
    assert logins(anna.others_at(57)) == ["ben"]
    assert len(tested) == 1


def test_a_name_that_no_session_can_have_is_of_none(office: Office, database: Path) -> None:
    anna = office.enter("anna")
    for name in ("", ".", "..", "../jobs.db", "session of anna", "0" * 32, anna.name + "\n"):
        assert not anna.is_alive(name), name
    assert database.exists()


def test_without_the_folder_nobody_is_called_dead_and_each_session_puts_its_file_back(
    office: Office, database: Path
) -> None:
    anna, ben = office.enter("anna", job=57), office.enter("ben", job=57)
    shutil.rmtree(f"{database}.sessions")
    assert anna.is_alive(ben.name)
    assert anna.is_alive(anna.name)
    assert sessions_of(database) == []
    ben.be_at(58)
    assert logins(anna.others_at(58)) == ["ben"]
    assert files(database) == {anna.name, ben.name}
    assert logins(ben.others_at(57)) == ["anna"]
    assert anna.is_alive(ben.name)
    assert ben.is_alive(anna.name)


def test_a_file_taken_away_is_put_back(office: Office, database: Path) -> None:
    anna, ben = office.enter("anna", job=57), office.enter("ben", job=57)
    for file in Path(f"{database}.sessions").iterdir():
        file.unlink()
    assert anna.is_alive(anna.name)
    assert anna.others_at(57) == ()
    assert logins(ben.others_at(57)) == ["anna"]
    assert logins(anna.others_at(57)) == ["ben"]


def test_who_looked_at_a_file_that_was_put_back_does_not_remove_the_new_one(
    office: Office, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old file is without a lock, but another one lies in its place."""
    anna, ben = office.enter("anna"), office.enter("ben")
    real = fcntl.flock

    def put_back_first(file: int, how: int) -> None:
        if how & fcntl.LOCK_SH:
            monkeypatch.undo()
            Path(f"{database}.sessions", ben.name).unlink()
            ben.be_at(57)
        real(file, how)

    monkeypatch.setattr(fcntl, "flock", put_back_first)
    assert anna.is_alive(ben.name)
    assert logins(anna.others_at(57)) == ["ben"]


def test_a_folder_that_cannot_be_made_leaves_presence_unknown(
    office: Office, database: Path
) -> None:
    obstacle = Path(f"{database}.sessions")
    obstacle.touch()
    anna = office.enter("anna", job=57)
    assert anna.others_at(57) == ()
    assert anna.is_alive("0" * 32)
    assert anna.is_alive(anna.name)
    assert sessions_of(database) == []
    obstacle.unlink()
    ben = office.enter("ben", job=57)
    assert ben.others_at(57) == ()
    assert logins(anna.others_at(57)) == ["ben"]
    assert logins(ben.others_at(57)) == ["anna"]


def test_no_name_is_called_dead_by_those_who_cannot_look(
    office: Office, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process may have no file descriptor left, a network file system no locks."""
    anna, ben = office.enter("anna"), office.enter("ben", job=57)

    def refuse(_file: int, _how: int) -> None:
        raise OSError(37, "No locks available")

    with monkeypatch.context() as patched:
        patched.setattr(fcntl, "flock", refuse)
        assert anna.is_alive(ben.name)
        assert anna.others_at(57) == ()
        office.enter("cleo")
        assert files(database) == {anna.name, ben.name}
    assert logins(anna.others_at(57)) == ["ben"]


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from models.sessions import Sessions

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
anna = Sessions.enter(Path(sys.argv[1]), "anna", "Anna", None)
anna.be_at(57)
ben = Sessions.enter(Path(sys.argv[1]), "ben", "Ben", None)
print(anna.others_at(57), ben.others_at(57), ben.is_alive(anna.name))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
anna.others_at(57)
print([other.login for other in ben.others_at(57)])
"""


def test_on_a_full_disk_a_session_is_alive_though_nothing_is_said_of_it(database: Path) -> None:
    assert python(FULL_DISK, database).splitlines() == ["() () True", "['anna']"]


def test_what_else_lies_in_the_folder_is_let_alone(office: Office, database: Path) -> None:
    anna = office.enter("anna", job=57)
    folder = Path(f"{database}.sessions")
    record = (folder / anna.name).read_bytes()
    (folder / "notes.txt").write_bytes(record)
    os.mkfifo(folder / ("1" * 32))
    (folder / ("2" * 32)).symlink_to(folder / anna.name)
    (folder / ("3" * 32)).mkdir()
    ben = office.enter("ben")
    assert logins(ben.others_at(57)) == ["anna"]
    assert ben.is_alive("2" * 32)
    assert ben.is_alive("3" * 32) in (True, False)
    assert (folder / "notes.txt").exists()
    assert (folder / anna.name).exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda record: b"",
        lambda record: record[:500],
        lambda record: record.replace(b'"job": 57', b'"job": 58'),
        lambda record: b"00000000" + record[8:],
        lambda record: b"\xff" * len(record),
    ],
)
def test_an_unreadable_record_is_left_out_and_its_session_lives(
    damage: object, office: Office, database: Path
) -> None:
    assert callable(damage)
    anna, ben = office.enter("anna"), office.enter("ben", job=57)
    file = Path(f"{database}.sessions", ben.name)
    good = file.read_bytes()
    file.write_bytes(damage(good))
    for job in (57, 58):
        assert anna.others_at(job) == ()
    assert [one.login for one in sessions_of(database)] == ["anna"]
    assert anna.is_alive(ben.name)
    file.write_bytes(good)
    assert logins(anna.others_at(57)) == ["ben"]


def test_a_record_that_says_something_else_is_no_record(office: Office, database: Path) -> None:
    anna, ben = office.enter("anna"), office.enter("ben", job=57)
    file = Path(f"{database}.sessions", ben.name)
    for text in (
        b"[]",
        b"null",
        b"[" * 1000,
        b'{"login": 1, "name": "Ben", "provider": null, "started": 1, "job": 57}',
        b'{"login": "ben", "name": "Ben", "provider": "x", "started": 1, "job": 57}',
        b'{"login": "ben", "name": "Ben", "provider": null, "started": 1e999, "job": 57}',
        b'{"login": "ben", "name": "Ben", "provider": null, "job": 57}',
    ):
        body = text.ljust(1016)
        file.write_bytes(b"%08x" % zlib.crc32(body) + body)
        assert anna.others_at(57) == ()


def test_a_reader_never_takes_a_half_written_record_for_something_else(
    office: Office, database: Path
) -> None:
    anna = office.enter("anna")
    with panel(database) as other:
        assert other.do("to-and-fro 57 581111111111111111") == "going"
        seen = 0
        for _ in range(3000):
            here, there = anna.others_at(57), anna.others_at(581111111111111111)
            assert anna.others_at(58) == ()
            assert logins(here) in ([], ["ben"])
            assert logins(there) in ([], ["ben"])
            seen += bool(here) + bool(there)
        assert seen


def test_who_has_no_name_is_called_by_the_login(database: Path) -> None:
    session = Sessions.enter(database, "anna", "", None)
    assert [(one.login, one.name) for one in sessions_of(database)] == [("anna", "anna")]
    session.leave()


@given(login=ANY_TEXT, name=ANY_TEXT)
def test_any_name_fits_and_is_harmless(
    login: str, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    database = tmp_path_factory.mktemp("any") / "jobs.db"
    database.touch()
    session = Sessions.enter(database, login, name, 2**63 - 1)
    session.be_at(2**63 - 1)
    (found,) = sessions_of(database)
    session.leave()
    for text in (found.login, found.name):
        assert len(text) <= 100
        assert all(ord(character) >= 32 and character != "\x7f" for character in text)
        text.encode()


def test_the_longest_name_fits(database: Path) -> None:
    for character in ('"', "\\", "\N{GRINNING FACE}"):
        session = Sessions.enter(database, character * 500, character * 500, 2**63 - 1)
        session.be_at(2**63 - 1)
        (found,) = sessions_of(database)
        assert found.login == found.name == character * 99 + "…"
        assert (Path(f"{database}.sessions") / session.name).stat().st_size == 1024
        session.leave()


def test_a_clock_turned_back_puts_no_start_into_the_future(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("models.sessions.now_ms", lambda: 2**50)
        anna = Sessions.enter(database, "anna", "Anna", None)
    (found,) = sessions_of(database)
    assert found.started <= time.time_ns() // 1_000_000
    anna.leave()


def test_who_came_first_is_named_first(
    office: Office, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for started, login in ((1000, "zoe"), (3000, "ben"), (2000, "cleo"), (2000, "anna")):
        monkeypatch.setattr("models.sessions.now_ms", lambda moment=started: moment)
        office.enter(login, job=57)
    monkeypatch.undo()
    assert [one.login for one in sessions_of(database)] == ["zoe", "anna", "cleo", "ben"]
    assert logins(office.enter("dora").others_at(57)) == ["zoe", "anna", "cleo", "ben"]


def test_the_files_are_for_their_owner_alone(office: Office, database: Path) -> None:
    database.chmod(0o644)
    anna = office.enter("anna")
    folder = Path(f"{database}.sessions")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / anna.name).stat().st_mode) == 0o600


def test_sessions_that_start_while_others_clean_up_are_never_taken_for_dead(
    database: Path,
) -> None:
    sessions = Sessions(database)
    stop = threading.Event()

    def clean() -> None:
        while not stop.is_set():
            sessions.clean_up()

    cleaners = [threading.Thread(target=clean) for _ in range(2)]
    for cleaner in cleaners:
        cleaner.start()
    try:
        for _ in range(300):
            session = Sessions.enter(database, "anna", "Anna", None)
            session.be_at(57)
            assert sessions.is_alive(session.name)
            assert (Path(f"{database}.sessions") / session.name).exists()
            session.leave()
    finally:
        stop.set()
        for cleaner in cleaners:
            cleaner.join()
    assert files(database) == set()


def test_a_file_is_locked_before_anybody_can_find_it(
    office: Office, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fcntl.flock

    def others_clean_up_first(file: int, how: int) -> None:
        if how & fcntl.LOCK_EX:
            Sessions(database).clean_up()
        real(file, how)

    monkeypatch.setattr(fcntl, "flock", others_clean_up_first)
    anna = office.enter("anna")
    assert files(database) == {anna.name}
    assert Sessions(database).is_alive(anna.name)


GROUP_SESSION = """
import os, sys
from pathlib import Path
from models.sessions import Sessions

os.setgroups([])
os.setgid(int(sys.argv[2]))
os.setuid(int(sys.argv[3]))
os.umask(0o022)
session = Sessions.enter(Path(sys.argv[1]), f"user-{sys.argv[3]}", "", None)
session.be_at(57)
print([other.login for other in session.others_at(57)], flush=True)
if sys.argv[4] == "stay":
    sys.stdin.read()
    print([other.login for other in session.others_at(57)], flush=True)
os._exit(0)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become other users")
def test_people_of_a_group_see_each_other_and_remove_each_others_files() -> None:
    group = 64_001
    folder = Path(tempfile.mkdtemp(prefix="cj", dir="/tmp"))
    try:
        database = folder / "jobs.db"
        database.touch()
        for path, mode in ((folder, 0o2770), (database, 0o660)):
            os.chown(path, 0, group)
            path.chmod(mode)

        def start(user: int, how: str) -> subprocess.Popen[str]:
            return subprocess.Popen(
                [sys.executable, "-c", GROUP_SESSION, str(database), str(group), str(user), how],
                cwd=CHECKOUT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )

        first = start(64_101, "stay")
        assert first.stdout is not None
        assert first.stdout.readline() == "[]\n"
        second = start(64_102, "end")
        assert second.communicate()[0] == "['user-64101']\n"
        sessions = Path(f"{database}.sessions")
        assert stat.S_IMODE(sessions.stat().st_mode) == 0o2770
        assert {stat.S_IMODE(file.stat().st_mode) for file in sessions.iterdir()} == {0o660}
        assert len(files(database)) == 2
        assert first.communicate()[0] == "[]\n"
        assert len(files(database)) == 1
    finally:
        shutil.rmtree(folder)
