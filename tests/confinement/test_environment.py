"""The environment: nothing that a client can set there reaches Python or Textual."""

import json
import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.confinement.conftest import command
from tests.terminal import Terminal

SHOWN = """
import json, os, subprocess
from tui.confinement import cut_environment

cut_environment()
seen_by_children = subprocess.run(["/usr/bin/env"], capture_output=True, text=True).stdout
print(json.dumps([dict(os.environ), seen_by_children.splitlines()]))
"""

CUT_ALONE = """
import os
from pathlib import Path
from tui.confinement import cut_environment

cut_environment()
from models.customer.desk import CustomerDesk
from models.settings import Settings
from tui.support_center.app import run_support_center

sys.exit(run_support_center(CustomerDesk.open(Path(sys.argv[1]), (1001,)), Settings()))
"""

COMMAND = """
from tui.cli.main import main

sys.exit(main(["customer", "--database", sys.argv[1], "--account", "1001"]))
"""

ORDERS = [
    ["TEXTUAL_DRIVER=this:Driver"],  # prints the Zen of Python
    ["TEXTUAL_DRIVER=nowhere:Driver"],
    ["TEXTUAL_LOG=log.txt"],
    ["TEXTUAL=debug,devtools", "TEXTUAL_DEVTOOLS_PORT=1"],
    ["TEXTUAL_DEBUG=1"],
    ["TEXTUAL_SCREENSHOT=0", "TEXTUAL_SCREENSHOT_LOCATION=.", "TEXTUAL_SCREENSHOT_FILENAME=x"],
    ["TEXTUAL_PRESS=ctrl+q"],
    ["TEXTUAL_ALLOW_SIGNALS=1"],
    ["TEXTUAL_COLOR_SYSTEM=bad"],
    ["TEXTUAL_FILTERS=bad", "TEXTUAL_THEME=bad", "TEXTUAL_ANIMATIONS=bad", "UNICODE_VERSION=1"],
    ["PYTHONINSPECT=1"],
    ["PYTHONSTARTUP=/nowhere", "PYTHONHOME=/nowhere", "PYTHONPATH=/nowhere"],
    ["PYTHONDEVMODE=1", "PYTHONVERBOSE=1", "PYTHONDUMPREFS=1", "PYTHONTRACEMALLOC=9"],
]

FIXED = {"HOME", "LC_ALL", "PATH"}


def after_cutting(*given: str) -> dict[str, str]:
    """Return the variables that are left of `NAME=value`."""
    words = ["/usr/bin/env", "-i", *given, *command(SHOWN)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    left, seen_by_children = json.loads(done.stdout)
    named = {line for line in seen_by_children if not line.startswith("=")}
    assert named == {f"{name}={value}" for name, value in left.items() if name}
    return {name: value for name, value in left.items() if name}


def screen(left: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in left.items() if name not in FIXED}


def test_nothing_is_left_but_what_describes_the_screen() -> None:
    left = after_cutting(
        "TERM=xterm-256color",
        "COLORTERM=truecolor",
        "NO_COLOR=yes",
        "TZ=:/etc/passwd",
        "LANG=de_DE.ISO-8859-1",
        "LC_ALL=de_DE.ISO-8859-1",
        "LC_EVIL=$(id)",
        "LC_TERMINAL=iTerm2",
        "HOME=/tmp/evil",
        "PATH=/tmp/evil",
        "XDG_CONFIG_HOME=/tmp/evil",
        "CUSTOMJOBS_DATABASE=/tmp/evil.db",
        "SSH_ORIGINAL_COMMAND=sh",
        "TEXTUAL_DRIVER=this:Driver",
        "PYTHONPATH=/tmp/evil",
        "LD_PRELOAD=",
        "ESCDELAY=1",
        "COLUMNS=100000",
    )
    assert screen(left) == {"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}
    assert left["LC_ALL"] == "C.UTF-8"
    assert left["PATH"] == "/usr/bin:/bin"
    assert left["HOME"] != "/tmp/evil"
    assert Path(left["HOME"]).is_absolute()


def test_an_entry_without_a_name_is_no_way_to_stop_the_program() -> None:
    assert screen(after_cutting("=x=y", "TEXTUAL_LOG=a", "TEXTUAL_LOG=b")) == {}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("linux", "linux"),
        ("screen.xterm-256color", "screen.xterm-256color"),
        ("dumb", "dumb"),
        ("A" * 64, "A" * 64),
        ("A" * 65, "xterm"),
        ("xterm\n", "xterm"),
        ("xterm\x1b]52;c;eA==\x07", "xterm"),
        ("../../etc/passwd", "xterm"),
        ("-x", "xterm"),
        ("vt100é", "xterm"),
    ],
)
def test_a_terminal_has_a_name_that_can_be_one(given: str, kept: str) -> None:
    assert screen(after_cutting(f"TERM={given}")) == {"TERM": kept}


@pytest.mark.parametrize("given", [(), ("TERM=",)])
def test_no_terminal_is_made_up(given: tuple[str, ...]) -> None:
    assert screen(after_cutting(*given)) == {}


@pytest.mark.parametrize("given", ["COLORTERM=yes", "COLORTERM=truecolor\n", "NO_COLOR="])
def test_other_words_about_colors_are_nothing(given: str) -> None:
    assert screen(after_cutting(given)) == {}


def test_a_user_without_an_entry_has_no_folder() -> None:
    if os.getuid() != 0:
        pytest.skip("only root can be somebody else")
    code = """
import os, pwd
from tui.confinement import cut_environment
os.setuid(4_000_000)
cut_environment()
print(os.environ["HOME"])
"""
    assert subprocess.run(command(code), capture_output=True, check=True).stdout == b"/\n"


def test_cutting_after_textual_was_imported_is_a_fault() -> None:
    code = "import textual\nfrom tui.confinement import cut_environment\ncut_environment()"
    done = subprocess.run(command(code), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "RuntimeError: The environment must be cut before Textual is imported." in done.stderr


@pytest.mark.parametrize("given", ORDERS, ids=lambda given: given[0])
def test_a_variable_gives_no_orders(database: Path, tmp_path: Path, given: list[str]) -> None:
    ordinary_session(CUT_ALONE, database, tmp_path / "folder", given)


def test_the_command_takes_no_orders(database: Path, tmp_path: Path) -> None:
    given = [order for orders in reversed(ORDERS) for order in orders]
    ordinary_session(COMMAND, database, tmp_path / "folder", given)


def ordinary_session(code: str, database: Path, folder: Path, given: list[str]) -> None:
    """Open a job and leave, in a new folder; nothing else must happen."""
    folder.mkdir()
    words = shlex.join(command(code, database))
    in_folder = f"cd {shlex.quote(str(folder))} && exec {words}"
    terminal = Terminal("/usr/bin/env", *given, "/bin/sh", "-c", in_folder)
    try:
        terminal.wait_for("Site redesign")
        terminal.send("\x03\r")
        terminal.wait_for("Wireframes")
        terminal.send("\x11")
        assert terminal.wait_for_end() == 0
    finally:
        terminal.close()
    assert list(folder.iterdir()) == []
    assert not any(words in terminal.received for words in (b">>>", b"Zen", b"Traceback"))
