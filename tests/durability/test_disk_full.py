"""A full disk: said in words, nothing half, reading goes on, and saving once there is space."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from models.drafts import JobDraft, TaskDraft
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.conftest import insert_account
from tests.durability.full_disk import CHANGES, beside, filled, unshared, with_disk
from tests.models.desks import READINGS
from tests.models.processes import CHECKOUT
from tests.terminal import Terminal

needs_disk = pytest.mark.skipif(not unshared(), reason="needs a mount of its own")

ALL_WORK: dict[str, Any] = {
    "read": dict.fromkeys(READINGS, ""),
    "again": dict.fromkeys(CHANGES, ""),
    "unchanged": True,
    "problems": [],
}


def tried(*command: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Let a desk try everything; return what it said to writing, and the rest."""
    finished = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    answer = json.loads(finished.stdout)
    return answer.pop("written"), answer


@needs_disk
def test_every_change_on_a_full_disk_is_refused_in_words_and_works_once_there_is_space(
    tmp_path: Path,
) -> None:
    words = (sys.executable, "-m", "tests.durability.full_disk", str(tmp_path))
    written, others = tried(*with_disk(tmp_path, *words))
    sentence = (
        f"The disk is full: {tmp_path}/jobs.db could not be written. Nothing was saved; free some "
        "space and save again."
    )
    assert written == dict.fromkeys(CHANGES, sentence)
    assert others == ALL_WORK


def test_every_change_of_a_file_that_may_not_grow_is_refused_with_the_reason(
    tmp_path: Path,
) -> None:
    words = (sys.executable, "-m", "tests.durability.full_disk", str(tmp_path), "--limit")
    written, others = tried(*words)
    assert written.keys() == CHANGES.keys()
    # SQLite names no reason but this for a file that is larger than a process may make it.
    assert "takes no temporary files (disk I/O error)" in written.pop("import")
    for said in written.values():
        assert said.startswith("The disk refused to ")
        assert f"{tmp_path}/jobs.db (disk I/O error)" in said
    assert others == ALL_WORK


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """Where the panel has a disk."""
    disk = tmp_path / "disk"
    disk.mkdir()
    return disk


@pytest.fixture
def panel(tmp_path: Path, disk: Path) -> Iterator[Terminal]:
    """The panel, on a small disk of its own with two accounts."""
    made = tmp_path / "jobs.db"
    with closing(StaffDesk.open(made, Actor("anna"), create=True)) as desk:
        account = insert_account(desk, "acme", ["acme.example"])
        insert_account(desk, "other", ["other.example"])
        for name in ("Site redesign", "Logo"):
            desk.jobs.add(account, JobDraft(name), TaskDraft(f"{name} it", rate="75", time="1"))
    copied = 'cp "$0" "$1" && shift && exec "$@"'
    program = (sys.executable, "-m", "tui", "--database", f"{disk}/jobs.db", "--actor", "anna")
    terminal = Terminal(
        *with_disk(disk, "sh", "-c", copied, str(made), str(disk), *program), rows=30, columns=100
    )
    yield terminal
    terminal.close()


@needs_disk
def test_on_a_full_disk_the_text_stays_in_the_form_until_there_is_space(
    panel: Terminal, disk: Path
) -> None:
    panel.wait_for("acme.example")
    panel.send("1001\r\r")
    panel.wait_for("Logo it")
    panel.send("nWireframes\t75\t2:30")
    panel.wait_for("187.50 USD")
    with filled(Path(f"/proc/{panel.process.pid}/root{disk}")):
        panel.send("\r")
        panel.wait_for("The disk is full")
        panel.wait_for("save again.")
        panel.wait_for("Wireframes")
        panel.send("\x1bOR/\x05\x15other")
        panel.wait_for("other.example")
        panel.wait_for("Wireframes")
        see_another_job(panel, disk)
    panel.send("\x1bORn\r")
    panel.wait_for("Total 3:30 h 262.50 USD")
    panel.send("\x11")
    assert panel.wait_for_end() == 0
    assert b"rollback" not in panel.received
    assert b"Traceback" not in panel.received


def see_another_job(panel: Terminal, disk: Path) -> None:
    """Open a job in a second panel on the same disk."""
    program = (sys.executable, "-m", "tui", "--database", f"{disk}/jobs.db", "--actor", "ben")
    second = Terminal(*beside(panel.process.pid), *program, rows=30, columns=100)
    try:
        second.wait_for("acme.example")
        second.send("1001\r")
        second.wait_for("Logo")
        second.send("\x1b[A\r")
        second.wait_for("Site redesign it")
        second.send("\x11")
        assert second.wait_for_end() == 0
    finally:
        second.close()
