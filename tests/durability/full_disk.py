"""A disk without any space left, and what a desk says of it; nobody but its processes sees it.

    python -m tests.durability.full_disk FOLDER [--limit]

Tries every operation of the desk on a disk of memory in FOLDER, which must be mounted there, or
with `--limit` on a disk with space where files may not grow.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import cache
from pathlib import Path

from models.refusals import Refused
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.conftest import insert_account
from tests.models.desks import READINGS, WRITINGS, Ids, Operation, contents, fill, undone
from tests.models.import_files import load, whm, whm_account
from tests.models.processes import CHECKOUT

SIZE = "4m"

CHANGES: dict[str, Operation] = {
    **WRITINGS,
    "import": lambda desk, _ids: load(desk, "whm", whm(whm_account("new"))),
}
"""Every way to write."""

Full = Callable[[Path], AbstractContextManager[None]]


@cache
def unshared() -> tuple[str, ...]:
    """Return the words before a command that give it mounts of its own; none if nothing does.

    What it mounts ends with the last process that sees it.
    """
    for words in (("unshare", "-m"), ("unshare", "-r", "-m")):
        command = (*words, "--propagation", "private")
        with suppress(FileNotFoundError):
            if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
                return command
    return ()


def with_disk(folder: Path, *command: str) -> list[str]:
    """Return a command that runs another one with a small disk in a folder."""
    mount = f'mount -t tmpfs -o size={SIZE} disk "$0" && exec "$@"'
    return [*unshared(), "sh", "-c", mount, str(folder), *command]


def beside(process: int) -> tuple[str, ...]:
    """Return the words before a command that is to see the disk of a process as well."""
    own_users = ("-U", "--preserve-credentials") if "-r" in unshared() else ()
    return "nsenter", "-t", str(process), "-m", *own_users, f"--wdns={CHECKOUT}"


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Leave no space on the disk of a folder until the block ends."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def limited(_folder: Path) -> Iterator[None]:
    """Let no file of this process grow until the block ends."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def _said(operation: Operation, desk: StaffDesk, ids: Ids) -> str:
    try:
        operation(desk, ids)
    except Refused as refusal:
        return str(refusal)
    return ""


def _main(folder: Path, full: Full) -> None:
    path = folder / "jobs.db"
    with closing(StaffDesk.open(path, Actor("anna"), create=True)) as desk:
        ids = fill(desk, insert_account(desk, "acme", ["acme.example"]))
    # Opened anew, so that there is no log any more into which a change could go.
    with closing(StaffDesk.open(path, Actor("anna"))) as desk:
        before = contents(path)
        with full(folder):
            written = {name: _said(change, desk, ids) for name, change in CHANGES.items()}
            read = {name: _said(reading, desk, ids) for name, reading in READINGS.items()}
            unchanged = contents(path) == before
        again = {}
        for name, change in WRITINGS.items():
            with undone(desk):
                again[name] = _said(change, desk, ids)
        for name in CHANGES.keys() - WRITINGS.keys():  # those hold transactions of their own
            again[name] = _said(CHANGES[name], desk, ids)
        problems = desk.database.integrity_problems()
    answer = {
        "written": written,
        "read": read,
        "unchanged": unchanged,
        "again": again,
        "problems": problems,
    }
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    _main(Path(sys.argv[1]), limited if sys.argv[2:] == ["--limit"] else filled)
