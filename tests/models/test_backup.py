"""Copies made while others write, and the way back to one, killed at every step of it."""

import itertools
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from models.backup import Restored, back_up, restore
from models.drafts import JobDraft
from models.opening import open_for_staff, open_read_only
from models.refusals import BadInput, DatabaseBusy, DatabaseUnusable, NewerDatabase
from models.schema import newest_version
from models.sessions import Sessions
from models.sqlite.database import APPLICATION_ID, PanelDatabase
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.use_lock import UseLock
from tests.conftest import insert_account
from tests.models.desks import contents, fill
from tests.models.processes import CHECKOUT, session
from tests.mounts import needs_mounts, on_small_disk

WRITERS = 20

WRITER = """
import sys
from pathlib import Path
from models.staff.desk import StaffDesk
from models.staff.session import Actor

desk = StaffDesk.open(Path(sys.argv[1]), Actor(sys.argv[2]))
print("ready", flush=True)
written = 0
stop = Path(sys.argv[3])
while not stop.exists():
    desk.notes.add(1, f"{sys.argv[2]} {written}")
    written += 1
print(written)
desk.close()
"""

KILLED = """
import os, signal, sys
from pathlib import Path
from models import backup

database, source, step = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
left = step


def killing(call):
    def instead(*arguments, **keywords):
        global left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return call(*arguments, **keywords)

    return instead


for name in ("rename", "unlink", "fsync", "chmod", "open"):
    setattr(os, name, killing(getattr(os, name)))
if source.exists():
    backup.restore(database, source)
else:
    backup.back_up(database, source)
print("done")
"""


@pytest.fixture
def job(path: Path) -> int:
    """A job with a task and a note on an account, in a database that nobody has open."""
    with closing(StaffDesk.open(path, Actor("anna"))) as desk:
        return fill(desk, insert_account(desk, "acme", balance_minor=0)).job


@pytest.fixture
def copy(path: Path, job: int) -> Path:
    """A backup of it."""
    return back_up(path, path.with_name("backup.db")).file


def add_job(path: Path, description: str = "Since the backup") -> None:
    with closing(StaffDesk.open(path, Actor("ben"))) as desk:
        desk.jobs.add(1001, JobDraft(description))


def names(path: Path) -> set[str]:
    return {file.name.removeprefix(path.name) for file in path.parent.iterdir()}


# -- backup ----------------------------------------------------------------------------------------


def test_a_backup_is_a_complete_database(path: Path, job: int) -> None:
    with closing(StaffDesk.open(path, Actor("anna"))) as desk:
        last = desk.jobs.add(1001, JobDraft("The last one")).id
        desk.database.execute_sql("DELETE FROM note")
        done = back_up(path, path.with_name("backup.db"))
    assert done.file == path.with_name("backup.db")
    assert (done.size, done.schema) == (done.file.stat().st_size, newest_version())
    assert stat.S_IMODE(done.file.stat().st_mode) == 0o600
    there = contents(path)
    assert done.accounts == len(there["account"])
    assert done.jobs == len(there["job"]) - 1  # one of them was removed
    assert done.events == len(there["event"])
    with closing(PanelDatabase(done.file)) as found:
        found.connect()
        assert (found.application_id, found.user_version) == (APPLICATION_ID, newest_version())
        with pytest.raises(Exception, match="the history is never deleted"):
            found.execute_sql("DELETE FROM event")
        with pytest.raises(Exception, match="the history is never changed"):
            found.execute_sql("UPDATE event SET kind = 'x'")
    assert contents(done.file) == there
    with closing(StaffDesk.open(done.file, Actor("anna"))) as desk:
        assert desk.search.page("acme").total == 1
        assert desk.jobs.add(1001, JobDraft("New")).id == last + 1
        assert desk.notes.add(job, "Never a number of the ones that are gone").id > 1


def test_a_backup_leaves_nothing_else_behind(path: Path, copy: Path) -> None:
    assert {file.name for file in path.parent.iterdir()} - {"jobs.db-wal", "jobs.db-shm"} == {
        "jobs.db", "jobs.db.lock", "jobs.db.use", "backup.db",
    }  # fmt: skip


def test_twenty_writers_go_on_while_backups_are_made(path: Path, job: int) -> None:
    stop = path.with_name("stop")
    made = []
    with ExitStack() as running:
        writers = [
            running.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", WRITER, str(path), f"writer{number}", str(stop)],
                    cwd=CHECKOUT,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for number in range(WRITERS)
        ]
        running.callback(stop.touch)
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
        for number in range(3):
            made.append(back_up(path, path.with_name(f"backup{number}.db")))
        stop.touch()
        counts = [int(writer.communicate()[0]) for writer in writers]
    # A writer that waits for longer than it is ready to ends with an error.
    assert {writer.returncode for writer in writers} == {0}
    assert min(counts) > 0
    there = contents(path)
    assert len([row for row in there["note"] if "writer" in row[3]]) == sum(counts)
    for earlier, later in itertools.pairwise(made):
        assert earlier.events < later.events <= len(there["event"])
    for each in made:
        kept = contents(each.file)
        assert kept["event"] == there["event"][: each.events]
        assert len(kept["note"]) - 1 == each.events - 7


def test_an_older_schema_is_copied_as_it_is(path: Path, job: int) -> None:
    with closing(PanelDatabase(path)) as database:
        database.connect()
        database.user_version = newest_version() - 1
    assert back_up(path, path.with_name("backup.db")).schema == newest_version() - 1


def test_a_newer_schema_is_not_copied(path: Path) -> None:
    with closing(PanelDatabase(path)) as database:
        database.connect()
        database.user_version = 99
    with pytest.raises(NewerDatabase):
        back_up(path, path.with_name("backup.db"))


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("jobs.db", "is the database itself"),
        ("link.db", "is the database itself"),
        ("there.db", "is there already"),
        ("dangling.db", "is there already"),
        (".", "is there already"),
        ("missing/backup.db", "There is no folder"),
        ("jobs.db-wal", "a name that the database uses itself"),
        ("jobs.db-journal", "a name that the database uses itself"),
        ("jobs.db.use", "a name that the database uses itself"),
        ("jobs.db.lock", "a name that the database uses itself"),
        ("jobs.db.log", "a name that the database uses itself"),
        ("jobs.db.migrate", "a name that the database uses itself"),
        ("jobs.db.sessions", "a name that the database uses itself"),
        ("jobs.db.drafts", "a name that the database uses itself"),
        ("jobs.db.drafts-wal", "a name that the database uses itself"),
        ("jobs.db.drafts.damaged", "a name that the database uses itself"),
        ("jobs.db.schema-2", "a name that the database uses itself"),
        ("jobs.db.schema-2.part", "a name that the database uses itself"),
        ("jobs.db.before-restore-20270301T000000Z", "a name that the database uses itself"),
        ("jobs.db.restoring-20270301T000000Z", "a name that the database uses itself"),
        (".backup.db.customjobs-part", "a name that backups use themselves"),
    ],
)
def test_where_no_backup_is_written(path: Path, target: str, said: str) -> None:
    open_for_staff(path).close()
    path.with_name("link.db").symlink_to(path)
    path.with_name("dangling.db").symlink_to(path.with_name("nowhere"))
    path.with_name("there.db").write_text("kept")
    before = {file: file.read_bytes() for file in path.parent.iterdir() if file.is_file()}
    with pytest.raises(BadInput, match=said):
        back_up(path, path.parent / target)
    assert (
        before.items()
        <= {file: file.read_bytes() for file in path.parent.iterdir() if file.is_file()}.items()
    )
    assert not path.with_name("nowhere").exists()


def test_a_backup_that_was_killed_leaves_no_name_and_is_made_by_the_next_run(
    path: Path, job: int
) -> None:
    target = path.with_name("backup.db")
    step, done = 0, False
    while not done:
        finished = run_killed(path, target, step)
        done = finished.returncode == 0
        assert finished.returncode in (0, -signal.SIGKILL), finished.stderr
        if target.exists():  # killed after the name was given, when all of it was there
            assert contents(target) == contents(path)
        else:
            back_up(path, target)
            assert not list(path.parent.glob(".*"))
        target.unlink()
        step += 1
    assert step > 5


def test_what_a_killed_run_left_is_not_taken_for_the_copy(path: Path, job: int) -> None:
    left = path.with_name(".backup.db.customjobs-part")
    left.write_bytes(b"half" * 5000)
    left.chmod(0o644)
    left.with_name(f"{left.name}-journal").write_bytes(b"of another file" * 500)
    done = back_up(path, path.with_name("backup.db"))
    assert contents(done.file) == contents(path)
    assert stat.S_IMODE(done.file.stat().st_mode) == 0o600
    assert not list(path.parent.glob(".*"))


@pytest.mark.parametrize("name", ["backup.db.part", ".backup.db", "backup.db-journal"])
def test_a_backup_takes_nobody_elses_file_for_its_own(path: Path, job: int, name: str) -> None:
    precious = path.with_name(name)
    precious.write_text("precious")
    back_up(path, path.with_name("backup.db"))
    assert precious.read_text() == "precious"
    with pytest.raises(BadInput):
        back_up(path, path)
    assert precious.read_text() == "precious"


@pytest.mark.parametrize("name", ["jobs.db.2027", "jobs.database", "jobs.db.drafty", ".lock"])
def test_names_like_those_of_the_program_will_do(path: Path, job: int, name: str) -> None:
    assert contents(back_up(path, path.with_name(name)).file) == contents(path)


def test_a_name_that_is_not_utf8_will_do(path: Path, job: int) -> None:
    """Names of files are bytes."""
    done = back_up(path, path.with_name(os.fsdecode(b"y\xff.db")))
    assert contents(done.file) == contents(path)
    new = path.with_name(os.fsdecode(b"x\xff.db"))
    assert restore(new, done.file).database == new
    assert contents(new) == contents(path)


def test_two_backups_into_one_file_do_not_meet(path: Path, job: int) -> None:
    target = path.with_name("backup.db")
    holder = (
        "import fcntl, sys; file = open(sys.argv[1], 'w'); fcntl.flock(file, fcntl.LOCK_EX);"
        "print('ready', flush=True); sys.stdin.read()"
    )
    unfinished = target.with_name(".backup.db.customjobs-part")
    command = [sys.executable, "-c", holder, str(unfinished)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        with pytest.raises(DatabaseBusy, match=f"Another backup is writing {unfinished}"):
            back_up(path, target)
        assert not target.exists()
    assert back_up(path, target).file == target


def test_a_damaged_database_gives_no_backup(path: Path, job: int) -> None:
    with closing(open_for_staff(path)) as database:
        database.execute_sql("INSERT INTO account_fts(account_fts) VALUES ('delete-all')")
    with pytest.raises(DatabaseUnusable, match=rf"The copy of {path} is not sound \(search index"):
        back_up(path, path.with_name("backup.db"))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(DatabaseUnusable, match=f"{path} is damaged"):
        back_up(path, path.with_name("backup.db"))
    assert not list(path.parent.glob("backup*"))


def test_a_disk_without_room_is_told_before_anything_is_written(
    path: Path, job: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(path.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage._replace(free=100 * 1024))
    with pytest.raises(DatabaseUnusable, match=r"only 0 MiB free in .*, and the copy needs 1 MiB"):
        back_up(path, path.with_name("backup.db"))
    assert not list(path.parent.glob("backup*"))


BACK_UP_ANYHOW = """
import shutil, sys
from pathlib import Path
from models.backup import back_up
from models.refusals import Refused

usage = shutil.disk_usage("/")
shutil.disk_usage = lambda folder: usage  # the disk fills while the copy is written
try:
    back_up(Path(sys.argv[1]), Path(sys.argv[2]))
except Refused as refusal:
    print(refusal)
print(sorted(file.name for file in Path(sys.argv[2]).parent.iterdir()))
"""


@needs_mounts
def test_a_disk_that_fills_up_is_the_one_that_is_named(path: Path, job: int) -> None:
    folder = path.with_name("backups")
    folder.mkdir()
    target = folder / "backup.db"
    command = [sys.executable, "-c", BACK_UP_ANYHOW, path, target]
    said = on_small_disk(folder, "64k", *command, checkout=CHECKOUT)
    assert said.stderr == ""
    assert said.stdout == (
        f"The disk is full: {folder}/.backup.db.customjobs-part could not be written. Nothing was "
        "saved; free some space and save again.\n[]\n"
    )


# -- restore ---------------------------------------------------------------------------------------


def test_a_restore_brings_back_what_was_and_keeps_what_is(path: Path, copy: Path) -> None:
    then = contents(path)
    add_job(path)
    now = contents(path)
    done = restore(path, copy)
    assert contents(path) == then == contents(copy)
    assert (done.database, done.copy.file, done.copy.events) == (path, copy, len(then["event"]))
    assert done.kept is not None
    assert re.fullmatch(r"jobs\.db\.before-restore-\d{8}T\d{6}Z", done.kept.name)
    assert contents(done.kept) == now
    with closing(StaffDesk.open(path, Actor("anna"))) as desk:
        desk.jobs.add(1001, JobDraft("Goes on"))


def test_numbers_given_out_since_the_backup_are_not_given_out_again(path: Path, copy: Path) -> None:
    with closing(StaffDesk.open(path, Actor("anna"))) as desk:
        account = desk.search.page("acme", 0, 1).rows[0].id
        given = desk.jobs.add(account, JobDraft("Billed by its number")).id
    restore(path, copy)
    with closing(StaffDesk.open(path, Actor("anna"))) as desk:
        assert desk.jobs.add(account, JobDraft("Another")).id == given + 1


def test_numbers_are_kept_that_the_backup_has_none_of(path: Path) -> None:
    with closing(StaffDesk.open(path, Actor("anna"))) as desk:
        account = insert_account(desk, "acme")
        empty = back_up(path, path.with_name("empty.db")).file
        given = desk.jobs.add(account, JobDraft("Made since then")).id
    restore(path, empty)
    with closing(StaffDesk.open(path, Actor("anna"))) as desk:
        assert desk.jobs.add(account, JobDraft("Another")).id == given + 1


def test_customers_and_staff_do_not_wait_for_each_other_after_a_restore(
    path: Path, copy: Path
) -> None:
    """Whoever comes first: only staff could switch the log on, and not while others read."""
    restore(path, copy)
    with closing(open_read_only(path)) as first:
        assert first.has_write_ahead_log


def test_nothing_of_the_old_database_is_left_for_the_new_one(path: Path, copy: Path) -> None:
    with session(path) as crashed:
        crashed.do("write 3")
        crashed.kill()
    log = path.with_name("jobs.db-wal")
    assert log.stat().st_size > 0
    now = contents(path)
    content = log.read_bytes()
    kept = restore(path, copy).kept
    assert kept is not None
    assert not {"-wal", "-shm", "-journal"} & names(path)
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == content
    assert contents(kept) == now


def test_a_file_of_the_old_journal_goes_with_it(path: Path, copy: Path) -> None:
    path.with_name("jobs.db-journal").write_bytes(b"rolled back" * 100)
    kept = restore(path, copy).kept
    assert kept is not None
    assert "-journal" not in names(path)
    assert kept.with_name(f"{kept.name}-journal").exists()


@pytest.mark.parametrize("harm", ["missing", "damaged", "cut", "empty"])
def test_a_restore_works_whatever_became_of_the_database(path: Path, copy: Path, harm: str) -> None:
    whole = path.read_bytes()
    broken = {
        "damaged": whole[:4096] + os.urandom(len(whole) - 4096),
        "cut": whole[: len(whole) // 2 + 100],
        "empty": b"",
    }
    if harm == "missing":
        path.unlink()
        for file in path.parent.glob("jobs.db?*"):
            file.unlink()
    else:
        path.write_bytes(broken[harm])
    kept = restore(path, copy).kept
    assert contents(path) == contents(copy)
    assert (kept is None) == (harm == "missing")
    if kept is not None:
        assert kept.read_bytes() == broken[harm]


def test_a_restore_of_a_new_machine_is_for_the_owner_alone(path: Path, copy: Path) -> None:
    new = path.with_name("new.db")
    restore(new, copy)
    assert stat.S_IMODE(new.stat().st_mode) == 0o600
    with pytest.raises(DatabaseUnusable, match="There is no folder"):
        restore(path.parent / "missing" / "new.db", copy)


def test_what_is_shared_stays_shared(path: Path, copy: Path) -> None:
    path.chmod(0o660)
    restore(path, copy)
    assert stat.S_IMODE(path.stat().st_mode) == 0o660


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_a_restore_by_root_gives_the_database_back_to_its_owner(path: Path, copy: Path) -> None:
    os.chown(path, 65534, 65534)
    restore(path, copy)
    assert (path.stat().st_uid, path.stat().st_gid) == (65534, 65534)


def test_a_link_to_the_database_stays_a_link(path: Path, copy: Path) -> None:
    then = contents(path)
    add_job(path)
    link = path.with_name("link.db")
    link.symlink_to(path)
    assert restore(link, copy).database == path
    assert link.is_symlink()
    assert contents(path) == then


def test_a_database_in_use_stays_as_it_is(path: Path, copy: Path) -> None:
    add_job(path)
    before = contents(path)
    with closing(open_read_only(path)):
        with pytest.raises(DatabaseBusy, match="in use, by a customer's session or another"):
            restore(path, copy)
        anna = Sessions.enter(path, "anna", "Anna Berg", None)
        ben = Sessions.enter(path, "ben", "", None)
        with pytest.raises(DatabaseBusy, match="is in use, by anna, ben: ask them to leave"):
            restore(path, copy)
        anna.leave()
        ben.leave()
    with session(path), pytest.raises(DatabaseBusy):
        restore(path, copy)
    assert contents(path) == before
    assert not [name for name in names(path) if "restor" in name]


def test_nobody_gets_in_while_a_restore_is_at_work(
    path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, tried = os.rename, []

    def renaming(old: str, new: str) -> None:
        held = UseLock.alone(path)
        tried.append(held)
        rename(old, new)

    monkeypatch.setattr(os, "rename", renaming)
    restore(path, copy)
    assert tried
    assert set(tried) == {None}


@pytest.mark.parametrize(
    "harm", ["missing", "empty", "text", "cut", "page", "search", "index", "newer", "foreign"]
)
def test_a_copy_that_is_not_sound_replaces_nothing(path: Path, copy: Path, harm: str) -> None:
    whole = copy.read_bytes()
    said = spoil(copy, harm)
    before = contents(path)
    spoilt = copy.read_bytes() if copy.exists() else None
    with pytest.raises(DatabaseUnusable, match=said):
        restore(path, copy)
    assert contents(path) == before
    assert not [name for name in names(path) if "restor" in name]
    assert (copy.read_bytes() if copy.exists() else None) == spoilt
    copy.write_bytes(whole)
    restore(path, copy)


def spoil(copy: Path, harm: str) -> str:
    """Do harm to a copy and return what is to be said about it."""
    content = copy.read_bytes()
    match harm:
        case "missing":
            copy.unlink()
            return f"There is no file {copy}"
        case "empty":
            copy.write_bytes(b"")
            return f"{copy} is empty"
        case "text":
            copy.write_bytes(b"Dear Jane, " * 1000)
            return f"{copy} is not a database of this program"
        case "cut":
            copy.write_bytes(content[: len(content) // 8192 * 4096])
            return f"The copy {copy} is damaged .*: take another one"
    with closing(PanelDatabase(copy)) as database:
        database.connect()
        match harm:
            case "page":
                ((page,),) = database.execute_sql(
                    "SELECT rootpage FROM sqlite_master WHERE name = 'job'"
                )
                size = int(database.page_size)
                start = (int(page) - 1) * size
                copy.write_bytes(content[:start] + bytes(size) + content[start + size :])
                return f"The copy {copy} is damaged .*: take another one"
            case "index":
                database.execute_sql("PRAGMA writable_schema = 1")
                database.execute_sql(
                    "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master"
                    " WHERE name = 'job_account') WHERE name = 'note_job'"
                )
                return rf"{copy} is not sound \(.*: it was not taken. Take another copy"
            case "search":
                database.execute_sql("INSERT INTO account_fts(account_fts) VALUES ('delete-all')")
                return rf"{copy} is not sound \(search index"
            case "newer":
                database.user_version = newest_version() + 1
                return f"{copy} was upgraded by a newer customjobs"
            case _:
                database.application_id = 7
                return f"{copy} is the database of another program"


def test_an_older_copy_is_upgraded_by_the_next_start(path: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    shutil.copy(path, old)
    with closing(PanelDatabase(old)) as database:
        database.connect()
        database.execute_sql("PRAGMA journal_mode = delete")
        database.user_version = newest_version() - 1
    assert restore(path, old).copy.schema == newest_version() - 1
    with pytest.raises(DatabaseUnusable, match="is of an older version"):
        open_read_only(path)


def test_the_database_of_another_program_is_not_replaced(path: Path, copy: Path) -> None:
    songs = path.with_name("songs.db")
    songs.touch()
    with closing(PanelDatabase(songs)) as database:
        database.connect()
        database.execute_sql("CREATE TABLE song (title TEXT)")
    before = songs.read_bytes()
    with pytest.raises(DatabaseUnusable, match="is the database of another program"):
        restore(songs, copy)
    with pytest.raises(BadInput, match="is the database itself"):
        restore(path, path)
    folder = path.with_name("folder")
    folder.mkdir()
    with pytest.raises(BadInput, match="is no file"):
        restore(folder, copy)
    assert songs.read_bytes() == before


@pytest.mark.parametrize("text", ["My notes.\n", "My notes, and many of them. " * 500])
def test_a_file_that_is_no_database_stays_where_it_is(path: Path, copy: Path, text: str) -> None:
    """It is there by mistake: what it was is not known, and somebody may need it."""
    notes = path.with_name("notes.txt")
    notes.write_text(text)
    with pytest.raises(DatabaseUnusable, match=f"{notes} is not a database of this program"):
        restore(notes, copy)
    assert notes.read_text() == text
    assert [file.name for file in path.parent.glob("notes*")] == ["notes.txt"]


def test_a_folder_is_no_backup(path: Path, tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match=f"{tmp_path} is no file: name a backup"):
        restore(path, tmp_path)


def test_a_kept_database_is_restored_like_a_backup(path: Path, copy: Path) -> None:
    with session(path) as crashed:
        crashed.do("write 3")
        crashed.kill()
    now = contents(path)
    first = restore(path, copy)
    assert first.kept is not None
    second = restore(path, first.kept)
    assert contents(path) == now
    assert second.kept not in (None, first.kept)


def run_killed(path: Path, source: Path, step: int) -> "subprocess.CompletedProcess[str]":
    """Run a backup or a restore that is killed before one of its calls of the system."""
    command = [sys.executable, "-c", KILLED, str(path), str(source), str(step)]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a backup, and a database of which half is in its log alone."""
    path = tmp_path_factory.mktemp("crashed") / "jobs.db"
    with closing(StaffDesk.open(path, Actor("anna"), create=True)) as desk:
        insert_account(desk, "acme", balance_minor=0)
    back_up(path, path.with_name("backup.db"))
    with session(path) as writer:
        writer.do("write 5")
        writer.kill()
    return path.parent


def every_step(crashed: Path, folder: Path) -> Iterator[tuple[int, Path]]:
    """Yield a folder each for what a restore left that was killed before one of its steps."""
    step, done = 0, False
    while not done:
        path = shutil.copytree(crashed, folder / str(step)) / "jobs.db"
        finished = run_killed(path, path.with_name("backup.db"), step)
        assert finished.returncode in (0, -signal.SIGKILL), finished.stderr
        done = finished.returncode == 0
        yield step, path
        step += 1


def test_a_restore_may_be_killed_at_any_step(crashed: Path, tmp_path: Path) -> None:
    """What follows is the old database or the new one, or a sentence; and the next restore."""
    log = (crashed / "jobs.db-wal").read_bytes()
    reference = shutil.copytree(crashed, tmp_path / "reference")
    old, new = contents(reference / "jobs.db"), contents(reference / "backup.db")
    assert old != new
    found: list[str] = []
    for step, path in every_step(crashed, tmp_path):
        kept = kept_of(path)
        if path.exists() and not kept:
            again = shutil.copytree(path.parent, tmp_path / f"{step}-again") / "jobs.db"
            assert contents(again) == old
            found.append("old")
        elif path.exists():
            assert not {"-wal", "-journal"} & names(path)
            assert contents(path) == new
            found.append("new")
        else:
            for create in (False, True):
                with pytest.raises(DatabaseUnusable, match="was interrupted before its end"):
                    open_for_staff(path, create=create)
            found.append("missing")
        check_finished(path, restore(path, path.with_name("backup.db")), old, new, log)
    assert found == sorted(found, key=["old", "missing", "new"].index)
    assert set(found) == {"old", "missing", "new"}


def kept_of(path: Path) -> list[Path]:
    return [
        file
        for file in path.parent.glob("jobs.db.before-restore-*")
        if not file.name.endswith(("-wal", "-shm"))
    ]


def check_finished(path: Path, done: Restored, old: object, new: object, log: bytes) -> None:
    """Make sure that the copy is in place, and what was there is kept, with its log."""
    assert contents(path) == new == contents(done.copy.file)
    assert not list(path.parent.glob("jobs.db.restoring-*"))
    logs = [file.read_bytes() for file in path.parent.glob("jobs.db.before-restore-*-wal")]
    assert logs == [log]
    assert old in [contents(kept) for kept in kept_of(path)]


def test_a_restore_that_was_interrupted_is_finished_by_another(
    crashed: Path, tmp_path: Path
) -> None:
    """The log of the old database goes where the database went, not to the next one kept."""
    for _, path in every_step(crashed, tmp_path):
        if not path.exists() and path.with_name("jobs.db-wal").exists():
            break
    else:
        pytest.fail("No step leaves a log alone.")
    (kept,) = kept_of(path)
    other = path.with_name("other.db")
    shutil.copy(path.with_name("backup.db"), other)
    restore(path, other)
    assert [file.name for file in path.parent.glob("*-wal")] == [f"{kept.name}-wal"]


@pytest.fixture(scope="module")
def between(crashed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a restore was killed just before it gave the database its name."""
    folder = tmp_path_factory.mktemp("between")
    shared = shutil.copytree(crashed, folder / "shared")
    (shared / "jobs.db").chmod(0o660)
    *_, last = (path.parent for _, path in every_step(shared, folder) if not path.exists())
    return last


@pytest.fixture
def interrupted(between: Path, tmp_path: Path) -> Path:
    """A database that a restore moved aside, before it was killed; the other one lies ready."""
    return shutil.copytree(between, tmp_path / "interrupted") / "jobs.db"


@pytest.mark.parametrize("harm", ["missing", "text", "cut", "search", "newer"])
def test_a_refused_restore_leaves_the_guard_of_an_interrupted_one(
    interrupted: Path, harm: str
) -> None:
    other = interrupted.with_name("other.db")
    shutil.copy(interrupted.with_name("backup.db"), other)
    said = spoil(other, harm)
    before = {file: file.read_bytes() for file in interrupted.parent.glob("jobs.db.*-*Z")}
    assert len(before) == 2
    with pytest.raises(DatabaseUnusable, match=said):
        restore(interrupted, other)
    assert {file: file.read_bytes() for file in interrupted.parent.glob("jobs.db.*-*Z")} == before
    with pytest.raises(DatabaseUnusable, match="was interrupted before its end"):
        open_for_staff(interrupted, create=True)
    assert not interrupted.exists()


def test_what_an_interrupted_restore_made_ready_can_be_restored(interrupted: Path) -> None:
    (ready,) = interrupted.parent.glob("jobs.db.restoring-*")
    new = contents(ready)
    done = restore(interrupted, ready)
    assert contents(interrupted) == new
    assert not list(interrupted.parent.glob("jobs.db.restoring-*"))
    (kept,) = kept_of(interrupted)
    assert done.kept == kept
    assert not list(interrupted.parent.glob("jobs.db.before-restore-*-shm"))


def give_out(path: Path, number: int) -> None:
    """Let jobs up to a number have been made in a database, all of which are gone."""
    with closing(PanelDatabase(path)) as database:
        database.connect()
        database.execute_sql("INSERT INTO sqlite_sequence (name, seq) VALUES ('job', ?)", (number,))


def test_the_restore_that_finishes_an_interrupted_one_knows_the_database_before_it(
    interrupted: Path,
) -> None:
    """The numbers that it gave out, and who may use it."""
    (kept,) = kept_of(interrupted)
    give_out(kept, 700)
    restore(interrupted, interrupted.with_name("backup.db"))
    assert stat.S_IMODE(interrupted.stat().st_mode) == 0o660
    with closing(StaffDesk.open(interrupted, Actor("anna"))) as desk:
        assert desk.jobs.add(1001, JobDraft("Next")).id == 701


def test_numbers_are_kept_through_two_interrupted_restores(interrupted: Path) -> None:
    """The second of which lies ready when the first was cleared away."""
    (ready,) = interrupted.parent.glob("jobs.db.restoring-*")
    give_out(ready, 800)
    for kept in kept_of(interrupted):
        kept.unlink()
    restore(interrupted, interrupted.with_name("backup.db"))
    assert stat.S_IMODE(interrupted.stat().st_mode) == 0o660
    with closing(StaffDesk.open(interrupted, Actor("anna"))) as desk:
        assert desk.jobs.add(1001, JobDraft("Next")).id == 801


def test_the_database_that_an_interrupted_restore_moved_aside_comes_back_with_its_log(
    crashed: Path, tmp_path: Path
) -> None:
    old = contents(shutil.copytree(crashed, tmp_path / "reference") / "jobs.db")
    for _, path in every_step(crashed, tmp_path):
        if not path.exists() and path.with_name("jobs.db-wal").exists():
            break
    else:
        pytest.fail("No step leaves a log alone.")
    (kept,) = kept_of(path)
    restore(path, kept)
    assert contents(path) == old
