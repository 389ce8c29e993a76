"""The commands that open a panel: what they need, and what a demo leaves behind."""

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from models.staff.desk import StaffDesk

Run = Callable[..., Any]

CHECKOUT = Path(__file__).resolve().parents[2]
NEEDS_TERMINAL = "customjobs: The panel needs a terminal; scripts use the commands of"


def assert_terminal_needed(outcome: Any) -> None:
    """It was called in a way in which it cannot work."""
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(NEEDS_TERMINAL)


@pytest.mark.parametrize("words", [[], ["staff"], ["--json"]])
def test_the_panel_makes_a_missing_database_and_needs_a_terminal(
    run: Run, home: Path, words: list[str]
) -> None:
    assert_terminal_needed(run(*words))
    assert (home / "data" / "customjobs" / "customjobs.db").exists()


def test_the_panel_makes_no_folder(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "no" / "jobs.db"
    assert "There is no folder" in run("staff", "--database", path).refusal
    assert "There is no reseller 5" in run("--reseller", 5).refusal
    assert not path.parent.exists()


def test_the_support_center_makes_no_database(run: Run, home: Path) -> None:
    assert "There is no database" in run("customer", "--account", 1001).refusal
    assert list(home.iterdir()) == []


def test_a_customer_over_ssh_is_told_nothing_of_the_servers_files(
    database: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("company = ")
    session = ("customer", "--account", "1001", "--access", "1", "--database")
    for words in (
        (*session, str(tmp_path / "nowhere.db")),
        (*session, str(database), "--config", str(broken)),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "tui", *words],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == (
            "customjobs: The Support Center cannot be opened right now. Please try again later.\n"
        )


def test_the_support_center_is_for_open_accounts(
    run: Run, desk: StaffDesk, acme: int, add_account: Callable[..., int]
) -> None:
    closed = add_account(desk, "gone", status="closed")
    for accounts in ([999], [closed], [999, closed]):
        words = [word for account in accounts for word in ("--account", account)]
        assert "There is no open account" in run("customer", *words).refusal
    assert_terminal_needed(run("customer", "--account", acme, "--account", 999))


def test_a_demo_needs_a_terminal(run: Run) -> None:
    assert_terminal_needed(run("demo"))


@pytest.fixture
def demo(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A demo at a terminal, which shows its panel."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    process = pexpect.spawn(
        sys.executable,
        ["-m", "tui", "demo", "--accounts", "5"],
        cwd=str(CHECKOUT),
        encoding="utf-8",
        dimensions=(36, 200),
        timeout=30,
    )
    process.expect(r"made up; it is in (\S+)/demo.db until you leave")
    assert process.match
    process.folder = Path(process.match[1])
    process.expect("Search")
    yield process
    process.close(force=True)


def test_a_demo_says_where_its_data_is_and_removes_it(demo: Any) -> None:
    assert demo.folder.stat().st_mode & 0o777 == 0o700
    assert (demo.folder / "demo.db").stat().st_mode & 0o777 == 0o600
    demo.send("\x11")
    demo.expect(re.escape(f"the demo's data in {demo.folder} is removed"))
    demo.expect(pexpect.EOF)
    demo.close()
    assert demo.exitstatus == 0
    assert not demo.folder.exists()


def test_a_demo_whose_terminal_closes_removes_its_data(demo: Any) -> None:
    assert demo.folder.exists()
    demo.kill(signal.SIGHUP)
    demo.expect(pexpect.EOF)
    demo.close()
    assert not demo.folder.exists()
    assert "Traceback" not in demo.before
