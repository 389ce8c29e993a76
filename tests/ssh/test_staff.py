"""The staff come in by their keys: to the panel, or for one command."""

import json
import shlex
from collections.abc import Iterator
from contextlib import closing

import pytest

from models.opening import open_read_only
from models.staff.desk import StaffDesk
from tests.ssh.conftest import ACME, OF_HUB, Company, busy_line
from tests.ssh.server import Client, Server
from tests.terminal import Terminal

LITERALLY = "two  blanks; $(id) `id` | x > y & \"'\\ ~ * {a,b} é"

REFUSED = (
    " ",
    "access list",
    "access add staff eve key.pub",
    "access remove 1",
    "check",
    "check --authorized-keys /etc/passwd",
    "customer --account 1001",
    "demo",
    "import csv /etc/passwd",
    "import whm -",
    "restore 1",
    "sshd-config",
    "staff",
    "staff --reseller 1004",
    "customjobs staff",
    "customjobs",
    "job show 1 --database /tmp/other.db",
    "job show 1 --config /etc/passwd",
    "job show 1 --actor ben",
    "job show 1 --reseller 1004",
    "--database /tmp/other.db job show 1",
    "job --actor=ben show 1",
    "job show 1; id",
    "job show 1\nid",
    "job show $(id)",
    "job show '1",
    'job show "1',
    "; id",
    "$(id)",
    "`id`",
    "id",
    "sh -c id",
    "/bin/sh",
    "\nid",
    "-i",
    "--access 1",
    "job show 1 --access 1",
)
"""What a staff key does not run: each is refused with a sentence, and nothing happens."""


def test_staff_work_inside_tmux_over_ssh(company: Company, desk: StaffDesk) -> None:
    folder = company.server.folder
    (folder / "tmux.conf").write_text("set -g status off\nset -s escape-time 0\n")
    tmux = ("tmux", "-S", f"{folder}/tmux", "-f", f"{folder}/tmux.conf")
    screen = Terminal(*tmux, "new-session", shlex.join(company.client("anna").command()))
    try:
        screen.wait_for("acme.example")
        screen.send("acme\r")
        screen.wait_for("Site redesign")
        screen.send("nBanner\t80\t1h30m\r")
        screen.wait_for("120.00 USD")
        screen.send("\x1b")
        screen.wait_for("n New  s Status")
        screen.send("s")
        screen.wait_for("Status of #")
        screen.send("2")
        screen.wait_for("In progress", without="Status of #")
        screen.send("\x11")
        assert screen.wait_for_end() == 0
    finally:
        screen.close()
    assert screen.received.rindex(b"\x1b[?1049l") > screen.received.rindex(b"\x1b[?1049h")
    newest = desk.jobs.page(ACME).rows[-1]
    assert (newest.description, newest.status) == ("Banner", "in-progress")


def test_the_staff_of_a_reseller_find_the_resellers_customers_alone(company: Company) -> None:
    screen = company.terminal("rosa")
    screen.wait_for("ofhub.example")
    screen.send("acme")
    screen.wait_for("acme", without="ofhub.example")
    screen.send("\x11")
    assert screen.wait_for_end() == 0
    assert b"acme.example" not in screen.received
    assert b"Site redesign" not in screen.received


@pytest.fixture(scope="module")
def anna(service: Company) -> Iterator[Client]:
    """A person of the hosting company's staff, on a connection for commands."""
    with busy_line(service, "anna") as client:
        yield client


@pytest.fixture(scope="module")
def rosa(service: Company) -> Iterator[Client]:
    """A person of a reseller's staff, on a connection for commands."""
    with busy_line(service, "rosa") as client:
        yield client


def test_a_staff_key_runs_one_command_and_the_history_names_the_person(
    anna: Client, company: Company
) -> None:
    shown = anna.run(command="job show 1 --json")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert json.loads(shown.stdout)["description"] == "Site redesign"
    changed = anna.run(command="customjobs job status 1 in-progress")
    assert (changed.returncode, changed.stderr) == (0, "")
    kind, person, session = history(company.server)[-1]
    assert (kind, person) == ("job-status", "anna")
    assert session.endswith(f"by access {company.access['anna']}")


def test_a_text_in_a_command_arrives_as_it_was_quoted(anna: Client, desk: StaffDesk) -> None:
    noted = anna.run(command=f"job note 1 {shlex.quote(LITERALLY)}")
    assert (noted.returncode, noted.stderr) == (0, "")
    assert [note.body for note in desk.notes.page(1).rows] == [LITERALLY]


def test_help_and_version_are_harmless(anna: Client, company: Company) -> None:
    before = history(company.server)
    for words in ("--version", "--help", "job --help", "job note --help"):
        told = anna.run(command=words)
        assert told.returncode in (0, 1), words
        assert "customjobs" in told.stdout + told.stderr, words
    assert history(company.server) == before


@pytest.mark.parametrize("words", REFUSED)
def test_a_staff_key_does_not_run_what_is_no_command_for_data(
    anna: Client, company: Company, words: str
) -> None:
    """Attack: a staff member asks for more than data: a shell, files, keys, another name.

    Expectation: a sentence, an exit code, no answer, nothing in the history.
    """
    before = history(company.server)
    refused = anna.run(command=words)
    assert refused.returncode in (1, 2), refused
    assert refused.stdout == ""
    assert refused.stderr.startswith(("customjobs: ", "usage: customjobs"))
    assert "uid=" not in refused.stderr
    assert "Traceback" not in refused.stderr
    assert history(company.server) == before


def test_the_commands_of_a_resellers_key_reach_the_resellers_customers_alone(
    rosa: Client, company: Company
) -> None:
    """Attack: a reseller's staff name accounts and jobs of others by their numbers.

    Expectation: the answer is the one for numbers that do not exist.
    """
    own = rosa.run(command=f"job list {OF_HUB}")
    assert (own.returncode, own.stderr) == (0, "")
    assert "Migration" in own.stdout
    for words in ("job show {}", "job status {} on-hold", "task done {}"):
        there, nowhere = (rosa.run(command=words.format(number)) for number in (1, 90001))
        assert there.returncode == nowhere.returncode == 1
        assert there.stderr.replace("1", "90001") == nowhere.stderr
        assert there.stdout == ""
    assert all(person != "rosa" for kind, person, _ in history(company.server) if "status" in kind)


def history(server: Server) -> list[tuple[str, str, str]]:
    """Return the history: what, who, in which session."""
    with closing(open_read_only(server.database)) as database:
        return list(
            database.execute_sql(
                "SELECT kind, login, session FROM event JOIN staff ON staff.id = actor_id"
                " ORDER BY event.id"
            )
        )
