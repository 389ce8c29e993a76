"""The fair lock around writes: who holds it, who waits, who gives up, who dies."""

import fcntl
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from models.drafts import JobDraft
from models.opening import explained, open_for_staff
from models.refusals import DatabaseBusy, DatabaseUnusable
from models.sqlite.write_lock import LockTimeout, WriteLock
from models.staff.desk import StaffDesk
from tests.conftest import insert_account
from tests.models.desks import READINGS, Ids, contents, fill
from tests.models.processes import CHECKOUT, session


@pytest.fixture
def hasty(open_desk: Callable[..., StaffDesk]) -> StaffDesk:
    """A desk that waits only shortly for others."""
    return open_desk("ben", write_timeout=0.3)


@pytest.fixture
def work(hasty: StaffDesk) -> Ids:
    """Something to read and to change."""
    return fill(hasty, insert_account(hasty, "acme", balance_minor=0))


def test_only_one_holds_the_lock(tmp_path: Path) -> None:
    first, second = (WriteLock(tmp_path / "lock", 0.05) for _ in range(2))
    first.acquire()
    assert (first.held, second.held) == (True, False)
    with pytest.raises(LockTimeout):
        second.acquire()
    assert not second.held
    first.release()
    second.acquire()
    assert (first.held, second.held) == (False, True)
    second.release()


def test_the_lock_file_is_for_those_who_may_write_the_database(tmp_path: Path) -> None:
    path, lock_file = tmp_path / "jobs.db", tmp_path / "lock"
    path.touch()
    path.chmod(0o660)
    before = os.umask(0o077)
    try:
        lock = WriteLock(lock_file, 1, like=path)
        lock.acquire()
        lock.release()
    finally:
        os.umask(before)
    assert stat.S_IMODE(lock_file.stat().st_mode) == 0o660


def test_the_lock_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    lock = WriteLock(tmp_path / "lock", 1)
    lock.acquire()
    lock.release()
    lock.release()
    assert stat.S_IMODE((tmp_path / "lock").stat().st_mode) == 0o600


def test_who_waits_gets_the_lock_once_it_is_free(tmp_path: Path) -> None:
    holder, waiter = (WriteLock(tmp_path / "lock", 20) for _ in range(2))
    holder.acquire()
    thread = threading.Thread(target=waiter.acquire)
    thread.start()
    thread.join(0.1)
    assert thread.is_alive()
    holder.release()
    thread.join()
    assert waiter.held
    waiter.release()


def test_who_gave_up_waiting_never_holds_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holder, waiter = WriteLock(path, 1), WriteLock(path, 0.02)
    holder.acquire()
    for _ in range(20):
        with pytest.raises(LockTimeout):
            waiter.acquire()
    holder.release()
    last = WriteLock(path, 20)
    last.acquire()
    last.release()
    for thread in threading.enumerate():
        if thread.name == "write-lock":
            thread.join(20)
            assert not thread.is_alive()


def test_a_lock_that_cannot_be_had_is_not_taken_for_granted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network file system may refuse `flock`."""

    def refuse(_file: int, how: int) -> None:
        raise BlockingIOError if how & fcntl.LOCK_NB else OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    lock = WriteLock(tmp_path / "lock", 5)
    with pytest.raises(DatabaseUnusable, match="No locks available"), explained(tmp_path):
        lock.acquire()
    assert not lock.held


def test_while_a_writer_stands_still_others_are_refused_and_read_on(
    hasty: StaffDesk, work: Ids, path: Path
) -> None:
    before = contents(path)
    with session(path) as other:
        other.do("hold")
        other.stop()
        try:
            for _ in range(2):
                with pytest.raises(DatabaseBusy, match="so nothing was saved") as refused:
                    hasty.notes.add(work.job, "Sent")
                assert "try again" in str(refused.value)
                assert not hasty.database.write_lock.held
            for operation in READINGS.values():
                operation(hasty, work)
            assert contents(path) == before
        finally:
            other.go_on()
        other.do("commit")
        # Whoever gave up is still in the kernel's queue, and lets go as soon as it is its turn.
        hasty.database.write_lock.timeout = 20
        hasty.notes.add(work.job, "Sent")
        other.do("write 1")
    assert [note.body for note in hasty.notes.page(work.job).rows] == ["Call Jane", "Sent"]


def test_a_killed_writer_holds_nobody_up_and_leaves_nothing(
    hasty: StaffDesk, work: Ids, path: Path
) -> None:
    before = contents(path)
    with session(path) as other:
        other.do("hold")
        other.kill()
        assert contents(path) == before
        hasty.notes.add(work.job, "Sent")
    assert len(contents(path)["note"]) == len(before["note"]) + 1
    assert contents(path)["staff"] == before["staff"]


def test_another_program_that_locks_the_file_itself_is_waited_for_no_longer(
    hasty: StaffDesk, work: Ids, path: Path
) -> None:
    before = contents(path)
    with closing(open_for_staff(path)) as foreign:
        foreign.execute_sql("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusy):
            hasty.notes.add(work.job, "Sent")
        assert not hasty.database.write_lock.held
        hasty.jobs.get(work.job)
        foreign.execute_sql("ROLLBACK")
    assert contents(path) == before
    hasty.notes.add(work.job, "Sent")


def test_many_writers_at_once_lose_nothing(open_desk: Callable[..., StaffDesk], path: Path) -> None:
    desk = open_desk("anna")
    account = insert_account(desk, "acme", balance_minor=0)
    with (
        session(path, "a") as first,
        session(path, "b") as second,
        session(path, "c") as third,
        session(path, "d") as fourth,
    ):
        others = (first, second, third, fourth)
        for other in others:
            other.tell("write 50")
        for number in range(20):
            desk.jobs.add(account, JobDraft(f"Job {number}"))
        for other in others:
            other.wait()
    balance = desk.accounts.get(account).balance
    assert balance is not None
    assert balance.minor == 200
    logins = {member.login for member in desk.staff()}
    assert logins == {f"{name}-{number}" for name in "abcd" for number in range(50)} | {"anna"}
    assert desk.jobs.page(account).total == 20
    assert desk.database.integrity_problems() == []


GROUP_WRITE = """
import os, sys
from pathlib import Path
from models.staff.desk import StaffDesk
from models.staff.session import Actor

path, user = Path(sys.argv[1]), int(sys.argv[2])
os.setgroups([])
os.setgid(GROUP)
os.setuid(user)
os.umask(0o022)
desk = StaffDesk.open(path, Actor(f"user-{user}"))
with desk.session.writing():
    print(desk.session.acting_staff())
desk.close()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become other users")
def test_a_group_that_shares_the_folder_writes_in_turns(tmp_path: Path) -> None:
    """People with Unix logins of their own: 2770 for the folder, 660 for the database."""
    group, users = 64_001, (64_101, 64_102)
    folder = Path(tempfile.mkdtemp(prefix="cj", dir="/tmp"))
    try:
        path = folder / "jobs.db"
        open_for_staff(path, create=True).close()
        for file in folder.iterdir():
            if file != path:
                file.unlink()
        os.chown(folder, 0, group)
        folder.chmod(0o2770)
        os.chown(path, 0, group)
        path.chmod(0o660)
        code = GROUP_WRITE.replace("GROUP", str(group))
        for number, user in enumerate(users * 2):
            done = subprocess.run(
                [sys.executable, "-c", code, str(path), str(user)],
                cwd=CHECKOUT,
                capture_output=True,
                text=True,
                check=False,
            )
            assert (done.stdout, done.stderr) == (f"{number % 2 + 1}\n", "")
        lock = path.with_name("jobs.db.lock").stat()
        assert (stat.S_IMODE(lock.st_mode), lock.st_gid) == (0o660, group)
    finally:
        shutil.rmtree(folder)
