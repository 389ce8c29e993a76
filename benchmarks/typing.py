"""How long a key in the search field takes until its last byte is on the screen, and the memory.

    python -m benchmarks.typing --accounts 1000000

Opens the staff's panel on a made-up company in a terminal and types into Search as a person does:
letter by letter, with pauses, deleting, several words, filters. Measured is the time from a key to
the last byte that it makes the program write, how long the program computes, and how many bytes
that are; the count that follows when the typing pauses is not waited for. The same is done with a
program of stock widgets in the same run, key by key in turn with the panel. Then the panel's memory
is compared with that of a panel on a small company after the same typing.

`--database` measures on a file that `benchmarks.company` made; it is not changed, but files come
to lie beside it. `--reference` is another program to type into.
"""

import argparse
import os
import pty
import random
import select
import shlex
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from fcntl import ioctl
from pathlib import Path
from typing import NamedTuple

import pyte

from benchmarks.company import make_company

ROOT = Path(__file__).parents[1]
ROWS, COLUMNS = 36, 120
SILENCE = 0.12
"""Seconds without a byte after which a key has had its effect."""

PAUSES = (0.02, 0.18)
"""Seconds that a typist waits besides, at least and at most."""

START = 120.0
"""Seconds that a program may take until it can be typed into."""

AT_MOST = 20.0
"""Milliseconds that a key may take, at the 95th of 100."""

AT_MOST_MEMORY = 1.15
"""How much more memory than on the small company a panel may have."""

SMALL = 1000
"""Accounts of the small company."""

PHRASES = (
    "acme",
    "hop",
    "smith",
    "müller",
    "1001",
    "web shop",
    "anna garden ltd",
    "example",
    "xyzzy",
    "status:suspended an",
    "plan:pro o",
)
DELETE = b"\x7f"


@dataclass
class Timings:
    """What the keys of one kind took."""

    milliseconds: list[float] = field(default_factory=list)
    computing: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def add(self, pressed: "Pressed") -> None:
        """Take note of a key."""
        self.milliseconds.append(pressed.seconds * 1000)
        self.computing.append(pressed.computing * 1000)
        self.sizes.append(pressed.size)

    def at(self, percent: int) -> float:
        """Return the milliseconds that so many percent of the keys stayed within."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]

    def line(self, name: str) -> str:
        """Return a line of the table."""
        return (
            f"{name:<28} {len(self.milliseconds):>5}  {self.at(50):>6.1f} {self.at(95):>6.1f} "
            f"{self.at(100):>6.1f}  {statistics.mean(self.computing):>9.1f} "
            f"{statistics.mean(self.sizes):>7.0f}"
        )


class Pressed(NamedTuple):
    """What a key caused: seconds until the last byte, seconds of computing, bytes."""

    seconds: float
    computing: float
    size: int


class Program:
    """A program in a pseudo-terminal, whose bytes are stamped as they come."""

    def __init__(self, command: Sequence[str], shows: str) -> None:
        """Start it and wait until its screen shows some words."""
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        self.pid, self._line = pty.fork()
        if self.pid == 0:
            self._become(command)
        ioctl(self._line, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        end = time.monotonic() + START
        while shows not in self.screen:
            if time.monotonic() > end:
                raise SystemExit(f"{shlex.join(command)} does not show {shows!r}:\n{self.screen}")
            self._feed(self._burst(SILENCE)[1])

    def _become(self, command: Sequence[str]) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        environment = {**kept, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
        try:
            os.execvpe(command[0], list(command), environment)
        finally:
            os._exit(127)

    @property
    def screen(self) -> str:
        """What is on the screen."""
        return "\n".join(self._screen.display)

    def press(self, key: bytes) -> Pressed:
        """Press a key and wait until it has had its effect."""
        self._feed(self._burst(0)[1])
        computed = self._computed()
        start = time.perf_counter()
        os.write(self._line, key)
        if not select.select([self._line], [], [], START)[0]:
            raise SystemExit(f"Nothing comes of {key!r}:\n{self.screen}")
        last, data = self._burst(SILENCE)
        self._feed(data)
        return Pressed(last - start, self._computed() - computed, len(data))

    def settle(self, seconds: float) -> None:
        """Let it do what it does without a key."""
        self._feed(self._burst(seconds)[1])

    def _computed(self) -> float:
        """Return the seconds that all its threads have computed."""
        threads = Path(f"/proc/{self.pid}/task").iterdir()
        return sum(int((one / "schedstat").read_text().split()[0]) for one in threads) / 1e9

    def memory(self) -> int:
        """Return the memory in KiB, that which is shared with other programs divided among them."""
        rollup = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        return next(int(line.split()[1]) for line in rollup.splitlines() if line[:4] == "Pss:")

    def close(self) -> None:
        """Close its terminal, and wait for its end."""
        os.close(self._line)
        os.waitpid(self.pid, 0)

    def _burst(self, silence: float) -> tuple[float, bytes]:
        """Read until nothing came for some seconds; return when the last byte came, and all."""
        last, data = 0.0, b""
        while select.select([self._line], [], [], silence)[0]:
            try:
                chunk = os.read(self._line, 65536)
            except OSError:
                chunk = b""
            if not chunk:
                raise SystemExit(f"The program ended:\n{self.screen}")
            last, data = time.perf_counter(), data + chunk
        return last, data

    def _feed(self, data: bytes) -> None:
        self._stream.feed(data.replace(b"\x1b[<u", b""))


def keys(rounds: int, chance: random.Random) -> Iterator[tuple[str, bytes, str]]:
    """Yield keys with what kind of key each is, and what the field holds after it."""
    for _ in range(rounds):
        for phrase in chance.sample(PHRASES, len(PHRASES)):
            kind = "a filter" if ":" in phrase else "words" if " " in phrase else "a word"
            for end in range(1, len(phrase) + 1):
                yield kind, phrase[end - 1].encode(), phrase[:end]
            for end in range(len(phrase) - 1, -1, -1):
                yield "deleting", DELETE, phrase[:end]


def type_into(programs: dict[str, Program], rounds: int, seed: int) -> dict[str, Timings]:
    """Type the same into all programs, key by key; return what keys of each kind took in each."""
    chance = random.Random(seed)
    timings: dict[str, Timings] = {}
    for kind, key, text in keys(rounds, chance):
        time.sleep(chance.uniform(*PAUSES))  # a person types: no key waits behind another
        for name, program in programs.items():
            pressed = program.press(key)
            if text not in program.screen:
                raise SystemExit(f"{name} does not show {text!r}:\n{program.screen}")
            for group in (kind, "all keys"):
                timings.setdefault(f"{name}, {group}", Timings()).add(pressed)
    return timings


def panel(database: Path) -> Program:
    """Open the staff's panel on a database."""
    command = [sys.executable, "-m", "tui", "--database", str(database), "--actor", "benchmark"]
    return Program([*command, "staff"], " of ")


def measure(large: Path, small: Path, reference: str, rounds: int, seed: int) -> bool:
    """Measure, print all figures, and return whether they are what they should be."""
    with closing(panel(large)) as searching, closing(Program(shlex.split(reference), "")) as other:
        searching.settle(1)
        timings = type_into({"panel": searching, "reference": other}, rounds, seed)
        memory = searching.memory()
    print(f"{'ms':<28} {'keys':>5}  {'p50':>6} {'p95':>6} {'worst':>6}  computing   bytes")
    for name in sorted(timings):
        print(timings[name].line(name))
    with closing(panel(small)) as searching:
        searching.settle(1)
        type_into({"panel": searching}, rounds, seed)
        memory_of_small = searching.memory()
    ratio = memory / memory_of_small
    both = f"{memory / 1024:.1f} MiB, of the small one {memory_of_small / 1024:.1f} MiB"
    print(f"memory {both}: {ratio:.2f} times")
    slow = timings["panel, all keys"].at(95)
    return slow <= AT_MOST and ratio <= AT_MOST_MEMORY


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(description="Measures typing in Search.")
    parser.add_argument("--database", type=Path, help="a file of benchmarks.company")
    parser.add_argument("--small", type=Path, help="another one, of 1,000 accounts")
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--reference",
        default=shlex.join([sys.executable, "-m", "benchmarks.stock_form"]),
        help="the program to compare with, which begins with a field for text",
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="customjobs-typing-") as folder:
        large, small = options.database, options.small
        if large is None:
            large = Path(folder) / "large.db"
            make_company(large, options.accounts)
        if small is None:
            small = Path(folder) / "small.db"
            make_company(small, SMALL)
        is_well = measure(large, small, options.reference, options.rounds, options.seed)
    if not is_well:
        print(f"More than {AT_MOST:g} ms or {AT_MOST_MEMORY} times the memory.")
        sys.exit(1)


if __name__ == "__main__":
    main()
