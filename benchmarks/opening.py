"""How long it takes from Enter to the first rows of a long list, in a terminal.

    python -m benchmarks.opening --times 30

An account with 1,000 jobs and a job with 1,000 tasks are opened again and again, other accounts in
between. Beside it, in the same minutes, a small program of Textual alone does as much with rows
that it has in memory: it puts a list over two fields in place of another pane.

First rows: the last byte of those after which the list shows the rows that it shows in the end;
computing: the program's own until then, on all its threads. Quiet: the last byte of all, what
follows the rows included.
"""

import argparse
import json
import os
import random
import re
import select
import shlex
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from benchmarks.company import OF_MANY_JOBS, OF_MANY_TASKS, make_company
from tests.terminal import Terminal

LIMIT_MS = 30.0
"""Until the first rows of what was opened."""

ROWS, COLUMNS = 36, 120
QUIET = 0.3
"""Seconds without a byte after which nothing more is expected."""

JOB_ROW = re.compile(r"[ ▸]#\d+ .*")
TASK_ROW = re.compile(r"[ ▸]\d+ .* \d+:\d\d .*")
FLOOR_ROW = re.compile(r"row \d+ .*")
ANY_ROW = re.compile(r".*\S.*")

SWAP = """
from rich.segment import Segment
from textual.app import App
from textual.containers import Vertical
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Input, Static

class Rows(ScrollView, can_focus=True):
    DEFAULT_CSS = "Rows { height: 1fr; }"
    def __init__(self, first):
        super().__init__()
        self.first = first
        self.virtual_size = Size(0, 1000)
    def render_line(self, y):
        text = f"row {self.first + y} of a list"
        return Strip([Segment(text.ljust(self.size.width), self.rich_style)], self.size.width)

class Swap(App):
    turn = 0
    def compose(self):
        yield self.pane()
    def on_mount(self):
        self.query_one(Rows).focus()
    def pane(self):
        self.turn += 1
        fields = Input("Text"), Input("Note")
        for field in fields:
            field.cursor_blink = False
        return Vertical(Rows(self.turn * 1000), Static("Totals"), *fields)
    async def on_key(self, event):
        if event.key == "enter":
            with self.batch_update():
                await self.screen.query(Vertical).remove()
                await self.mount(self.pane())
            self.query_one(Rows).focus()

Swap().run()
"""


@dataclass
class Opening:
    """The times of one kind of opening, in milliseconds."""

    rows: list[float] = field(default_factory=list)
    computed: list[float] = field(default_factory=list)
    quiet: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """Return what is reported of it."""
        return {
            "median_ms": round(statistics.median(self.rows), 1),
            "p95_ms": round(_p95(self.rows), 1),
            "computing_median_ms": round(statistics.median(self.computed), 1),
            "quiet_median_ms": round(statistics.median(self.quiet), 1),
        }


class _Chunk(NamedTuple):
    """What came at once: seconds since the key, those of them that were computed, the bytes."""

    moment: float
    computed: float
    data: bytes


def main() -> int:
    """Measure and print; return 1 if the rows took longer than they may."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="cj") as folder:
        database = options.database
        if database is None:
            database = Path(folder) / "company.db"
            make_company(database, options.accounts)
        figures = _measure(database, options)
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, one in figures.items():
            print(f"{name:<28}" + "   ".join(f"{what} {value}" for what, value in one.items()))
    opened = (figures["account with 1,000 jobs"], figures["job with 1,000 tasks"])
    return 0 if all(one["median_ms"] <= LIMIT_MS for one in opened) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=30, metavar="N")
    parser.add_argument("--accounts", type=int, default=1000, metavar="N")
    parser.add_argument("--database", type=Path, help="a made-up company that is there already")
    parser.add_argument(
        "--beside", metavar="COMMAND", help="another program, whose down key is measured, too"
    )
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _measure(database: Path, options: argparse.Namespace) -> dict[str, dict[str, float]]:
    chance = random.Random(1)
    account, job, swap, beside = Opening(), Opening(), Opening(), Opening()
    panel = [sys.executable, "-m", "tui", "--database", str(database), "--actor", "anna"]
    with _running(panel) as staff, _running([sys.executable, "-c", SWAP]) as floor:
        staff.wait_for("1001")
        floor.wait_for("row 1000")
        staff.send(f"{OF_MANY_TASKS}\r")  # from here on, / leads to Search
        staff.wait_for("Add Job")
        staff.read_soon(1)
        for _ in range(options.times):
            for opening, number, row in (
                (account, OF_MANY_JOBS, JOB_ROW),
                (Opening(), OF_MANY_TASKS, JOB_ROW),
            ):
                _type(staff, f"/{number}")
                _press(staff, "\r", row, opening, chance)
            _press(staff, "\r", TASK_ROW, job, chance)
            _press(floor, "\r", FLOOR_ROW, swap, chance)
    figures = {
        "account with 1,000 jobs": account.figures(),
        "job with 1,000 tasks": job.figures(),
        "Textual alone, a pane": swap.figures(),
    }
    if options.beside:
        with _running(shlex.split(options.beside)) as other:
            _type(other, "\t")
            for _ in range(options.times):
                _press(other, "\x1b[B", ANY_ROW, beside, chance)
        figures["the other program, a key"] = beside.figures()
    return figures


@contextmanager
def _running(command: Sequence[str]) -> Iterator[Terminal]:
    terminal = Terminal(*command, rows=ROWS, columns=COLUMNS)
    try:
        terminal.read_soon(2)
        yield terminal
    finally:
        terminal.close()


def _type(terminal: Terminal, keys: str) -> None:
    terminal.send(keys)
    terminal.read_soon(QUIET)


def _press(
    terminal: Terminal, key: str, row: re.Pattern[str], opening: Opening, chance: random.Random
) -> None:
    """Press a key at a random moment, and note when the rows came and when all was quiet."""
    time.sleep(chance.uniform(0, 0.05))  # at any phase of the program's own ticks
    chunks = _answer(terminal, key.encode())
    seen = []
    for chunk in chunks:
        terminal.feed(chunk.data)
        seen.append((chunk, _rows(terminal, row)))
    last = seen[-1][1]
    assert last, f"no rows came:\n{terminal.shown}"
    first = next(chunk for chunk, rows in seen if rows == last)
    opening.rows.append(first.moment * 1000)
    opening.computed.append(first.computed * 1000)
    opening.quiet.append(chunks[-1].moment * 1000)


def _rows(terminal: Terminal, row: re.Pattern[str]) -> list[str]:
    """Return the rows of the list that are on the screen."""
    return [found[0] for line in terminal.screen.display if (found := row.search(line))]


def _answer(terminal: Terminal, key: bytes) -> list[_Chunk]:
    """Write a key; return what comes until it is quiet."""
    chunks: list[_Chunk] = []
    line, before = terminal.process.child_fd, _computed(terminal)
    os.write(line, key)
    pressed = time.perf_counter()
    while select.select([line], [], [], QUIET if chunks else 5)[0]:
        data = os.read(line, 65536)
        moment = time.perf_counter() - pressed
        chunks.append(_Chunk(moment, _computed(terminal) - before, data))
    assert chunks, "nothing came"
    return chunks


def _computed(terminal: Terminal) -> float:
    """Return the seconds that the program in a terminal has computed; 0 where nobody tells."""
    threads = Path(f"/proc/{terminal.process.pid}/task").glob("*/schedstat")
    return sum(int(it.read_text().split()[0]) for it in threads) / 1e9


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[round(0.95 * (len(values) - 1))]


if __name__ == "__main__":
    sys.exit(main())
