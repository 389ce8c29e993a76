"""Where the accounts of a file are until they are applied, and what is left of an interruption."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from models.health import check_database
from models.importing import read_accounts, unfinished_runs
from models.refusals import BrokenFile, DatabaseUnusable
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.models.import_files import counts, load, whm, whm_account
from tests.models.processes import CHECKOUT

_PARSE_FOREVER = """
import sys
from models.importing import read_accounts

class Endless:
    told = False
    def read(self, size):
        if not self.told:
            self.told = True
            return b'{"acct": [' + b",".join(b'{"user": "u%d"}' % n for n in range(2000)) + b","
        print("parsing", flush=True)
        sys.stdin.read()

read_accounts("whm", Endless(), "endless")
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    yield folder
    # Remembered by the module for the rest of the process otherwise.
    monkeypatch.setattr("tempfile.tempdir", None)


def test_only_this_user_can_look_at_accounts_on_their_way(temporary: Path) -> None:
    with read_accounts("csv", io.BytesIO(b"username\na\n"), "customers"):
        (folder,) = temporary.iterdir()
        assert folder.stat().st_mode & 0o777 == 0o700
    assert list(temporary.iterdir()) == []


def test_nothing_is_left_of_an_import_and_while_it_applies_there_is_no_name(
    desk: StaffDesk, temporary: Path
) -> None:
    seen = []
    load(
        desk,
        "whm",
        whm(*(whm_account(f"u{number}") for number in range(600))),
        lambda phase, _done, _total: seen.append((phase, len(list(temporary.iterdir())))),
    )
    assert {("parsed", 1), ("compared", 0), ("written", 0)} == set(seen)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"username\na,b\n", b"domain\nx\n"])
def test_nothing_is_left_of_a_broken_file(temporary: Path, content: bytes) -> None:
    with pytest.raises(BrokenFile):
        read_accounts("csv", io.BytesIO(content), "customers")
    assert list(temporary.iterdir()) == []


def test_what_a_killed_import_left_is_removed_by_the_next_one_and_what_lives_is_not(
    temporary: Path,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PARSE_FOREVER],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(temporary)},
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"parsing\n"
        (left,) = temporary.iterdir()
        with read_accounts("csv", io.BytesIO(b"username\na\n"), "customers"):
            assert len(list(temporary.iterdir())) == 2
        other.send_signal(signal.SIGKILL)
        other.wait()
        assert list(temporary.iterdir()) == [left]
        with read_accounts("csv", io.BytesIO(b"username\na\n"), "customers"):
            assert left not in temporary.iterdir()
    assert list(temporary.iterdir()) == []


def test_a_folder_that_takes_nothing_is_named(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.sqlite.staging_file._parent", lambda: temporary / "none")
    with pytest.raises(DatabaseUnusable, match=r"none takes no temporary files .* TMPDIR"):
        read_accounts("csv", io.BytesIO(b"username\na\n"), "customers")


class Stopped(Exception):
    """The test ends the import here."""


def test_an_interrupted_run_is_told_until_one_of_the_same_source_has_finished_it(
    desk: StaffDesk, path: Path
) -> None:
    def stop(phase: str, done: int, _total: int | None) -> None:
        if phase == "written" and done >= 100:
            raise Stopped

    content = whm(*(whm_account(f"u{number}") for number in range(600)))
    with pytest.raises(Stopped):
        load(desk, "whm", content, stop, server="web1")
    with closing(StaffDesk.open(path, Actor("ben"))) as ben:
        (run,) = unfinished_runs(ben.database)
        assert check_database(path).warnings == (run.in_words,)
        ((written,),) = ben.database.execute_sql("SELECT count(*) FROM account")
        assert run.written == written >= 100
        for report in (
            load(ben, "whm", whm(whm_account("x")), server="web2"),
            load(ben, "whm", content, server="web1", dry_run=True),
        ):
            assert any(
                f'by anna (whm, server "web1") did not end: {written} accounts' in note
                for note in report.notes
            )
        finishing = load(ben, "whm", content, server="web1")
        assert counts(finishing) == (600 - written, 0, written, 0)
        assert any("this one has finished it" in note for note in finishing.notes)
        assert unfinished_runs(ben.database) == []
        notes = load(ben, "whm", content, server="web1").notes
    assert not any("did not end" in note or "finished" in note for note in notes)
