"""A client sends variables, to change what runs on the server."""

from pathlib import Path

import pytest

from tests.ssh.conftest import Company, busy_line
from tests.ssh.server import Client, Server

SENT = (
    "LANG=de_DE.ISO-8859-1",
    "LC_ALL=de_DE.ISO-8859-1",
    "LC_EVIL=$(id)",
    "LC_TERMINAL=iTerm2",
    "COLUMNS=3",
    "CUSTOMJOBS_ACTOR=eve",
    "CUSTOMJOBS_CONFIG=/etc/passwd",
    "CUSTOMJOBS_DATABASE=/tmp/eve.db",
    "HOME=/tmp",
    "PATH=/tmp",
    "PYTHONHOME=/tmp",
    "PYTHONINSPECT=1",
    "PYTHONPATH=/tmp",
    "PYTHONSTARTUP=/tmp/eve.py",
    "SSH_ORIGINAL_COMMAND=job show 2",
    "TEXTUAL=debug,devtools",
    "TEXTUAL_ALLOW_SIGNALS=1",
    "TEXTUAL_COLOR_SYSTEM=bad",
    "TEXTUAL_DEBUG=1",
    "TEXTUAL_DRIVER=tests:Eve",
    "TEXTUAL_PRESS=ctrl+q",
    "TEXTUAL_SCREENSHOT=1",
    "TZ=/etc/passwd",
    "UNICODE_VERSION=4",
)
"""What turns an unguarded program of this kind into something else."""

PRELOADED = "LD_PRELOAD=/tmp/eve.so"


def settings(*variables: str) -> str:
    """Return the client's option that sends these variables; an option for each would replace."""
    quoted = " ".join('"{}"'.format(it.replace("\\", "\\\\")) for it in variables)
    return f"-oSetEnv={quoted}"


def environment(server: Server, program: str) -> dict[str, str]:
    """Return the variables with which the only session of a program was started."""
    (session,) = server.sessions(program)
    entries = Path(f"/proc/{session}/environ").read_bytes().rstrip(b"\0").split(b"\0")
    return dict(entry.decode().partition("=")[::2] for entry in entries)


def test_variables_from_the_client(company: Company) -> None:
    """Attack: `SetEnv` for locale, libraries, Python, Textual and the program itself.

    Expectation: none arrives, also of those that the server takes from others; the locale is set.
    """
    screen = company.terminal("anna", settings(*SENT, PRELOADED))
    screen.wait_for("acme.example")
    given = environment(company.server, "staff")
    for variable in (*SENT, PRELOADED):
        name, _, value = variable.partition("=")
        assert given.get(name) != value, name
    assert (given["LC_ALL"], given["LANG"]) == ("C.UTF-8", "C.UTF-8")


def test_variables_that_a_careless_server_passes_on(company: Company) -> None:
    """Attack: the same, where the server's configuration takes whatever it is sent.

    Expectation: the customer's program obeys none of them; there is no prompt behind it.
    """
    careless = company.another(lambda block: block.replace("AcceptEnv NONE", "AcceptEnv *"))
    folder = company.server.folder
    before = set(folder.iterdir())
    written = [f"TEXTUAL_LOG={folder}/log", f"TEXTUAL_SCREENSHOT_LOCATION={folder}"]
    screen = company.terminal(Client(careless, company.keys / "acme"), settings(*SENT, *written))
    screen.wait_for("Site redesign")
    assert environment(careless, "customer")["TEXTUAL_PRESS"] == "ctrl+q"
    screen.send("\r")
    screen.wait_for("Wireframes")
    screen.send("\x03\x1a\x1c\x1b")
    screen.wait_for("0 of 1", without="Wireframes")
    screen.send("\x11")
    assert screen.wait_for_end() == 0
    of_others = (company.server.database.name, str(careless.port))
    new = {path.name for path in set(folder.iterdir()) - before}
    assert [name for name in new if not any(it in name for it in of_others)] == []


def test_a_terminal_that_can_show_nothing(company: Company) -> None:
    """Attack: `TERM` is dumb or empty, so that the screen would come out as garbage.

    Expectation: a sentence and exit code 2, not one escape sequence.
    """
    with busy_line(company, "acme") as client:
        for terminal in ("dumb", ""):
            screen = company.terminal(client, "-t", environment={"TERM": terminal})
            assert screen.wait_for_end() == 2, terminal
            assert b"terminal" in screen.received
            assert b"\x1b" not in screen.received


@pytest.mark.parametrize(
    "terminal", ["A" * 2000, "xterm\x1b]0;x\x07", "../../etc/passwd", "no such"]
)
def test_a_terminal_whose_name_is_none(company: Company, terminal: str) -> None:
    """Attack: `TERM` is endless, holds escape sequences, or is a path.

    Expectation: the program works as in an ordinary terminal, and never says the name.
    """
    screen = company.terminal("acme", environment={"TERM": terminal})
    screen.wait_for("Site redesign")
    screen.send("\x11")
    assert screen.wait_for_end() == 0
    assert terminal.encode() not in screen.received
