"""Processes that confine themselves and then try what they may not, and what they must."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from models.drafts import JobDraft, TaskDraft
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.conftest import insert_account

CHECKOUT = Path(__file__).resolve().parents[2]

Run = Callable[..., str]

_BEGINNING = """
import sys
sys.path.insert(0, sys.argv.pop(1))
"""


def command(code: str, *arguments: object) -> list[str]:
    """Return the words that run code of this checkout as a forced command runs the program."""
    python = [sys.executable, "-I", "-X", "utf8"]
    return [*python, "-c", _BEGINNING + code, str(CHECKOUT), *map(str, arguments)]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Returns `run(code, *arguments)`, which runs the code in a folder and returns its output."""

    def run_code(code: str, *arguments: object) -> str:
        words = command(code, *arguments)
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run_code


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database in a folder of its own, with a customer's account and a job."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    path = folder / "jobs.db"
    with closing(StaffDesk.open(path, Actor("anna"), create=True)) as desk:
        account = insert_account(desk, "acme", ["acme.example"], company="Acme GmbH")
        desk.jobs.add(
            account, JobDraft("Site redesign"), TaskDraft("Wireframes", rate="75", time="1")
        )
    return path
