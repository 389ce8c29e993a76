"""A customer asks sshd to run something else than the Support Center."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ssh.conftest import ACME, BETA, Company, busy_line
from tests.ssh.server import Client, Outcome

COMMANDS = (
    "sh",
    ";id",
    "$(id)",
    "id\nid",
    f"customer --account {BETA}",
    "job show 2",
    "' ; id #",
)


@pytest.fixture(scope="module")
def acme(service: Company) -> Iterator[Client]:
    """A customer on a connection over which things are tried one after the other."""
    with busy_line(service, "acme") as client:
        yield client


def assert_told_to_use_a_terminal(outcome: Outcome) -> None:
    """Assert that nothing ran but the program, which said what it needs."""
    assert outcome.returncode == 2, outcome
    assert outcome.stdout == ""
    assert "terminal" in outcome.stderr
    assert "uid=" not in outcome.stderr
    assert "Traceback" not in outcome.stderr


def assert_only_the_own_jobs(company: Company, client: Client, *options: str, **more: str) -> None:
    """Assert that the Support Center of the own account opens, and that leaving it is the end."""
    screen = company.terminal(client, *options, **more)
    screen.wait_for("Site redesign")
    (session,) = company.server.sessions("customer")
    command = Path(f"/proc/{session}/cmdline").read_text().split("\0")
    assert [word for word in command if word.isdecimal()] == [
        str(ACME),
        str(company.access["acme"]),
    ]
    screen.send("\x11")
    assert screen.wait_for_end() == 0
    assert b"Secret shop" not in screen.received
    assert b"uid=" not in screen.received


@pytest.mark.parametrize("command", ["sh", f"customer --account {BETA}"])
def test_a_command_with_a_terminal(acme: Client, company: Company, command: str) -> None:
    """Attack: `ssh -t HOST COMMAND`, for a shell or for somebody else's account.

    Expectation: the Support Center of the own account opens as if nothing had been asked.
    """
    assert_only_the_own_jobs(company, acme, "-t", command=command)


def test_a_remote_command_of_the_clients_configuration(acme: Client, company: Company) -> None:
    """Attack: `RemoteCommand` in the client's configuration.

    Expectation: the Support Center of the own account opens as if nothing had been asked.
    """
    assert_only_the_own_jobs(company, acme, "-t", "-oRemoteCommand=/bin/sh -i")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_without_a_terminal(acme: Client, company: Company, command: str) -> None:
    """Attack: `ssh HOST COMMAND`, which asks for no terminal.

    Expectation: the command is not looked at; exit code 2 and a sentence.
    """
    assert_told_to_use_a_terminal(acme.run(command=command))


def test_no_terminal_at_all(acme: Client, company: Company) -> None:
    """Attack: `ssh -T HOST`, to talk to whatever reads.

    Expectation: exit code 2 and a sentence, for the staff as well.
    """
    assert_told_to_use_a_terminal(acme.run("-T"))
    assert_told_to_use_a_terminal(company.client("anna").run("-T"))


def test_a_subsystem(acme: Client, company: Company) -> None:
    """Attack: the subsystem sftp asked for by name, by `ssh -s`.

    Expectation: the program starts instead and ends; of a subsystem sshd passes no sentence on.
    """
    outcome = acme.run("-s", command="sftp")
    assert (outcome.returncode, outcome.stdout) == (2, "")


@pytest.mark.parametrize("who", ["acme", "anna"])
def test_files_by_sftp_and_scp(company: Company, who: str) -> None:
    """Attack: get a file and put one, by sftp and by both protocols of scp.

    Expectation: no file arrives, in either direction.
    """
    folder = company.server.folder
    (folder / "secret").write_text("secret")
    (folder / "bait").write_text("bait")
    (folder / "batch").write_text(f"get {folder}/secret {folder}/got\nput bait {folder}/put\n")
    with busy_line(company, who) as client:
        attempts: tuple[tuple[str | Path, ...], ...] = (
            ("sftp", "-b", folder / "batch", "REMOTE"),
            ("scp", f"REMOTE:{folder}/secret", folder / "got"),
            ("scp", folder / "bait", f"REMOTE:{folder}/put"),
            ("scp", "-O", f"REMOTE:{folder}/secret", folder / "got"),
            ("scp", "-O", folder / "bait", f"REMOTE:{folder}/put"),
        )
        for words in attempts:
            assert client.copy(*words).returncode != 0, words
            assert not (folder / "got").exists(), words
            assert not (folder / "put").exists(), words
