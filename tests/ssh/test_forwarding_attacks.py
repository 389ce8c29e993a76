"""Somebody with a key uses the connection for something else than the program.

sshd is told twice to forward nothing, by its configuration and by the line of every key. Each must
do alone: what they cover has differed between versions of OpenSSH.
"""

import os
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.ssh.conftest import Company
from tests.ssh.server import PATIENCE, Client, Server, agent, run

BANNER = b"SSH-2.0"
"""What sshd says to whoever reaches it: the attacks try to reach sshd itself."""

TUN = Path("/dev/net/tun")


def of_the_block_alone(service: Company, who: str) -> Callable[[str], str]:
    """Return how the block must be changed for a key line that allows everything."""
    public = (service.keys / who).with_suffix(".pub").read_text()
    kind, key = public.split()[:2]
    line = run(*service.server.question, kind, key)
    assert line.startswith("restrict,pty,")
    keys = service.server.folder / "unrestricted_keys"
    keys.write_text(line.removeprefix("restrict,pty,"))
    keys.chmod(0o600)

    def adapt(block: str) -> str:
        block = re.sub("AuthorizedKeysCommand .*", "AuthorizedKeysCommand none", block)
        return block.replace("AuthorizedKeysFile none", f"AuthorizedKeysFile {keys}")

    return adapt


def of_the_line_alone(block: str) -> str:
    """Return a block that does nothing but ask for the lines of keys."""
    kept = ("Match", "    AuthorizedKeys", "    MaxSessions")
    return "\n".join(line for line in block.split("\n") if line.startswith(kept))


@pytest.fixture(scope="module", params=["both", "block", "line"])
def guarded(request: pytest.FixtureRequest, service: Company) -> Iterator[Server]:
    """An sshd with both guards, with the block alone, and with the lines of keys alone."""
    if request.param == "both":
        yield service.server
        return
    of_the_block = of_the_block_alone(service, "anna")
    adapt = of_the_block if request.param == "block" else of_the_line_alone
    with Server(service.server.folder, adapt) as server:
        yield server


@pytest.fixture(scope="module")
def anna(guarded: Server, service: Company) -> Iterator[Client]:
    """A person of the staff, who may do more than any customer, on a connection."""
    with Client(guarded, service.keys / "anna").connected() as client:
        yield client


def forward(client: Client, kind: str, words: str | Path) -> int:
    """Ask for a forwarding on the connection; return whether the client thinks it was refused."""
    return client.run("-O", "forward", f"-{kind}", str(words)).returncode


def heard(line: socket.socket, question: bytes = b"") -> bytes:
    """Return what comes over a line until it is closed, or until sshd was reached."""
    line.settimeout(PATIENCE)
    answer = b""
    with suppress(ConnectionError):
        line.sendall(question)
        while BANNER not in answer and (chunk := line.recv(4096)):
            answer += chunk
    return answer


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def test_a_tunnel_to_the_network_behind(anna: Client) -> None:
    """Attack: `ssh -L`, to reach what the server reaches.

    Expectation: the client may listen, but nothing comes through.
    """
    here = anna.server.folder / "tunnel"
    forward(anna, "L", f"{here}:127.0.0.1:{anna.server.port}")
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(here))
            assert heard(line) == b""
    finally:
        here.unlink()


def test_a_tunnel_to_a_socket_of_the_server(anna: Client, tmp_path: Path) -> None:
    """Attack: `ssh -L` to a Unix socket, such as a database's or an agent's.

    Expectation: nobody comes to the socket.
    """
    here, there = anna.server.folder / "tunnel", anna.server.folder / "service"
    with socket.socket(socket.AF_UNIX) as service:
        service.bind(str(there))
        service.listen()
        service.setblocking(False)
        forward(anna, "L", f"{here}:{there}")
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.connect(str(here))
                assert heard(line) == b""
            with pytest.raises(BlockingIOError):
                service.accept()
        finally:
            here.unlink()
            there.unlink()


def test_a_proxy_to_the_network_behind(anna: Client) -> None:
    """Attack: `ssh -D`, a SOCKS proxy into the server's network.

    Expectation: the client may listen, but nothing comes through.
    """
    port = free_port()
    forward(anna, "D", f"127.0.0.1:{port}")
    target = socket.inet_aton("127.0.0.1") + anna.server.port.to_bytes(2, "big")
    with socket.create_connection(("127.0.0.1", port)) as line:
        assert BANNER not in heard(line, b"\x05\x01\x00\x05\x01\x00\x01" + target)


def test_the_connection_itself_as_a_tunnel(anna: Client) -> None:
    """Attack: `ssh -W`, as ProxyJump does, to come to other machines through this one.

    Expectation: the server refuses the channel.
    """
    outcome = anna.run("-W", f"127.0.0.1:{anna.server.port}")
    assert outcome.returncode == 255
    assert outcome.stdout == ""


def test_a_port_opened_on_the_server(anna: Client) -> None:
    """Attack: `ssh -R`, to have the server listen, for this machine or for all.

    Expectation: the server refuses, and does not listen.
    """
    for address in ("127.0.0.1", "0.0.0.0", ""):
        port = free_port()
        assert forward(anna, "R", f"{address}:{port}:127.0.0.1:{anna.server.port}") != 0
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))


def test_a_socket_opened_on_the_server(anna: Client) -> None:
    """Attack: `ssh -R` with a path, to have the server make a socket in its file system.

    Expectation: the server refuses, and there is no such file.
    """
    there = anna.server.folder / "planted"
    assert forward(anna, "R", f"{there}:127.0.0.1:{anna.server.port}") != 0
    assert not there.exists()


def test_agent_and_display_of_the_client(anna: Client, company: Company) -> None:
    """Attack: `ssh -A -Y`, which let the server's processes use the client's agent and display.

    Expectation: the session has neither.
    """
    here = anna.server.folder / "agent"
    with agent(here):
        client = Client(anna.server, anna.key)
        given = {"SSH_AUTH_SOCK": str(here), "DISPLAY": "127.0.0.1:99"}
        screen = company.terminal(client, "-A", "-Y", environment=given)
        screen.wait_for("acme.example")
        (session,) = anna.server.sessions("staff")
        environment = Path(f"/proc/{session}/environ").read_bytes()
    assert b"SSH_CONNECTION=" in environment
    assert b"SSH_AUTH_SOCK" not in environment
    assert b"DISPLAY" not in environment


def test_a_tunnel_device(service: Company) -> None:
    """Attack: `ssh -w`, a network of its own between client and server.

    Expectation: the block alone forbids it (the lines of keys do not, before OpenSSH 10.5), and
    nothing is opened, where the machine has such devices at all.
    """
    assert service.server.settings()["permittunnel"] == "no"
    if TUN.exists() and os.access(TUN, os.R_OK | os.W_OK):
        outcome = service.client("anna").run("-N", "-w", "any", "-oExitOnForwardFailure=yes")
        assert outcome.returncode == 255
