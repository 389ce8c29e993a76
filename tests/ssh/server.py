"""A private sshd that opens this program, and clients that come to it.

The real thing from end to end: Debian's sshd on a loopback port, told what `customjobs sshd-config`
prints, keys made by ssh-keygen and granted by `customjobs access add`, and OpenSSH's clients.
"""

import json
import os
import pwd
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from tests.terminal import OF_THIS_TERMINAL, Terminal

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-I", "-X", "utf8", "-m", "tui")
USER = pwd.getpwuid(os.getuid()).pw_name
"""Who is entered: the user that runs all this."""

PATIENCE = 60
"""Seconds after which something that should happen will not happen."""

LOOK_AGAIN = 0.01
"""Seconds between two looks at what tells nobody when it changes."""

_TOOLS = ("ssh", "scp", "sftp", "ssh-keygen", "ssh-agent")
_TTY_GROUP = "gid=5"

# As generous as an operator may have made it: whatever is closed, the block after it closes.
_GLOBAL = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
PidFile none
UsePAM no
StrictModes no
MaxStartups 1000
MaxAuthTries 20
PermitRootLogin prohibit-password
PasswordAuthentication yes
KbdInteractiveAuthentication yes
AuthorizedKeysFile {folder}/forgotten_keys
TrustedUserCAKeys {folder}/authority.pub
AcceptEnv LANG LC_*
AllowAgentForwarding yes
AllowTcpForwarding yes
AllowStreamLocalForwarding yes
GatewayPorts clientspecified
PermitTunnel yes
X11Forwarding yes
PermitUserRC no
Subsystem sftp internal-sftp
"""

_ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name not in (*OF_THIS_TERMINAL, "DISPLAY", "SSH_AUTH_SOCK", "PYTHONPATH")
    and not name.startswith("CUSTOMJOBS_")
}


Outcome = subprocess.CompletedProcess[str]
"""What a client said, and its exit code."""


class CannotRun(Exception):
    """No private sshd can run here; `str()` of it says why."""


def sshd_here() -> str:
    """Return the path of sshd.

    Raises:
        CannotRun: what is needed is not there, or not so that sshd takes it.
    """
    if sys.platform != "linux":
        raise CannotRun("these tests look at the processes of sshd in /proc, which is Linux's")
    for tool in _TOOLS:
        if shutil.which(tool) is None:
            raise CannotRun(f"{tool} is not installed")
    sshd = shutil.which("sshd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    if sshd is None:
        raise CannotRun("sshd is not installed (on Debian: openssh-server)")
    terminals = [line for line in Path("/proc/mounts").read_text().split("\n") if "devpts" in line]
    if os.getuid() != 0 and not any(_TTY_GROUP in line for line in terminals):
        raise CannotRun(f"/dev/pts has no {_TTY_GROUP}, so only root's sshd can open terminals")
    _require_taken_by_sshd(Path(sys.executable))
    return sshd


def _require_taken_by_sshd(python: Path) -> None:
    """Require what sshd_config(5) says of AuthorizedKeysCommand."""
    path = python.resolve()
    for part in (path, *path.parents):
        status = part.stat()
        if status.st_uid != 0 or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise CannotRun(f"sshd does not start {path}: {part} could be changed by others")


def run(*words: str | Path, stdin: bytes = b"") -> str:
    """Run a command that must do what it is told, and return its answer."""
    done = subprocess.run(
        words,
        input=stdin,
        capture_output=True,
        check=False,
        env=_ENVIRONMENT,
        cwd="/",
        timeout=PATIENCE,
    )
    assert done.returncode == 0, f"{shlex.join(map(str, words))}: {done.stderr.decode()}"
    return done.stdout.decode()


def require_this_program() -> None:
    """Fail unless the isolated interpreter, which sshd starts, finds this checkout."""
    code = "import tui; print(tui.__path__[0])"
    done = subprocess.run(
        [*PROGRAM[:4], "-c", code], capture_output=True, text=True, check=False, cwd="/"
    )
    found = done.stdout.strip()
    assert found == str(ROOT / "tui"), (
        f"{sys.executable} -I does not find the program in {ROOT} but {found or 'nothing'}: "
        "install the checkout into this environment first, as `make test` does"
    )


def make_key(path: Path, *options: str) -> Path:
    """Make a key pair and return the private key's path; the public one has .pub behind it."""
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", path.name, "-f", path, *options)
    return path


def wait_until(happened: Callable[[], object], what: str | Callable[[], str]) -> None:
    """Wait for something that gives no other sign."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        message = what if isinstance(what, str) else what()
        assert time.monotonic() < deadline, f"{message}, not within {PATIENCE} seconds"
        time.sleep(LOOK_AGAIN)


class Server:
    """A private sshd on a loopback port; everything of it lies in one folder.

    Several may run in one folder: they open the same database and share their host key.
    """

    def __init__(self, folder: Path, adapt: Callable[[str], str] = str) -> None:
        """Write the configuration; `adapt` may change the block that the program prints.

        Raises:
            CannotRun: there is no sshd here, or it cannot work.
        """
        self.folder = folder
        self.database = folder / "jobs.db"
        self._sshd = sshd_here()
        if not (folder / "host_key").exists():
            make_key(folder / "host_key")
        self._block = adapt(
            run(*PROGRAM, "sshd-config", "--user", USER, "--database", self.database)
        )

    def __enter__(self) -> Self:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.configuration = self.folder / f"sshd_config.{self.port}"
        settings = _GLOBAL.format(port=self.port, folder=self.folder)
        self.configuration.write_text(f"{settings}\n{self._block}")
        self.log = self.folder / f"log.{self.port}"
        self.known_hosts = self.folder / f"known_hosts.{self.port}"
        public = (self.folder / "host_key.pub").read_text()
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {public}")
        if os.getuid() == 0:
            # As the service of Debian has it; sshd does not start without.
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        self._process = subprocess.Popen(
            [self._sshd, "-D", "-f", self.configuration, "-E", self.log],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
        wait_until(self._answers, lambda: f"sshd does not answer:\n{self.said()}")
        return self

    def __exit__(self, *_exception: object) -> None:
        self.end_sessions()
        self._process.terminate()
        self._process.wait(PATIENCE)

    def _answers(self) -> bool:
        assert self._process.poll() is None, f"sshd does not start:\n{self.said()}"
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    def said(self) -> str:
        """Return the log of sshd."""
        return self.log.read_text() if self.log.exists() else ""

    @property
    def question(self) -> list[str]:
        """The words by which sshd asks what a key may do; type and key come behind."""
        return [*PROGRAM, "access", "keys", "--database", str(self.database), USER]

    def settings(self) -> dict[str, str]:
        """Return what sshd makes of its configuration for somebody who comes to `USER`."""
        who = f"user={USER},host=localhost,addr=127.0.0.1"
        told = run(self._sshd, "-T", "-C", who, "-f", self.configuration)
        return dict(line.partition(" ")[::2] for line in told.split("\n"))

    def customjobs(self, *words: str | Path) -> Any:
        """Run the command on the server itself, as its operator; return its answer in JSON."""
        database = ("--database", self.database)
        return json.loads(run(*PROGRAM, *words, *database, "--actor", "operator", "--json"))

    def sessions(self, *words: str) -> list[int]:
        """Return the processes of the program that have the database open, by these words."""
        return [
            number
            for number, command in _commands()
            if command[1:6] == list(PROGRAM[1:])
            and str(self.database) in command
            and set(words) <= set(command)
        ]

    def left(self) -> list[int]:
        """Return what is left of all sessions: processes of sshd's, and of the program."""
        return [*_descendants(self._process.pid), *self.sessions()]

    def wait_for_no_sessions(self, but: Container[int] = ()) -> None:
        """Wait until nothing is left of any session but these processes."""

        def left() -> list[int]:
            return [number for number in self.left() if number not in but]

        wait_until(lambda: not left(), lambda: f"still there: {_described(left())}")

    def end_sessions(self, but: Container[int] = ()) -> None:
        """Kill what is left but these processes."""
        for number in (number for number in self.left() if number not in but):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)


class Client:
    """A person with a key: what they can start on their own machine."""

    def __init__(
        self, server: Server, key: Path, user: str = USER, over: Path | None = None
    ) -> None:
        """Come to `server` as `user` with `key`, `over` a connection that is there already."""
        self.server = server
        self.key = key
        self.host = f"{user}@127.0.0.1"
        self._over = over

    @property
    def options(self) -> list[str]:
        """What ssh, scp and sftp need to know."""
        settings = {
            "BatchMode": "yes",
            "StrictHostKeyChecking": "yes",
            "UserKnownHostsFile": self.server.known_hosts,
            "GlobalKnownHostsFile": "/dev/null",
            "IdentitiesOnly": "yes",
            "IdentityFile": self.key,
            "ConnectTimeout": PATIENCE,
            "Port": self.server.port,
        }
        if self._over is not None:
            # Over that connection, and over no other.
            settings |= {"ControlPath": self._over, "ProxyCommand": "false"}
        named = [f"-o{name}={value}" for name, value in settings.items()]
        return ["-F", "/dev/null", *named]

    def command(self, *options: str, command: str | None = None, escape: str = "none") -> list[str]:
        """Return the words of ssh; `escape` is the character that speaks to ssh itself."""
        words = ["ssh", *options, "-e", escape, *self.options, self.host]
        return words if command is None else [*words, "--", command]

    def terminal(
        self,
        *options: str,
        command: str | None = None,
        escape: str = "none",
        environment: Mapping[str, str] | None = None,
    ) -> Terminal:
        """Return a terminal in which ssh runs."""
        words = self.command(*options, command=command, escape=escape)
        return Terminal(*words, environment=environment)

    def run(self, *options: str, command: str | None = None) -> Outcome:
        """Run ssh without a terminal."""
        return self.start(self.command(*options, command=command))

    def copy(self, tool: str | Path, *words: str | Path) -> Outcome:
        """Run scp or sftp; REMOTE in a word stands for the server."""
        named = [str(word).replace("REMOTE", self.host) for word in words]
        return self.start([str(tool), *self.options, *named])

    def start(self, words: Sequence[str]) -> Outcome:
        """Run a client to its end."""
        return subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            env=_ENVIRONMENT,
            cwd=self.server.folder,
            timeout=PATIENCE,
        )

    @contextmanager
    def connected(self, *options: str) -> Iterator["Client"]:
        """Hold a connection on which nothing runs yet; yield the person who comes over it.

        Much faster where many things are tried one after the other.
        """
        over = self.server.folder / f"{self.key.name}.{self.server.port}"
        process = subprocess.Popen(
            self.command("-N", "-M", f"-oControlPath={over}", *options),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=_ENVIRONMENT,
            cwd=self.server.folder,
        )
        try:
            wait_until(over.exists, lambda: f"no connection:\n{self.server.said()}")
            yield Client(self.server, self.key, self.host.partition("@")[0], over)
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


@contextmanager
def agent(socket_path: Path) -> Iterator[None]:
    """Run an agent for keys, which listens on this path."""
    process = subprocess.Popen(
        ["ssh-agent", "-D", "-a", socket_path],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=_ENVIRONMENT,
    )
    try:
        wait_until(socket_path.exists, "ssh-agent does not listen")
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


def peak_memory(process: int) -> int:
    """Return the most memory that a process ever had, in bytes (VmHWM of proc(5))."""
    for line in Path(f"/proc/{process}/status").read_text().split("\n"):
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"{process} is gone")


def state(process: int) -> str:
    """Return the letter of proc(5) for what a process does: S sleeps, T is stopped, X is gone."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "X"


def processor_time(process: int) -> float:
    """Return the seconds that a process has computed (utime and stime of proc(5))."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _commands() -> Iterator[tuple[int, list[str]]]:
    """Yield every process with its words."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(OSError):
                words = (folder / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
                yield int(folder.name), [os.fsdecode(word) for word in words]


def _descendants(process: int) -> list[int]:
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(OSError):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                parents[int(folder.name)] = int(fields[1])
    found = [process]
    for ancestor in found:
        found += [child for child, parent in parents.items() if parent == ancestor]
    return found[1:]


def _described(processes: Sequence[int]) -> str:
    return "; ".join(
        f"{number} {shlex.join(words)}" for number, words in _commands() if number in processes
    )
