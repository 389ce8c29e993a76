"""Which file is meant, how it is made, and what is said when it cannot be opened."""

import os
import random
import shutil
import stat
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pytest

from models.customer.desk import CustomerDesk
from models.drafts import JobDraft
from models.opening import default_path, open_for_staff, open_read_only, path_from_url
from models.refusals import BadInput, DatabaseUnusable, NewerDatabase, Refused
from models.schema import newest_version
from models.sqlite.database import PanelDatabase
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.conftest import insert_account
from tests.models.desks import READINGS, WRITINGS, Ids, fill
from tests.models.processes import CHECKOUT, session
from tests.mounts import needs_mounts, on_read_only_disk


def test_the_default_is_in_the_users_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert default_path() == tmp_path / "data" / "customjobs" / "customjobs.db"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_path().is_relative_to(tmp_path)


def test_the_default_folder_is_made_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    path = default_path()
    with pytest.raises(DatabaseUnusable, match=f"There is no database {path}: check the path"):
        open_for_staff(path)
    assert not path.parent.exists()
    open_for_staff(path, create=True).close()
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_default_folder_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnusable, match=r"customjobs\.db cannot be used: Not a directory"):
        open_for_staff(default_path(), create=True)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("link.db", "{here}/jobs.db"),
        ("folder/../jobs.db", "{here}/jobs.db"),
        ("sqlite:///{here}/link.db", "{here}/jobs.db"),
        ("sqlite:////srv/%ff.db", "/srv/\udcff.db"),
        ("/srv/\udcff.db", "/srv/\udcff.db"),
        ("sqlite:////srv/\udcff.db", "/srv/\udcff.db"),
        ("~nobody-of-this-name/jobs.db", "{here}/~nobody-of-this-name/jobs.db"),
        ("/srv/jobs.db", "/srv/jobs.db"),
        ("sqlite:////srv/jobs.db", "/srv/jobs.db"),
        ("sqlite:////srv/my%20jobs%3F.db", "/srv/my jobs?.db"),
        ("/srv/my%20jobs.db", "/srv/my%20jobs.db"),
        ("~/jobs.db", "{home}/jobs.db"),
        ("jobs.db", "{here}/jobs.db"),
        ("sqlite:///jobs.db", "{here}/jobs.db"),
        ("a:b.db", "{here}/a:b.db"),
    ],
)
def test_a_path_or_a_url_names_a_file(
    url: str, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.db").symlink_to("jobs.db")
    url = url.replace("{here}", str(tmp_path))
    assert path_from_url(url) == Path(path.format(home=tmp_path / "home", here=tmp_path))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "  ",
        "postgresql://localhost/jobs",
        "sqlite://",
        "sqlite:///",
        "sqlite://host/x",
        "sqlite:////srv/x%00.db",
    ],
)
def test_what_names_no_file_is_refused(url: str) -> None:
    with pytest.raises(BadInput, match="give a path"):
        path_from_url(url)


@pytest.mark.parametrize("url", ["/", "//", "/srv/..", "sqlite:////"])
def test_the_top_of_the_file_system_is_no_database(url: str) -> None:
    with pytest.raises(BadInput, match="is a folder, not a database"):
        path_from_url(url)


def test_a_database_is_made_only_where_a_folder_is(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "jobs.db"
    with pytest.raises(DatabaseUnusable, match=f"There is no folder {path.parent}"):
        open_for_staff(path, create=True)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(DatabaseUnusable, match=f"There is no database {tmp_path / 'typo.db'}"):
        open_for_staff(tmp_path / "typo.db")
    with pytest.raises(DatabaseUnusable, match=f"There is no database {tmp_path / 'typo.db'}"):
        open_read_only(tmp_path / "typo.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        "a?mode=memory",
        "100%",
        "%41.db",
        "#1",
        "my jobs.db",
        "日本.db",
        "a&b=c;d",
        "'\"",
        os.fsdecode(b"\xff.db"),
    ],
)
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with closing(StaffDesk.open(path, Actor("anna"), create=True)) as desk:
        insert_account(desk, "acme")
    with closing(open_read_only(path)) as database:
        assert list(database.execute_sql("SELECT username FROM account")) == [("acme",)]
    assert path.is_file()
    assert {file.name.removeprefix(name) for file in tmp_path.iterdir()} <= {
        "", ".lock", ".migrate", ".use", "-wal", "-shm",
    }  # fmt: skip


def test_a_path_may_start_with_two_slashes(path: Path) -> None:
    doubled = Path(f"/{path}")
    assert str(doubled).startswith("//")
    open_for_staff(doubled).close()


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    folder, pipe = tmp_path / "folder", tmp_path / "pipe"
    folder.mkdir()
    os.mkfifo(pipe)
    for create in (False, True):
        with pytest.raises(DatabaseUnusable, match=f"{folder} is a folder, not a database"):
            open_for_staff(folder, create=create)
        with pytest.raises(DatabaseUnusable, match=f"{pipe} is no file"):
            open_for_staff(pipe, create=create)
    assert {file.name for file in tmp_path.iterdir()} == {"folder", "pipe"}


def test_the_default_may_lie_behind_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "data").symlink_to("disk")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert default_path() == tmp_path / "disk" / "customjobs" / "customjobs.db"
    open_for_staff(default_path(), create=True).close()


def test_customers_are_told_nothing_of_the_servers_files(path: Path) -> None:
    """Neither where the database is, nor what is wrong with it, nor what to do about that."""
    with closing(StaffDesk.open(path, Actor("anna"))) as desk:
        account = insert_account(desk, "acme")
    with closing(CustomerDesk.open(path, (account,))) as customer:
        path.write_bytes(path.read_bytes()[:8192])
        for reading in (customer.accounts, partial(customer.jobs, account)):
            with pytest.raises(DatabaseUnusable) as told:
                reading()
            assert str(told.value) == "This cannot be shown right now. Please try again later."
            assert "The database" in str(told.value.__cause__)  # for whoever looks into it


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    for open_one in (open_for_staff, open_read_only):
        with pytest.raises(DatabaseUnusable, match="cannot be used: File name too long"):
            open_one(tmp_path / ("x" * 300))


def test_an_empty_file_becomes_a_database_only_where_one_is_to_be_made(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    with pytest.raises(DatabaseUnusable, match=f"{path} is empty"):
        open_for_staff(path)
    assert path.stat().st_size == 0
    open_for_staff(path, create=True).close()
    open_for_staff(path).close()


def test_the_file_of_another_program_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "songs.db"
    path.touch()
    with closing(PanelDatabase(path)) as songs:
        songs.connect()
        songs.execute_sql("CREATE TABLE song (title TEXT)")
    before = path.read_bytes()
    for open_one in (open_for_staff, open_read_only):
        with pytest.raises(DatabaseUnusable, match=f"{path} is the database of another program"):
            open_one(path)
    assert path.read_bytes() == before
    assert {file.name for file in tmp_path.iterdir()} == {"songs.db", "songs.db.use"}


@pytest.mark.parametrize("pragma", ["application_id", "user_version"])
def test_a_mark_of_another_program_is_enough(tmp_path: Path, pragma: str) -> None:
    path = tmp_path / "songs.db"
    path.touch()
    with closing(PanelDatabase(path)) as songs:
        songs.connect()
        songs.execute_sql(f"PRAGMA {pragma} = 7")
    with pytest.raises(DatabaseUnusable, match="another program"):
        open_for_staff(path)


def test_a_newer_database_is_refused_and_stays_as_it_is(path: Path) -> None:
    with closing(open_for_staff(path)) as database:
        database.execute_sql("PRAGMA journal_mode = delete")
        database.user_version = newest_version() + 1
    before = path.read_bytes()
    for open_one in (open_for_staff, open_read_only):
        with pytest.raises(NewerDatabase) as refused:
            open_one(path)
        assert str(refused.value) == (
            f"{path} was upgraded by a newer customjobs (schema {newest_version() + 1}; "
            f"this one knows {newest_version()}). "
            "Start the newer program; nothing was changed."
        )
    assert path.read_bytes() == before


def test_a_database_that_was_cut_off_is_damaged(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(DatabaseUnusable, match=f"{path} is damaged"):
        open_for_staff(path)
    path.write_bytes(content[:50])
    with pytest.raises(DatabaseUnusable, match=f"{path} is damaged"):
        open_for_staff(path)


def test_damage_that_shows_later_is_told_too(path: Path) -> None:
    with closing(StaffDesk.open(path, Actor("anna"))) as desk:
        desk.jobs.add(insert_account(desk, "acme"), JobDraft("Logo"))
        ((page,),) = desk.database.execute_sql(
            "SELECT rootpage FROM sqlite_master WHERE name = 'job'"
        )
        ((size,),) = desk.database.execute_sql("PRAGMA page_size")
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xde\xad" * (size // 2))
    with closing(StaffDesk.open(path, Actor("anna"))) as desk:
        with pytest.raises(DatabaseUnusable, match=f"{path} is damaged .* bring back a backup"):
            desk.jobs.get(1)
        assert desk.search.page("acme").total == 1


Harm = Callable[[BinaryIO, int, random.Random], object]


def _noise(file: BinaryIO, size: int, chance: random.Random) -> None:
    for _ in range(60):
        file.seek(chance.randrange(size))
        file.write(chance.randbytes(30))


HARM: dict[str, Harm] = {
    "cut to nothing": lambda file, size, _: file.truncate(0),
    "cut within the header": lambda file, size, _: file.truncate(50),
    "cut within a page": lambda file, size, _: file.truncate(512),
    "one page is left": lambda file, size, _: file.truncate(4096),
    "half is left": lambda file, size, _: file.truncate(size // 2),
    "a page is missing": lambda file, size, _: file.truncate(size - 4096),
    "a byte is missing": lambda file, size, _: file.truncate(size - 1),
    "zeros": lambda file, size, _: file.write(bytes(size)),
    "noise": _noise,
}


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ids]:
    """A database with enough in it that no page holds all of it."""
    path = tmp_path_factory.mktemp("sound") / "jobs.db"
    with closing(StaffDesk.open(path, Actor("anna"), create=True)) as desk:
        accounts = [insert_account(desk, f"acme{n}", [f"{n}.example"]) for n in range(200)]
        return path, fill(desk, accounts[-1])


@pytest.mark.parametrize("warm", [False, True], ids=["just opened", "in use"])
@pytest.mark.parametrize("harm", HARM)
def test_damage_under_an_open_desk_is_told_in_words(
    at_work: tuple[Path, Ids], tmp_path: Path, harm: str, warm: bool
) -> None:
    """Each operation does its work or is refused with a sentence, and so is the next opening."""
    sound, ids = at_work
    refusals = 0
    for seed in range(8 if harm == "noise" else 1):
        path = Path(shutil.copy(sound, tmp_path / f"{seed}.db"))
        with (
            closing(StaffDesk.open(path, Actor("anna"))) as desk,
            closing(CustomerDesk.open(path, (ids.account,))) as customer,
        ):
            if warm:
                desk.notes.add(ids.job, "In the log alone")
                customer.jobs(ids.account)
            with path.open("r+b") as file:
                HARM[harm](file, sound.stat().st_size, random.Random(seed))
            refusals += sum(map(refuses, every_operation(desk, customer, ids)))
        refuses(partial(open_and_close, StaffDesk.open, path, Actor("anna")))
        refuses(partial(open_and_close, CustomerDesk.open, path, (ids.account,)))
    assert refusals or harm in ("a page is missing", "a byte is missing")


def every_operation(
    desk: StaffDesk, customer: CustomerDesk, ids: Ids
) -> list[Callable[[], object]]:
    operations = (READINGS | WRITINGS).values()
    return [
        *(partial(operation, desk, ids) for operation in operations),
        partial(desk.search.page, "acme"),
        partial(desk.search.page, "ac"),
        desk.staff,
        desk.account_count,
        desk.data_version,
        desk.require_access,
        customer.accounts,
        partial(customer.jobs, ids.account),
        partial(customer.job, ids.job),
        customer.data_version,
        customer.require_access,
    ]


def open_and_close(opening: Callable[..., StaffDesk | CustomerDesk], *arguments: object) -> None:
    opening(*arguments).close()


def refuses(operation: Callable[[], object]) -> bool:
    """Do it, and tell whether it was refused because of the file; anything else gets through."""
    try:
        operation()
    except DatabaseUnusable:
        return True
    except Refused:
        pass
    return False


ON_READ_ONLY_DISK = """
import sys
from contextlib import closing
from pathlib import Path
from models.customer.desk import CustomerDesk
from models.customer.desk import CustomerDesk
from models.drafts import JobDraft
from models.refusals import Refused
from models.staff.desk import StaffDesk
from models.staff.session import Actor

path = Path(sys.argv[1])


def tried(operation):
    try:
        print(operation())
    except Refused as refusal:
        print(type(refusal).__name__, refusal)


def staff():
    with closing(StaffDesk.open(path, Actor("anna"))) as desk:
        tried(lambda: desk.jobs.add(1001, JobDraft("More")))
        tried(desk.data_version)
        return desk.search.page("acme").rows[0].username, desk.jobs.get(1).description


def customer():
    with closing(CustomerDesk.open(path, (1001,))) as desk:
        return desk.job(1).description


tried(staff)
tried(customer)
tried(lambda: StaffDesk.open(path.with_name("new.db"), Actor("anna"), create=True))
"""


@needs_mounts
@pytest.mark.parametrize("state", ["closed", "in use", "killed"])
def test_a_read_only_disk_is_read_and_says_so_to_whoever_writes(path: Path, state: str) -> None:
    with ExitStack() as others:
        with closing(StaffDesk.open(path, Actor("anna"))) as desk:
            desk.jobs.add(insert_account(desk, "acme", balance_minor=0), JobDraft("Logo"))
        if state != "closed":
            other = others.enter_context(session(path))
            other.do("write 1")
            if state == "killed":
                other.kill()
        command = [sys.executable, "-c", ON_READ_ONLY_DISK, path]
        said = on_read_only_disk(path.parent, *command, checkout=CHECKOUT)
    assert said.stderr == ""
    wrote, version, *read = said.stdout.splitlines()
    assert wrote == (
        f"DatabaseUnusable {path} may not be written: the file, its folder or the disk is "
        "read-only for this user."
    )
    assert version.isdigit()
    assert read[:2] == ["('acme', 'Logo')", "Logo"]
    assert read[2].startswith(f"DatabaseUnusable {path.with_name('new.db')} may not be written")


@needs_mounts
def test_a_log_without_its_index_is_not_passed_over(path: Path) -> None:
    """What is in it would be missing, and nobody would notice."""
    with session(path) as other:
        other.do("hold")
        other.do("commit")
        other.kill()
    path.with_name("jobs.db-shm").unlink()
    command = [sys.executable, "-c", ON_READ_ONLY_DISK, path]
    said = on_read_only_disk(path.parent, *command, checkout=CHECKOUT)
    sentence = f"{path} is on a read-only disk and was not closed before: without writing, what is"
    for line in said.stdout.splitlines()[:2]:
        assert line.startswith(f"DatabaseUnusable {sentence}")
        assert line.endswith("Copy both files to where they can be written, and open the copy.")


@needs_mounts
def test_an_old_database_on_a_read_only_disk_is_not_upgraded(path: Path) -> None:
    with closing(open_for_staff(path)) as database:
        database.user_version = newest_version() - 1
    command = [sys.executable, "-c", ON_READ_ONLY_DISK, path]
    said = on_read_only_disk(path.parent, *command, checkout=CHECKOUT)
    for line in said.stdout.splitlines()[:2]:
        assert line.startswith(f"DatabaseUnusable {path} is of an older version")


def test_a_database_is_not_begun_anew_beside_what_a_restore_left(path: Path) -> None:
    path.rename(f"{path}.restoring-20261123T010203Z")
    for create in (False, True):
        with pytest.raises(DatabaseUnusable, match=f"A restore of {path} was interrupted"):
            open_for_staff(path, create=create)
    assert not path.exists()
