"""A panel driven by random keys beside live changes of others, for as long as one likes.

    python -m benchmarks.soak --minutes 10

Opens the staff's panel on a demo database in a terminal and types at random into it, while two
other people add jobs, tasks and notes and set statuses through desks of their own, mostly on the
account and the jobs that the panel shows. The panel must neither stop nor log a fault, nor keep
more and more memory: what it holds at the end is compared with what it held after the first fifth,
when it had shown everything that there is. `--seed` types the same keys again.
"""

import argparse
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from pathlib import Path

from models.demo import make_demo
from models.drafts import JobDraft, TaskDraft
from models.refusals import Refused
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.staff.tasks import PlannedTasks
from models.values import JobStatus
from tests.terminal import Terminal

MOST_GROWTH = 10.0
"""Percent that the panel's memory may grow by between the first fifth of the time and the end."""

ACCOUNTS = (1001, 1004, 1005, 1006)
"""Accounts that keys and changes meet on; the first is the one with jobs of every status."""

LETTERS = [*"abdefhijklmnosuvUD/?:.,-0123456789 éßü漢"]
"""What is typed into fields; outside of them most of it are commands."""

MOVES = ["\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F"]
WAYS = ["\r", "\r", "\r", "\x1b", "\x1b", "\t", "\t", "\x1b[Z"]
CONTROLS = ["\x1bOQ", "\x1bOR", "\x1b[15~", "\x1b[17~", "\x1b[18~", "\x1b[19~", "\x1b[20~"]
CONTROLS += ["\x7f", "\x15", "\x0a", "\x13", "\x14", "\x0f", "\x07", "\x12", "\x1b[3~"]
"""Neither Ctrl-Q nor the palette, which offers to leave: a panel that was left is no fault."""

MOUSE = ["\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m", "\x1b[<64;{x};{y}M", "\x1b[<65;{x};{y}M"]
PASTES = ["\x1b[200~pasted {x} text\nof two lines\x1b[201~", "\x1b[200~\x1b[31m[/]\x07\x1b[201~"]
GOALS = [
    "/1001\r",
    "/1001\r\r",
    "/acme\r",
    "/1004\rn",
    "/1001\r\rnWork\t75\t1:30\r",
    "\x1b\x1b\x1b",
]

ACCOUNTS_AT_LENGTH = 10_000
"""Accounts of a long soak: a database so large that SQLite's caches are full soon. Else they grow
with what the others add, for as long as it takes them to add several megabytes."""

PAUSE = 0.02
"""Seconds for which nothing comes from the panel, after which the next key is pressed."""

SAMPLE = 5.0
"""Seconds between two looks at the memory."""


@dataclass(frozen=True, slots=True)
class Soaked:
    """How a panel came through; memory is in MB."""

    keys: int
    changes: int
    memory_at_first: float
    memory_at_last: float
    faults: tuple[str, ...]

    @property
    def growth(self) -> float:
        """By how many percent the memory grew."""
        return 100 * (self.memory_at_last / self.memory_at_first - 1)


def soak(folder: Path, seconds: float, seed: int, accounts: int = 300) -> Soaked:
    """Type into a panel for so long; `folder` takes its database of so many accounts."""
    path = folder / "soak.db"
    make_demo(path, accounts, seed=1)
    terminal = Terminal(
        sys.executable,
        "-m",
        "tui",
        "--database",
        str(path),
        "--actor",
        "anna",
        rows=36,
        columns=120,
    )
    try:
        terminal.wait_for("acme")
        with _others(path, seed) as changes:
            typing = _type(terminal, seconds, random.Random(seed))
            changed = changes.value
        faults = _faults(path, terminal, typing.traces)
    finally:
        terminal.close()
    samples = typing.memory
    fifth = max(1, len(samples) // 5)
    return Soaked(
        typing.keys,
        changed,
        statistics.median(samples[fifth : 2 * fifth] or samples),
        statistics.median(samples[-fifth:]),
        tuple(faults),
    )


@dataclass(slots=True)
class _Typing:
    """What was typed, the panel's memory on the way, and how often a traceback was drawn."""

    keys: int = 0
    memory: list[float] = field(default_factory=list)
    traces: int = 0


def _type(terminal: Terminal, seconds: float, chance: random.Random) -> _Typing:
    """Type at random for so long, or until the panel ends."""
    typing = _Typing()
    begun = sampled = time.monotonic()
    while time.monotonic() - begun < seconds and terminal.process.isalive():
        terminal.pour(_next(chance).encode())  # reads meanwhile: the panel may be behind
        typing.keys += 1
        terminal.read_soon(PAUSE)
        typing.traces += terminal.received.count(b"Traceback")
        terminal.received = b""  # else it would be all that was ever drawn
        if time.monotonic() - sampled > SAMPLE or not typing.memory:
            sampled = time.monotonic()
            with suppress(OSError):
                typing.memory.append(_memory(terminal.process.pid))
    return typing


def _next(chance: random.Random) -> str:
    kinds: list[list[str]] = [LETTERS, MOVES, WAYS, CONTROLS, MOUSE, PASTES, GOALS]
    (kind,) = chance.choices(kinds, weights=[30, 25, 25, 8, 6, 1, 5])
    return (
        chance.choice(kind)
        .replace("{x}", str(chance.randint(1, 120)))
        .replace("{y}", str(chance.randint(1, 36)))
    )


def _memory(process: int) -> float:
    """Return the MB that a process takes (PSS)."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise OSError(f"process {process} says nothing of its memory")


def _faults(path: Path, terminal: Terminal, traces: int) -> list[str]:
    """Say what went wrong, if anything did."""
    found = []
    if not terminal.process.isalive():
        terminal.wait_for_end()
        found.append(f"the panel ended: {terminal.process.exitstatus}\n{terminal.shown}")
    log = path.with_name(path.name + ".log")
    if log.exists() and log.stat().st_size:
        found.append(log.read_text(encoding="utf-8", errors="replace"))
    if traces:
        found.append("a traceback was on the screen")
    return found


@contextmanager
def _others(path: Path, seed: int) -> Iterator["multiprocessing.sharedctypes.Synchronized[int]"]:
    """Let two other people work on the same database until the block ends."""
    context = multiprocessing.get_context("spawn")
    over, changes = context.Event(), context.Value("q", 0)
    people = [
        context.Process(target=_work, args=(str(path), login, seed + number, over, changes))
        for number, login in enumerate(("ben", "carla"))
    ]
    for person in people:
        person.start()
    try:
        yield changes
    finally:
        over.set()
        for person in people:
            person.join()


def _work(
    path: str,
    login: str,
    seed: int,
    over: Event,
    changes: "multiprocessing.sharedctypes.Synchronized[int]",
) -> None:
    """Change something now and then."""
    chance = random.Random(seed)
    with closing(StaffDesk.open(Path(path), Actor(login))) as desk:
        while not over.wait(chance.uniform(0.05, 0.6)):
            with suppress(Refused):  # closed jobs, removed tasks: as in life
                _change(desk, chance)
            with changes.get_lock():
                changes.value += 1


def _change(desk: StaffDesk, chance: random.Random) -> None:
    jobs = desk.jobs.page(chance.choice(ACCOUNTS), limit=200).rows
    open_jobs = [job for job in jobs if not job.status.is_closed]
    if len(open_jobs) < 5:
        desk.jobs.add(chance.choice(ACCOUNTS), JobDraft(f"Job {chance.random()}"))
        return
    job = chance.choice(open_jobs)
    match chance.randrange(7):
        case 0 | 1:
            done = chance.random() < 0.5
            desk.tasks.add(
                job.id, TaskDraft(f"Task {chance.random()}", rate="75", time="1", done=done)
            )
        case 2:
            desk.notes.add(job.id, "A note\nof two lines", visible_to_customer=True)
        case 3:
            desk.jobs.set_status(job.id, chance.choice(list(JobStatus)), planned=PlannedTasks.DONE)
        case 4:
            desk.jobs.edit(job.id, job.version, JobDraft(f"Renamed {chance.random()}"))
        case 5:
            tasks = desk.tasks.page(job.id).rows
            desk.tasks.set_done(chance.choice(tasks).id, True) if tasks else None
        case _:
            # As many as are added, or the lists would grow and with them what is rightly held.
            tasks = desk.tasks.page(job.id).rows
            if len(tasks) > 5:
                desk.tasks.remove(chance.choice(tasks).id)
            else:
                desk.jobs.remove(job.id)


def main() -> int:
    """Soak and print; return 1 if something went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10.0, metavar="N")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4)), metavar="N")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cj") as folder:
        soaked = soak(Path(folder), options.minutes * 60, options.seed, ACCOUNTS_AT_LENGTH)
    for name, value in (
        ("seed", options.seed),
        ("minutes", options.minutes),
        ("keys typed", f"{soaked.keys:,}"),
        ("changes of others", f"{soaked.changes:,}"),
        ("memory after the first fifth, MB", f"{soaked.memory_at_first:.1f}"),
        ("memory at the end, MB", f"{soaked.memory_at_last:.1f}"),
        ("growth, percent", f"{soaked.growth:.1f}"),
        ("growth limit, percent", MOST_GROWTH),
        ("faults", len(soaked.faults)),
    ):
        print(f"{name:<42}{value:>12}")
    for fault in soaked.faults:
        print(fault, file=sys.stderr)
    return 0 if not soaked.faults and soaked.growth <= MOST_GROWTH else 1


if __name__ == "__main__":
    sys.exit(main())
