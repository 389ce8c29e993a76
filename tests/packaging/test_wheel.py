"""The wheel, installed into an empty environment, is the whole program.

Nothing comes from a network: what builds and installs the wheel, and what it depends on, is taken
from the environment that runs the tests. The new environment sees the dependencies that the wheel
asks for and no others, and nothing of the checkout.
"""

import os
import subprocess
import sys
import time
import venv
import zipfile
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

import pexpect
import pyte
import pytest
from packaging.requirements import Requirement

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGES = ("models", "styles", "tui")
LEFT_BEHIND = {"__pycache__", ".mypy_cache", ".ruff_cache"}
"""Folders in which tools keep what they know; git ignores them."""
ROWS, COLUMNS = 36, 120
PATIENCE = 30.0
"""Seconds that a start may take while other tests keep the machine busy."""


def environment_of_a_stranger(home: Path) -> dict[str, str]:
    """Nothing of this checkout, of its environment or of the person who runs the tests."""
    return {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": os.defpath,
        "TERM": "xterm-256color",
        "TMPDIR": str(home),
    }


def run(*command: str | Path, cwd: Path, home: Path) -> str:
    finished = subprocess.run(
        command,
        cwd=cwd,
        env=environment_of_a_stranger(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def only_file(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found


def build(target: str, sources: Path, folder: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    run(*command, cwd=sources, home=folder)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the unpacked source archive, so that the archive is known to be complete too."""
    folder = tmp_path_factory.mktemp("build")
    build("sdist", CHECKOUT, folder)
    run("tar", "-xf", only_file(folder, "*.tar.gz"), cwd=folder, home=folder)
    build("wheel", only_file(folder, "customjobs-*/"), folder)
    return only_file(folder, "*.whl")


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and its dependencies in it."""
    root = tmp_path_factory.mktemp("installed").resolve()
    venv.create(root, symlinks=True)
    python = str(root / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--isolated", "--python", python]
    run(*pip, "install", "--no-index", "--no-deps", wheel, cwd=root, home=root)
    site_packages = only_file(root, "lib/python3*/site-packages")
    (program,) = distributions(name="customjobs", path=[str(site_packages)])
    for needed in needed_by(program).values():
        lend(needed, site_packages)
    run(*pip, "check", cwd=root, home=root)
    return root


def needed_by(
    asking: Distribution, extras: frozenset[str] = frozenset()
) -> dict[str, Distribution]:
    """What a distribution depends on here, directly or not, by name."""
    found: dict[str, Distribution] = {}
    for line in asking.requires or ():
        needed = Requirement(line)
        wanted = needed.marker is None or any(
            needed.marker.evaluate({"extra": extra}) for extra in ("", *extras)
        )
        if wanted:
            found[needed.name] = distribution(needed.name)
            found |= needed_by(found[needed.name], frozenset(needed.extras))
    return found


def lend(needed: Distribution, site_packages: Path) -> None:
    """Show an installed distribution, and nothing else of where it is installed."""
    assert needed.files, needed.name
    for name in {file.parts[0] for file in needed.files} - {"..", "__pycache__"}:
        link = site_packages / name
        if not link.exists():
            link.symlink_to(Path(str(needed.locate_file(name))))


def test_the_wheel_holds_the_packages_as_they_stand_and_nothing_else(wheel: Path) -> None:
    as_they_stand = {
        path.relative_to(CHECKOUT).as_posix()
        for package in PACKAGES
        for path in (CHECKOUT / package).rglob("*")
        if path.is_file() and not LEFT_BEHIND.intersection(path.parts)
    }
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {name for name in names if ".dist-info/" not in name} == as_they_stand
    assert any(name.startswith("styles/") and name.endswith(".tcss") for name in names)
    assert any(name.startswith("models/migrations/0001_") for name in names)


def test_the_installed_packages_are_those_of_the_wheel(installed: Path) -> None:
    show_files = (
        f"import {', '.join(PACKAGES)}; print({', '.join(f'{p}.__file__' for p in PACKAGES)})"
    )
    files = run(
        installed / "bin" / "python", "-I", "-c", show_files, cwd=installed, home=installed
    ).split()
    assert len(files) == len(PACKAGES)
    assert all(Path(file).resolve().is_relative_to(installed) for file in files)


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["--version"], "customjobs 0.1.0"),
        (["check", "--help"], "customjobs check"),
    ],
)
def test_the_installed_command_answers(
    installed: Path, tmp_path: Path, arguments: list[str], answer: str
) -> None:
    command = installed / "bin" / "customjobs"
    assert answer in run(command, *arguments, cwd=tmp_path, home=tmp_path)


def test_the_installed_command_opens_the_panel(installed: Path, tmp_path: Path) -> None:
    panel = pexpect.spawn(
        str(installed / "bin" / "customjobs"),
        ["demo"],
        cwd=tmp_path,
        env=environment_of_a_stranger(tmp_path),
        dimensions=(ROWS, COLUMNS),
        timeout=PATIENCE,
    )
    try:
        wait_until_shown("Search", panel)
        panel.sendcontrol("q")
        panel.expect(pexpect.EOF)
    finally:
        panel.close(force=True)
    assert (panel.exitstatus, panel.signalstatus) == (0, None)


def wait_until_shown(text: str, program: pexpect.spawn) -> None:
    screen = pyte.Screen(COLUMNS, ROWS)
    terminal = pyte.ByteStream(screen)
    deadline = time.monotonic() + PATIENCE
    while not any(text in line for line in screen.display):
        assert time.monotonic() < deadline, "\n".join(screen.display)
        try:
            terminal.feed(program.read_nonblocking(65536, timeout=PATIENCE))
        except (pexpect.EOF, pexpect.TIMEOUT):
            pytest.fail("not shown:\n" + "\n".join(screen.display))
