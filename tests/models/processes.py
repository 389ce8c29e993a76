"""Other sessions in tests: real processes on the same database."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]

_SESSION = """
import sys
from pathlib import Path
from models.opening import open_for_staff

database = open_for_staff(Path(sys.argv[1]))
print("ready", flush=True)
for line in sys.stdin:
    match line.split():
        case ["hold"]:
            database.begin()
            database.execute_sql("INSERT INTO staff (login) VALUES ('held')")
        case ["commit"]:
            database.commit()
        case ["write", count]:
            for number in range(int(count)):
                with database.atomic():
                    name = f"{sys.argv[2]}-{number}"
                    database.execute_sql("INSERT INTO staff (login) VALUES (?)", (name,))
                    ((value,),) = database.execute_sql("SELECT max(balance_minor) FROM account")
                    database.execute_sql("UPDATE account SET balance_minor = ?", (value + 1,))
    print("done", flush=True)
database.close()
"""


class Session:
    """A process that has the database open and does what it is told."""

    def __init__(self, path: Path, name: str = "session") -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SESSION, str(path), name],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer("ready")

    def tell(self, order: str) -> None:
        """Give an order without waiting for its end."""
        assert self._process.stdin is not None
        print(order, file=self._process.stdin, flush=True)

    def wait(self) -> None:
        """Wait until an order was carried out."""
        self._answer("done")

    def do(self, order: str) -> None:
        """Give an order and wait until it was carried out."""
        self.tell(order)
        self.wait()

    def stop(self) -> None:
        """Let the process stand still, as Ctrl-Z or a sleeping laptop does."""
        os.kill(self._process.pid, signal.SIGSTOP)
        _, status = os.waitpid(self._process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)

    def go_on(self) -> None:
        """Let a process that stands still go on."""
        os.kill(self._process.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End the process without giving it a chance to clean up."""
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        """Let the process close the database and end, or kill it where it cannot."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process.stdout.close()

    def _answer(self, expected: str) -> None:
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == expected + "\n"


@contextmanager
def session(path: Path, name: str = "session") -> Iterator[Session]:
    """Hold another session until the block ends."""
    other = Session(path, name)
    try:
        yield other
    finally:
        other.end()


def python(code: str, *arguments: object, checkout: Path = CHECKOUT) -> str:
    """Run code of a checkout in a process of its own and return what it printed."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    finished = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout
