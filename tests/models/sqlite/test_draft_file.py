"""Which file the drafts of a database are in, and what is said of one that is none."""

from pathlib import Path

import pytest

from models.draft_store import DraftsNotKept, DraftStore
from models.sqlite.draft_file import DraftFile


def test_drafts_are_beside_the_database_whatever_it_is_called(tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "jobs.db")
    assert DraftFile(link).path == DraftFile(tmp_path / "jobs.db").path


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to("/")])
def test_a_folder_in_its_place_is_told_and_left_alone(tmp_path: Path, make: object) -> None:
    assert callable(make)
    make(tmp_path / "jobs.db.drafts")
    with pytest.raises(DraftsNotKept, match=r"jobs\.db\.drafts is no file\."):
        DraftStore.open(tmp_path / "jobs.db", "anna", None, "a" * 32, lambda _name: True)
    assert [file.name for file in tmp_path.iterdir()] == ["jobs.db.drafts"]
