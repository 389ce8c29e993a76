"""A database that is damaged under the running panel: a sentence, and a way out."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from models.drafts import JobDraft
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.terminal import Terminal

JOBS = 60
DETAILS = "long details " * 1500
KEPT = 40_000
"""Bytes at the beginning of the file that stay as they were: what the panel has read already."""


@pytest.fixture
def large(path: Path) -> Path:
    """A database of which the panel has not read most."""
    with closing(StaffDesk.open(path, Actor("anna"))) as desk:
        for number in range(JOBS):
            desk.jobs.add(1001, JobDraft(f"Job {number}", details=DETAILS))
    return path


@pytest.fixture
def panel(large: Path) -> Iterator[Terminal]:
    """The panel on it, before anything was opened."""
    program = (sys.executable, "-m", "tui", "--database", str(large), "--actor", "anna")
    terminal = Terminal(*program, rows=30, columns=100)
    yield terminal
    terminal.close()


def cut_off(path: Path) -> None:
    os.truncate(path, KEPT)


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(KEPT)
        file.write(b"\xde\xad" * ((path.stat().st_size - KEPT) // 2))


@pytest.mark.parametrize("damage", [cut_off, overwrite])
def test_damage_under_the_panel_is_told_and_the_panel_can_be_left(
    panel: Terminal, large: Path, damage: Callable[[Path], None]
) -> None:
    panel.wait_for("acme.example")
    damage(large)
    panel.send("1001\r")
    panel.wait_for("is damaged")
    panel.send("\x11")
    assert panel.wait_for_end() == 0
    assert b"Traceback" not in panel.received
    assert not large.with_name("jobs.db.log").exists()
