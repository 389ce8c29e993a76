"""Workers to be killed: forked from a process that has the program loaded, in milliseconds each.

That process has one thread and no database open, so that what is forked from it is sound; and it
ends, with all that it forked, when whoever uses it ends in whatever way.
"""

import json
import os
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple, NoReturn

KILLED = -signal.SIGKILL
CHECKOUT = Path(__file__).resolve().parents[2]
WORKERS = "tests.durability.workers"
PATIENCE = 60
"""Seconds after which an answer will not come any more."""

Tell = Callable[[object], None]


class Said(NamedTuple):
    """What a worker acknowledged."""

    worker: int
    what: Any


class Nursery:
    """The process that forks the workers, each a function of `tests.durability.workers`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self._line = self._process.stdout.fileno()
        self._half = b""
        self._said: list[Said] = []
        self._answer()

    def start(self, work: str, *arguments: object) -> int:
        """Let a worker begin, and return its number."""
        return int(self._ask("start", work, *map(str, arguments)))

    def kill(self, *workers: int) -> set[int]:
        """Kill workers and wait until they are gone; return how they ended, like `wait`."""
        return set(self._ask("kill", *workers))

    def wait(self, worker: int) -> int:
        """Wait until a worker ends; return its exit code, or the signal that ended it, below 0."""
        return int(self._ask("wait", worker)[0])

    def hear(self, number: int = 0, seconds: float = 0) -> list[Said]:
        """Listen until so much was said and for some seconds more; return all of it.

        What was returned once is not returned again.
        """
        while len(self._said) < number:
            self._read_soon()
        end = monotonic() + seconds
        while select.select([self._line], [], [], max(0, end - monotonic()))[0]:
            self._read()
        said, self._said = self._said, []
        return said

    def close(self) -> None:
        """End it and all its workers."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for end in (self._process.stdin, self._process.stdout):
            assert end is not None
            end.close()

    def _ask(self, *words: object) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words).encode() + b"\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        """Read until the nursery itself answers; what workers say meanwhile is kept."""
        while True:
            own = [said for said in self._said if said.worker == self._process.pid]
            if own:
                self._said.remove(own[0])
                return own[0].what
            self._read_soon()

    def _read_soon(self) -> None:
        assert select.select([self._line], [], [], PATIENCE)[0], "nobody says anything"
        self._read()

    def _read(self) -> None:
        chunk = os.read(self._line, 65536)
        assert chunk, "the nursery has ended"
        *lines, self._half = (self._half + chunk).split(b"\n")
        self._said += [Said(*json.loads(line)) for line in lines]


@contextmanager
def nursery() -> Iterator[Nursery]:
    """Hold a nursery until the block ends."""
    opened = Nursery()
    try:
        yield opened
    finally:
        opened.close()


def _main() -> NoReturn:
    workers = import_module(WORKERS)
    _tell(os.getpid())
    for line in sys.stdin.buffer:
        match json.loads(line):
            case ["start", work, *arguments]:
                _tell(_fork(getattr(workers, work), arguments))
            case ["kill", *pids]:
                for pid in pids:
                    os.kill(pid, signal.SIGKILL)
                _tell([_exit_code(pid) for pid in pids])
            case ["wait", pid]:
                _tell([_exit_code(pid)])
    os.killpg(0, signal.SIGKILL)
    raise AssertionError


def _fork(work: Callable[..., None], arguments: list[str]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        work(_tell, *arguments)
        os._exit(0)
    finally:
        # Whatever it was: a worker never goes on as if it were the nursery.
        traceback.print_exc()
        os._exit(1)


def _exit_code(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _tell(what: object) -> None:
    """Say something in one piece: a pipe takes so little whole or not at all (PIPE_BUF)."""
    said = json.dumps([os.getpid(), what]).encode() + b"\n"
    assert len(said) <= select.PIPE_BUF
    os.write(1, said)


if __name__ == "__main__":
    _main()
