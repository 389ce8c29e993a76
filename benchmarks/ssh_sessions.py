"""What customers' sessions over a real sshd cost: memory, computing, and the way of a change.

    python -m benchmarks.ssh_sessions --sessions 100 --seconds 30

Opens many sessions at once, each by ssh in a terminal of its own, lets them be quiet while they
look for changes, and compares them with idle programs of Textual that do nothing at all, in the
same minutes. Then staff change the status of a job, which everybody has on the screen: with one
session it is the way of a change to a customer, with many it is how long the machine draws for all
of them. The limits are meant for a hundred sessions, which share most of their memory.
"""

import argparse
import json
import os
import select
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pexpect

from models.drafts import JobDraft, TaskDraft
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.values import JobStatus
from tests.conftest import insert_account
from tests.ssh.server import PATIENCE, Client, Server, make_key, processor_time
from tests.terminal import OF_THIS_TERMINAL, Terminal

MOST_MEMORY = 35.0
"""MB of memory that a session may take (PSS: shared pages are divided among those who share)."""

MOST_COMPUTING = 0.15
"""Percent of a core that a quiet session may compute above an idle program of Textual."""

LONGEST_WAY = 1.0
"""Seconds that it may take from a key of the staff to the screen of one customer."""

CHANGES = [("2", "In progress"), ("3", "On hold")] * 5
"""The keys by which staff set a status, and how it is called."""

UP = 600
"""Seconds in which all sessions must be open."""

IDLE = """
from textual.app import App
from textual.widgets import Static

class Idle(App):
    def compose(self):
        yield Static("idle")

Idle().run()
"""


def main() -> int:
    """Measure and print; return 1 if something took more than it may."""
    options = _options()
    load = os.getloadavg()[0]
    with (
        tempfile.TemporaryDirectory(prefix="cj") as folder,
        Server(Path(folder).resolve()) as server,
    ):
        figures = {"load_before": round(load, 1), **_measure(server, options)}
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, value in figures.items():
            print(f"{name.replace('_', ' '):<42}{value:>12}")
    return 0 if figures["within_limits"] == "yes" else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sessions", type=int, default=100, metavar="N")
    parser.add_argument("--seconds", type=int, default=30, metavar="N", help="how long to be quiet")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _measure(server: Server, options: argparse.Namespace) -> dict[str, Any]:
    clients = _customers(server, options.sessions)
    from_the_key = _ways_from_a_key(server, clients[0])
    environment = {name: it for name, it in os.environ.items() if name not in OF_THIS_TERMINAL}
    environment["TERM"] = "xterm-256color"
    commands = [client.command() for client in clients]
    idle = [[sys.executable, "-c", IDLE]] * max(1, options.sessions // 10)
    begun = time.monotonic()
    with _screens(commands, environment) as screens, _screens(idle, environment) as programs:
        _until_all_show(screens, b"Site redesign", UP)
        _until_all_show(programs, b"idle", UP)
        up = time.monotonic() - begun
        sessions = server.sessions("customer")
        assert len(sessions) == options.sessions, f"{len(sessions)} sessions are open"
        bare = [screen.pid for screen in programs]
        computed = _computing([sessions, bare], options.seconds, [*screens, *programs])
        memory = [_shared_memory(session) for session in sessions]
        bare_memory = [_shared_memory(program) for program in bare]
        ways = _ways_of_a_change(server, screens)
    server.wait_for_no_sessions()
    above = computed[0] - computed[1]
    good = (
        max(memory) <= MOST_MEMORY and above <= MOST_COMPUTING and max(from_the_key) <= LONGEST_WAY
    )
    return {
        "sessions": options.sessions,
        "seconds_until_all_are_up": round(up, 1),
        "memory_of_a_session_median_MB": round(statistics.median(memory), 1),
        "memory_of_a_session_most_MB": round(max(memory), 1),
        "memory_of_a_session_limit_MB": MOST_MEMORY,
        "memory_of_an_idle_program_median_MB": round(statistics.median(bare_memory), 1),
        "computing_of_a_session_percent": round(computed[0], 3),
        "computing_of_an_idle_program_percent": round(computed[1], 3),
        "computing_above_percent": round(above, 3),
        "computing_above_limit_percent": MOST_COMPUTING,
        "key_of_staff_to_screen_of_customer_median_seconds": round(
            statistics.median(from_the_key), 3
        ),
        "key_of_staff_to_screen_of_customer_slowest_seconds": round(max(from_the_key), 3),
        "change_to_all_screens_median_seconds": round(statistics.median(ways), 3),
        "change_to_all_screens_slowest_seconds": round(max(ways), 3),
        "left_behind": len(server.left()),
        "within_limits": "yes" if good else "no",
    }


def _customers(server: Server, count: int) -> list[Client]:
    """Return customers with a key each, for one account with one job."""
    with closing(StaffDesk.open(server.database, Actor("ben"), create=True)) as desk:
        account = insert_account(desk, "acme", ["acme.example"])
        task = TaskDraft("Wireframes", rate="75", time="2:30")
        desk.jobs.add(account, JobDraft("Site redesign"), task)

    def grant(number: int) -> Client:
        key = make_key(server.folder / f"key{number}")
        server.customjobs("access", "add", "customer", str(account), key.with_suffix(".pub"))
        return Client(server, key)

    with ThreadPoolExecutor(os.cpu_count()) as several:
        return list(several.map(grant, range(count)))


def _ways_from_a_key(server: Server, customer: Client) -> list[float]:
    """Return how long it takes from a key that staff press to the screen of one customer."""
    key = make_key(server.folder / "anna")
    server.customjobs("access", "add", "staff", "anna", key.with_suffix(".pub"))
    staff, seen = Client(server, key).terminal(), customer.terminal()
    try:
        seen.wait_for("Site redesign")
        staff.wait_for("acme.example")
        staff.send("1001\r")
        staff.wait_for("Site redesign")
        return [_way(staff, seen, *change) for change in CHANGES]
    finally:
        staff.close()
        seen.close()
        server.wait_for_no_sessions()


def _way(staff: Terminal, seen: Terminal, key: str, status: str) -> float:
    staff.send("s")
    staff.wait_for("Status of #1")
    pressed = time.monotonic()
    staff.send(key)
    seen.wait_for(status)
    taken = time.monotonic() - pressed
    staff.wait_for(status, without="Status of #1")
    return taken


@contextmanager
def _screens(
    commands: Sequence[Sequence[str]], environment: dict[str, str]
) -> Iterator[list[pexpect.spawn]]:
    """Start the commands, each in a terminal of its own."""
    started: list[pexpect.spawn] = []
    try:
        for words in commands:
            started.append(
                pexpect.spawn(words[0], list(words[1:]), env=environment, dimensions=(24, 80))
            )
        yield started
    finally:
        for screen in started:
            screen.close(force=True)


def _until_all_show(
    screens: Sequence[pexpect.spawn], words: bytes, patience: float = PATIENCE
) -> list[float]:
    """Read until each has sent these words; return the moments at which they came."""
    waiting = {screen.child_fd: b"" for screen in screens}
    moments = []
    deadline = time.monotonic() + patience
    while waiting:
        readable, _, _ = select.select(list(waiting), [], [], max(0, deadline - time.monotonic()))
        assert readable, f"{len(waiting)} of {len(screens)} screens do not show {words.decode()}"
        for line in readable:
            waiting[line] = (waiting[line] + os.read(line, 65536))[-20_000:]
            if words in waiting[line]:
                moments.append(time.monotonic())
                del waiting[line]
    return moments


def _computing(
    groups: Sequence[Sequence[int]], seconds: int, screens: Sequence[pexpect.spawn]
) -> list[float]:
    """Return for each group of processes the percent of a core that one of them computes."""
    _rest(screens, 5)  # what is still to be drawn
    before = [sum(map(processor_time, group)) for group in groups]
    begun = time.monotonic()
    _rest(screens, seconds)
    passed = time.monotonic() - begun
    return [
        100 * (sum(map(processor_time, group)) - earlier) / passed / len(group)
        for group, earlier in zip(groups, before, strict=True)
    ]


def _rest(screens: Sequence[pexpect.spawn], seconds: float) -> None:
    """Let time pass, reading what comes, as terminals do."""
    lines = [screen.child_fd for screen in screens]
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        for line in select.select(lines, [], [], left)[0]:
            os.read(line, 65536)


def _ways_of_a_change(server: Server, screens: Sequence[pexpect.spawn]) -> list[float]:
    """Return how long it takes to each screen from the moment when a change was committed."""
    with closing(StaffDesk.open(server.database, Actor("ben"))) as desk:
        desk.jobs.set_status(1, JobStatus.FINISHED)
        changed = time.monotonic()
    return [moment - changed for moment in _until_all_show(screens, b"Finished")]


def _shared_memory(process: int) -> float:
    """Return the memory of a process in MB, with its part of what it shares (PSS of proc(5))."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().split("\n"):
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1_000_000
    raise AssertionError(f"{process} is gone")


if __name__ == "__main__":
    sys.exit(main())
