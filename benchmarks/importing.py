"""What an import costs, and what it costs the others who write meanwhile.

    python -m benchmarks.importing --accounts 1000000

An export is imported into a fresh database, once more unchanged, again with one account in a
hundred changed; then into another fresh database while a second process writes all the time. Each
import is a process of its own. In the end the bare driver inserts the rows of the first database
into a third one with the same schema, in transactions of as many rows: what is left of an import
when all reading, checking and comparing is taken away.
"""

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from benchmarks.export_files import WRITERS
from models.drafts import JobDraft
from models.importing import read_accounts, run_import
from models.opening import open_for_staff
from models.sqlite.write_lock import WriteLock
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.conftest import insert_account

MILLION = 1_000_000
SECONDS = {"fresh": 90.0, "unchanged": 45.0}
"""That an import of a million accounts may take; of fewer ones, their share and a second."""

MEMORY = 200.0
"""MiB."""

LONGEST_WAIT = 0.5
"""Seconds that another session may wait for a write."""

PAUSE = 0.005
"""Seconds between two writes of the other session: it is at it nearly all the time."""

BARE_ROWS = 1500

FORKED = multiprocessing.get_context("fork")
"""The program is loaded once. Nothing is open and no thread runs when the processes start."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What an import cost: seconds of the clock and of computing, MiB, and the longest lock."""

    added: int
    changed: int
    unchanged: int
    seconds: float
    computed: float
    peak: float
    longest_lock: float


class TimedLock(WriteLock):
    """Knows how long it was held at most."""

    longest = 0.0
    _since = 0.0

    def acquire(self) -> None:
        """Take the lock and note when."""
        super().acquire()
        self._since = time.monotonic()

    def release(self) -> None:
        """Give the lock back and note how long it was held."""
        if self.held:
            self.longest = max(self.longest, time.monotonic() - self._since)
        super().release()


def main() -> int:
    """Measure and print; return 1 if a limit is broken."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="cj", dir=options.folder) as folder:
        figures, broken = _measure(Path(folder), options.source, options.accounts)
    if options.json:
        print(json.dumps(figures | {"broken": broken}, indent=2))
    else:
        for name, value in figures.items():
            print(f"{name:<44}{value:>14}")
        print(*broken or ["All limits are kept."], sep="\n")
    return 1 if broken else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--accounts", type=int, default=100_000, metavar="N")
    parser.add_argument("--source", choices=sorted(WRITERS), default="csv")
    parser.add_argument(
        "--folder", default="/var/tmp", help="where the database is made; not in memory"
    )
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _measure(folder: Path, source: str, accounts: int) -> tuple[dict[str, str], list[str]]:
    export, changed = folder / "export", folder / "changed"
    WRITERS[source](export, accounts)
    WRITERS[source](changed, accounts, 100)
    path, other = folder / "jobs.db", folder / "other.db"
    costs = {
        "fresh": _in_process(path, source, export),
        "unchanged": _in_process(path, source, export),
        "one in a hundred changed": _in_process(path, source, changed),
    }
    with _writer(other) as waits:
        costs["fresh, beside a writer"] = _in_process(other, source, export)
        worst, writes = waits()
    bare = _bare(path, folder / "bare.db")
    figures: dict[str, str] = {}
    for name, cost in costs.items():
        figures |= {
            f"{name}: seconds": f"{cost.seconds:.1f}",
            f"{name}: accounts a second": f"{accounts / cost.seconds:,.0f}",
            f"{name}: of computing, s": f"{cost.computed:.1f}",
            f"{name}: memory at most, MiB": f"{cost.peak:.0f}",
            f"{name}: longest lock, ms": f"{cost.longest_lock * 1000:.0f}",
            f"{name}: added, changed, unchanged": f"{cost.added}, {cost.changed}, {cost.unchanged}",
        }
    figures |= {
        "writes of the other session": f"{writes:,}",
        "its worst wait, ms": f"{worst * 1000:.0f}",
        "the bare driver, s": f"{bare:.1f}",
    }
    return figures, _broken(costs, worst, accounts)


def _broken(costs: dict[str, Cost], worst: float, accounts: int) -> list[str]:
    broken = [f"A write of another session took {worst:.2f} s."] if worst > LONGEST_WAIT else []
    for name, cost in costs.items():
        if cost.added + cost.changed + cost.unchanged != accounts:
            broken.append(f"{name}: accounts are missing.")
        if cost.peak > MEMORY:
            broken.append(f"{name}: {cost.peak:.0f} MiB of memory.")
        allowed = SECONDS.get(name, float("inf")) * accounts / MILLION + 1
        if cost.seconds > allowed:
            broken.append(f"{name}: {cost.seconds:.1f} s, and {allowed:.1f} s are allowed.")
    return broken


def _in_process(path: Path, source: str, export: Path) -> Cost:
    receiver, sender = FORKED.Pipe(duplex=False)
    process = FORKED.Process(target=_import, args=(path, source, export, sender))
    process.start()
    sender.close()
    cost: Cost = receiver.recv()
    process.join()
    return cost


def _import(path: Path, source: str, export: Path, sender: Connection) -> None:
    began = time.monotonic()
    with closing(StaffDesk.open(path, Actor("anna"), create=True)) as desk:
        desk.database.write_lock = lock = TimedLock(Path(f"{path}.lock"), 10.0, like=path)
        with export.open("rb") as file, read_accounts(source, file, "export") as accounts:
            report = run_import(desk, source, accounts)
    seconds = time.monotonic() - began
    counts = report.added, report.changed, report.unchanged
    computed = sum(os.times()[:2])
    sender.send(Cost(*counts, seconds, computed, _peak(), lock.longest))


def _peak() -> float:
    """Return the most memory that this process had, in MiB (proc(5), VmHWM)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


@contextmanager
def _writer(path: Path) -> Iterator[Any]:
    """Let another session write within the block; yields what tells its worst wait and count."""
    with closing(StaffDesk.open(path, Actor("bob"), create=True)) as desk:
        account = insert_account(desk, "busy")
    receiver, sender = FORKED.Pipe(duplex=False)
    enough = FORKED.Event()
    process = FORKED.Process(target=_write, args=(path, account, enough, sender))
    process.start()
    sender.close()

    def waits() -> tuple[float, int]:
        enough.set()
        answer: tuple[float, int] = receiver.recv()
        return answer

    yield waits
    process.join()


def _write(path: Path, account: int, enough: Event, sender: Connection) -> None:
    worst, writes = 0.0, 0
    with closing(StaffDesk.open(path, Actor("bob"))) as desk:
        while not enough.wait(PAUSE):
            began = time.monotonic()
            desk.jobs.add(account, JobDraft(f"Job {writes}"))
            worst = max(worst, time.monotonic() - began)
            writes += 1
    sender.send((worst, writes))


def _bare(source: Path, path: Path) -> float:
    """Return how long the driver takes to insert the rows of a database into a fresh one."""
    open_for_staff(path, create=True).close()
    with closing(open_for_staff(source)) as read, closing(open_for_staff(path)) as written:
        tables = {
            "account": "id BETWEEN ? AND ?",
            "domain": "account_id BETWEEN ? AND ?",
        }
        ((first, last),) = read.execute_sql("SELECT min(id), max(id) FROM account")
        driver = written.connection()
        spent = 0.0
        driver.execute("PRAGMA foreign_keys = 0")
        for number in range(first, last + 1, BARE_ROWS):
            bounds = (number, number + BARE_ROWS - 1)
            rows = {
                table: list(read.execute_sql(f"SELECT * FROM {table} WHERE {condition}", bounds))
                for table, condition in tables.items()
            }
            began = time.monotonic()
            driver.execute("BEGIN IMMEDIATE")
            for table, values in rows.items():
                marks = ", ".join("?" * len(values[0])) if values else ""
                driver.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
            driver.execute("COMMIT")
            spent += time.monotonic() - began
    return spent


if __name__ == "__main__":
    sys.exit(main())
