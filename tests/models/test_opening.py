"""Which file is meant, how it is made, and what is said when it cannot be opened."""

import os
import stat
from contextlib import closing
from pathlib import Path

import pytest

from models.drafts import JobDraft
from models.opening import default_path, open_for_staff, open_read_only, path_from_url
from models.refusals import BadInput, DatabaseUnusable, NewerDatabase
from models.schema import newest_version
from models.sqlite.database import PanelDatabase
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.conftest import insert_account


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
    assert path_from_url(url) == Path(path.format(home=tmp_path / "home", here=tmp_path))


@pytest.mark.parametrize(
    "url", ["", "  ", "postgresql://localhost/jobs", "sqlite://", "sqlite:///", "sqlite://host/x"]
)
def test_what_names_no_file_is_refused(url: str) -> None:
    with pytest.raises(BadInput, match="give a path"):
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
        "", ".lock", ".migrate", "-wal", "-shm",
    }  # fmt: skip


def test_a_path_may_start_with_two_slashes(path: Path) -> None:
    doubled = Path(f"/{path}")
    assert str(doubled).startswith("//")
    open_for_staff(doubled).close()


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match=f"{tmp_path} cannot be opened"):
        open_for_staff(tmp_path)


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
    assert [file.name for file in tmp_path.iterdir()] == ["songs.db"]


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
