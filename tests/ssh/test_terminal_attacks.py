"""Somebody with a key does to the terminal, or to the line, whatever a client can do."""

import itertools
import os
import re
import shlex
import signal

import pytest

from tests.ssh.conftest import Company
from tests.ssh.server import (
    Client,
    Server,
    peak_memory,
    processor_time,
    state,
    wait_until,
)
from tests.terminal import Terminal

MOST_MEMORY = 120 * 1024 * 1024

ESCAPE_DELAY = 0.1
"""Seconds after which Escape is a key of its own, and not Alt with the one that follows it."""

NEXT_TO_NOTHING = 0.5
"""Seconds of computing in some three seconds; a loop without end takes all of them."""

JOB_CONTROL = b"\x03\x1a\x1c\x04\x10\x13\x19\x1f\x18"
"""Ctrl-C, Ctrl-Z, Ctrl-\\, Ctrl-D, Ctrl-P, Ctrl-S, Ctrl-Y, Ctrl-_, Ctrl-X."""

FORGED = (
    b"\xff\xfe\xc3\x28\xe9 \x80\xed\xa0\x80\xf4\x90\x80\x80",  # no UTF-8
    b"\x1b[1:2;1u\x1b[1114112u\x1b[97;1;55296u\x1b[99999999999999999999u",  # keys that are none
    b"\x1b[48;0;0;1;1t\x1b[<0;5;5M\x1b[<0;5;5m\x1b[48;99999;99999;0;0t\x1b[48;-1;-1;0;0t",
    b"\x1b[<999999;999999;999999M\x1b[<35;0;0M\x1b[M\xff\xff\xff",  # mouse reports from nowhere
    b"\x1b]52;c;ZXZpbA==\x07\x1b]0;title\x07\x1bP1$r0m\x1b\\\x1b_G\x1b\\\x1b[?2026;2$y\x1b[?1;2c",
    b"\x1b[" + b"1;" * 300 + b"u\x1b[I\x1b[O",
    b"\x1b[200~[@click=app.quit]x[/]\x1b[31m\x00\xff\x1b[201~\x1b[201~",
)
"""Bytes that no terminal sends, and some that only it may."""


def leave(screen: Terminal) -> None:
    """Leave the program, which must still do as it is told."""
    screen.send("\x11")
    assert screen.wait_for_end() == 0


def assert_answers(screen: Terminal) -> None:
    """Assert that the customer's list opens its job and comes back."""
    screen.send("\r")
    screen.wait_for("Wireframes")
    screen.send("\x1b")
    screen.wait_for("0 of 1", without="Wireframes")


def assert_answers_in_the_end(screen: Terminal) -> None:
    """Assert that the job can be opened, whatever the keys before that have opened."""
    keys = itertools.cycle(("\x1b", "\r"))

    def is_there() -> bool:
        screen.send(next(keys))
        screen.read_soon(2 * ESCAPE_DELAY)
        return "Wireframes" in screen.shown

    wait_until(is_there, lambda: f"the job is not shown:\n{screen.shown}")


def the_session(server: Server, program: str = "customer") -> int:
    """Return the process of the only session."""
    (session,) = server.sessions(program)
    return session


def test_job_control_keys_in_the_program(company: Company) -> None:
    """Attack: the keys that stop, end or suspend what runs in a terminal, or open the palette.

    Expectation: the program runs on and answers.
    """
    screen = company.terminal("acme")
    screen.wait_for("Site redesign")
    session = the_session(company.server)
    screen.send(JOB_CONTROL * 3)
    assert_answers(screen)
    assert state(session) in "SR"
    assert the_session(company.server) == session
    assert b"palette" not in screen.received.lower()
    leave(screen)


@pytest.mark.parametrize(
    "key", [b"\x03", b"\x1a", b"\x1c"], ids=["Ctrl-C", "Ctrl-Z", "Ctrl-Backslash"]
)
def test_job_control_keys_while_the_program_starts(company: Company, key: bytes) -> None:
    """Attack: the same keys, again and again, before the program has taken the terminal over.

    Expectation: it starts or it ends; never a prompt, a traceback, a path, a stopped process.
    """
    screen = company.terminal("acme")
    wait_until(lambda: company.server.sessions("customer"), "no session starts")
    sessions = company.server.sessions("customer")
    while "Site redesign" not in screen.shown and screen.process.isalive():
        screen.send(key)
        screen.read_soon()
    assert all(state(session) in "SRZX" for session in sessions)
    assert b"Traceback" not in screen.received
    assert not re.search(rb"/\w+/\w+", screen.received)
    if screen.process.isalive():
        assert_answers(screen)
        leave(screen)


def test_the_clients_own_escape_ends_the_session(company: Company) -> None:
    """Attack: `~.`, by which ssh drops the connection without a word to the program.

    Expectation: nothing is left on the server.
    """
    screen = company.terminal("acme", escape="~")
    screen.wait_for("Site redesign")
    screen.send("\r~.")
    screen.wait_for_end()
    company.server.wait_for_no_sessions()


def test_a_break_is_no_key(company: Company) -> None:
    """Attack: `~B`, a break, which ends programs on a real line.

    Expectation: the program runs on and answers.
    """
    screen = company.terminal("acme", escape="~")
    screen.wait_for("Site redesign")
    screen.send("\r")
    screen.wait_for("Wireframes")
    screen.send("\r~B\x1b")
    screen.wait_for("0 of 1", without="Wireframes")
    leave(screen)


def test_a_suspended_client_finds_its_session_again(company: Company) -> None:
    """Attack: `~^Z`, by which ssh stops itself and leaves the person in a shell of their own.

    Expectation: the shell is on the client's side; the session waits and goes on.
    """
    ssh = shlex.join(company.client("acme").command(escape="~"))
    screen = company.shell(f"set -m; {ssh}; echo out$((20+2)); fg >/dev/null")
    screen.wait_for("Site redesign")
    session = the_session(company.server)
    screen.send("\r~\x1a")
    while b"out22" not in screen.received:  # on the screen, the program's last lines may cover it
        screen.read("the person's own shell")
    assert state(session) in "SR"
    screen.send("\x1b")
    screen.wait_for("0 of 1", without="Wireframes")
    leave(screen)


def test_sizes_that_no_terminal_has(company: Company) -> None:
    """Attack: the terminal is resized to nothing, to one cell, to 65535 times 65535.

    Expectation: the program answers afterwards, and never took much memory.
    """
    screen = company.terminal("acme")
    screen.wait_for("Site redesign")
    for rows, columns in ((1, 1), (0, 0), (65535, 65535), (1, 65535), (65535, 1), (2, 3)):
        screen.resize(rows, columns)
        screen.send("\x1b[A")  # not Escape, which would be one key with the Enter after it
        screen.resize(24, 80)
        assert_answers(screen)
    assert peak_memory(the_session(company.server)) < MOST_MEMORY
    leave(screen)


def test_bytes_that_are_no_keys(company: Company) -> None:
    """Attack: invalid UTF-8, forged reports of keys, mouse and size, answers to nothing.

    Expectation: the program answers afterwards, and never took much memory.
    """
    screen = company.terminal("acme")
    screen.wait_for("Site redesign")
    for forged in FORGED:
        screen.send(forged + b"\x1b[48;24;80;0;0t")
    assert_answers_in_the_end(screen)
    assert peak_memory(the_session(company.server)) < MOST_MEMORY
    assert b"Traceback" not in screen.received
    leave(screen)


def test_many_keys_typed_ahead(company: Company) -> None:
    """Attack: more keys at once than a person types in a minute.

    Expectation: all of them are taken, and the program answers afterwards.
    """
    screen = company.terminal("acme")
    screen.wait_for("Site redesign")
    screen.pour(b"jk" * 250)
    assert_answers(screen)
    leave(screen)


@pytest.mark.parametrize(
    ("who", "program"), [("acme", "customer"), ("anna", "staff")], ids=["acme", "anna"]
)
def test_a_flood_of_keys(company: Company, who: str, program: str) -> None:
    """Attack: 200,000 keys at once.

    Expectation: the line is slowed down, and the program takes little memory; whoever does not
    wait for the end of it leaves nothing behind.
    """
    screen = company.terminal(who)
    screen.wait_for("1001")
    session = the_session(company.server, program)
    begun = processor_time(session)
    screen.pour(b"jk" * 100_000)
    wait_until(lambda: processor_time(session) > begun + 2, "the keys are not looked at")
    assert peak_memory(session) < MOST_MEMORY
    screen.close()
    company.server.wait_for_no_sessions()


def test_an_endless_paste(company: Company) -> None:
    """Attack: a paste of 20 MB.

    Expectation: what is too long is not kept; the program takes little memory, and answers.
    """
    screen = company.terminal("acme")
    screen.wait_for("Site redesign")
    screen.pour(b"\x1b[200~" + b"0123456789abcde\r" * 1_250_000 + b"\x1b[201~")
    assert_answers(screen)
    assert peak_memory(the_session(company.server)) < MOST_MEMORY
    leave(screen)


@pytest.mark.parametrize("who", ["acme", "anna"])
def test_a_client_that_is_killed(company: Company, who: str) -> None:
    """Attack: the client vanishes without a word.

    Expectation: nothing is left on the server.
    """
    screen = company.terminal(who)
    screen.wait_for("1001")
    screen.process.kill(signal.SIGKILL)
    screen.wait_for_end()
    company.server.wait_for_no_sessions()


@pytest.mark.parametrize(
    ("who", "program"), [("acme", "customer"), ("anna", "staff")], ids=["acme", "anna"]
)
def test_a_line_that_is_half_open(company: Company, who: str, program: str) -> None:
    """Attack: the client is there no more, and its machine answers nothing, as after a power cut.

    Expectation: the session computes next to nothing, and is ended by sshd.
    """
    server = company.another(impatient)
    screen = company.terminal(Client(server, company.keys / who))
    screen.wait_for("1001")
    session = the_session(server, program)
    os.kill(screen.process.pid, signal.SIGSTOP)
    computed: list[float] = []

    def is_gone() -> bool:
        try:
            computed.append(processor_time(session))
        except OSError:
            return True
        return False

    wait_until(is_gone, "the session stays")
    assert computed[-1] - computed[0] < NEXT_TO_NOTHING
    server.wait_for_no_sessions()


def impatient(block: str) -> str:
    """Return a block in which sshd asks every second whether the client is still there."""
    return block.replace("ClientAliveInterval 30", "ClientAliveInterval 1").replace(
        "ClientAliveCountMax 3", "ClientAliveCountMax 2"
    )
