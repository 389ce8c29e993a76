"""Somebody tries to come in without a key that was granted, or with more than was granted."""

import subprocess
from pathlib import Path

import pytest

from models.staff.desk import StaffDesk
from models.tables import Account, Staff
from tests.ssh.conftest import CLOSING, Company
from tests.ssh.server import USER, Client, Outcome, make_key, run

DENIED = "Permission denied (publickey)"


def assert_denied(outcome: Outcome) -> None:
    """Assert that sshd let nobody in."""
    assert outcome.returncode == 255, outcome
    assert DENIED in outcome.stderr
    assert outcome.stdout == ""


def test_an_unknown_key(company: Company) -> None:
    """Attack: a key that nobody was granted.

    Expectation: no login.
    """
    assert_denied(company.client("stranger").run())


def test_a_password(company: Company) -> None:
    """Attack: a password, or answers at a keyboard, as the rest of the server may allow.

    Expectation: sshd offers neither.
    """
    methods = "-oPreferredAuthentications=password,keyboard-interactive,gssapi-with-mic"
    assert_denied(company.client("anna").run("-v", methods))


def test_a_key_line_whose_command_was_forgotten(company: Company) -> None:
    """Attack: a key was put into a file of keys by hand, without `command=`: it would be a shell.

    Expectation: sshd does not look there. Without the line that says so the same key is a shell.
    """
    stranger = company.client("stranger")
    public = stranger.key.with_suffix(".pub").read_text()
    forgotten = company.server.folder / "forgotten_keys"
    forgotten.write_text(public)
    forgotten.chmod(0o600)
    try:
        assert_denied(stranger.run(command="id"))
        careless = company.another(lambda block: block.replace("AuthorizedKeysFile none", ""))
        assert "uid=" in Client(careless, stranger.key).run(command="id").stdout
    finally:
        forgotten.unlink()


@pytest.mark.parametrize("signer", ["stranger", "anna", "authority"])
def test_a_certificate(company: Company, tmp_path: Path, signer: str) -> None:
    """Attack: a certificate for the service user, signed by an unknown key, a granted one, or the
    authority that the machine trusts for all other users.

    Expectation: no login: keys are granted, not authorities.
    """
    key = make_key(tmp_path / "eve")
    authority = company.keys / signer
    run("ssh-keygen", "-q", "-s", authority, "-I", "eve", "-n", USER, key.with_suffix(".pub"))
    assert_denied(Client(company.server, key).run("-T"))


def test_a_certificate_for_a_granted_key(company: Company, tmp_path: Path) -> None:
    """Attack: a granted key comes with a certificate that names no command and permits all.

    Expectation: the certificate opens nothing.
    """
    key = company.keys / "acme"
    copy = tmp_path / "acme"
    copy.write_bytes(key.read_bytes())
    copy.chmod(0o600)
    public = copy.with_suffix(".pub")
    public.write_bytes(key.with_suffix(".pub").read_bytes())
    run("ssh-keygen", "-q", "-s", company.keys / "stranger", "-I", "acme", "-n", USER, public)
    only_certificates = "-oPubkeyAcceptedAlgorithms=ssh-ed25519-cert-v01@openssh.com"
    assert_denied(Client(company.server, copy).run("-T", only_certificates))


def test_another_user_of_the_machine(company: Company) -> None:
    """Attack: a granted key asks for another user, where the block reaches too far.

    Expectation: the program answers sshd for its own user only.
    """
    reaching = company.another(lambda block: block.replace(f"Match User {USER}", "Match all"))
    key = company.keys / "anna"
    other = next(name for name in ("daemon", "nobody", "root") if name != USER)
    assert_denied(Client(reaching, key, other).run("-T"))
    kind, encoded = key.with_suffix(".pub").read_text().split()[:2]
    *question, user = company.server.question
    answered = subprocess.run(
        [*question, other, kind, encoded], capture_output=True, check=False, cwd="/"
    )
    assert answered.stdout == b""
    assert run(*question, user, kind, encoded).startswith("restrict,pty,command=")


@pytest.mark.parametrize(
    ("who", "first"), [("acme", "Site redesign"), ("anna", "acme.example")], ids=["acme", "anna"]
)
def test_access_that_was_removed(company: Company, who: str, first: str) -> None:
    """Attack: somebody whose access was removed stays, and comes again.

    Expectation: the open session says so and ends by itself; there is no other login.
    """
    screen = company.terminal(who)
    screen.wait_for(first)
    company.server.customjobs("access", "remove", str(company.access[who]))
    screen.wait_for_end()
    assert b"Your access was removed." in screen.received
    assert screen.received.rindex(b"\x1b[?1049l") > screen.received.rindex(b"\x1b[?1049h")
    assert_denied(company.client(who).run("-T"))


def test_an_account_that_was_closed(company: Company, desk: StaffDesk) -> None:
    """Attack: the customer of a closed account stays, and comes again.

    Expectation: the open session says so and ends by itself; there is no other login.
    """
    screen = company.terminal("closing")
    screen.wait_for("Archive")
    with desk.session.writing():
        Account.update(status="closed").where(Account.id == CLOSING).execute()
    screen.wait_for_end()
    assert b"None of your accounts is open any more." in screen.received
    assert_denied(company.client("closing").run("-T"))


def test_a_person_who_was_switched_off(company: Company, desk: StaffDesk) -> None:
    """Attack: somebody who left the company comes again.

    Expectation: no login.
    """
    with desk.session.writing():
        Staff.update(active=False).where(Staff.login == "anna").execute()
    assert_denied(company.client("anna").run("-T"))


def test_a_second_session_on_one_connection(company: Company) -> None:
    """Attack: more sessions over a connection that has one, as ControlMaster does.

    Expectation: sshd opens no second one.
    """
    with company.client("acme").connected() as client:
        screen = company.terminal(client, "-t")
        screen.wait_for("Site redesign")
        second = client.run("-T")
        assert second.returncode == 255
        assert "Session open refused by peer" in second.stderr
        assert len(company.server.sessions("customer")) == 1


def test_what_the_block_says_holds_for_the_service_user(company: Company) -> None:
    """Attack: whatever the rest of the configuration allows.

    Expectation: sshd itself says that nothing of it holds for this user.
    """
    wanted = {
        "acceptenv": "NONE",
        "allowagentforwarding": "no",
        "allowstreamlocalforwarding": "no",
        "allowtcpforwarding": "no",
        "authenticationmethods": "publickey",
        "authorizedkeysfile": "none",
        "disableforwarding": "yes",
        "maxsessions": "1",
        "permitlisten": "none",
        "permitopen": "none",
        "permittunnel": "no",
        "permituserrc": "no",
        "x11forwarding": "no",
    }
    found = company.server.settings()
    assert {name: found.get(name) for name in wanted} == wanted
