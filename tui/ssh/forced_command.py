"""The one command that a key may run: how it is written into a line for sshd, and recognised.

The line is `restrict,pty,command="…" TYPE KEY` (sshd(8), AUTHORIZED_KEYS FILE FORMAT). sshd hands
the command to the login shell of the service user, so every word is quoted for a shell.
"""

import re
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from models.access.grants import Grant
from models.access.public_key import PublicKey, checked_key
from models.refusals import BadInput
from models.text import displayable

_START: Final = "trap '' INT QUIT TSTP; exec "
"""What the shell does before it gives its place to Python: the keys that would stop a program mean
nothing from the first moment. Python answers Ctrl-C with a traceback while it starts."""

_PROGRAM: Final = ("-I", "-X", "utf8", "-m", "tui")
"""Python without environment, user folder and current folder, in UTF-8 whatever the locale."""

_LINE: Final = re.compile(r'restrict,pty,command="((?:[^"\\]|\\")+)" (\S+) (\S+)(?: .*)?')

_UNFIT: Final = re.compile(r'["\\\x00-\x1f\x7f]')
"""What sshd's own quoting cannot carry, or would be mistaken for the end of the line."""

_NUMBER: Final = re.compile("[0-9]{1,12}")
_VALUES: Final = {
    "--database": re.compile(r"/[^\0]*"),
    "--config": re.compile(r"/[^\0]*"),
    "--account": _NUMBER,
    "--access": _NUMBER,
    "--reseller": _NUMBER,
    "--actor": re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,63}"),
}
_OPTIONS: Final = {
    "customer": ({"--database", "--account", "--access"}, {"--config"}),
    "staff": ({"--database", "--actor", "--access"}, {"--config", "--reseller"}),
}
"""For each program that a key may open: the options that must be there, and those that may."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Where this program and its data lie: all that a line needs besides the grant."""

    python: str
    database: Path
    config: Path | None = None

    @classmethod
    def here(cls, database: Path, config: Path | None) -> "Installation":
        """Describe the running program.

        Raises:
            BadInput: a path holds characters that no line for sshd can carry.
        """
        installation = cls(sys.executable, database.absolute(), config and config.absolute())
        for path in map(str, (sys.executable, installation.database, installation.config or "")):
            if _UNFIT.search(path) or displayable(path) != path:
                raise BadInput(f"{path} cannot stand in a line for sshd: rename it.")
        if " " in sys.executable:
            raise BadInput(f"sshd starts no program with a blank in its path: {sys.executable}.")
        return installation

    def command(self, verb: Sequence[str], *words: str) -> list[str]:
        """Return the words that let this program do `verb`, with `words` behind the database."""
        config = ["--config", str(self.config)] if self.config is not None else []
        database = ["--database", str(self.database)]
        return [self.python, *_PROGRAM, *verb, *database, *config, *words]


def authorized_line(grant: Grant, installation: Installation) -> str:
    """Return the line for sshd by which the key of `grant` opens what was granted."""
    if grant.staff:
        verb, whose = ["staff"], ["--actor", grant.staff]
        if grant.reseller is not None:
            whose += ["--reseller", str(grant.reseller)]
    else:
        verb = ["customer"]
        whose = [word for account in grant.accounts for word in ("--account", str(account))]
    command = _START + shlex.join(installation.command(verb, *whose, "--access", str(grant.id)))
    escaped = command.replace('"', '\\"')
    return f'restrict,pty,command="{escaped}" {grant.key.kind} {grant.key.base64}'


def key_of_line(line: str) -> PublicKey:
    """Return the key of a line that opens a panel or a Support Center, and nothing else.

    Raises:
        BadInput: the line would open something else, such as a shell, or is not understood.
    """
    match = _LINE.fullmatch(line)
    if match is None:
        raise BadInput('the line does not read restrict,pty,command="…" TYPE KEY')
    command, kind, encoded = match.groups()
    _require_known(command.replace('\\"', '"'))
    return checked_key(kind, encoded)


def _require_known(command: str) -> None:
    if not command.startswith(_START):
        raise BadInput(f"its command does not begin with {_START.rstrip()}")
    command = command.removeprefix(_START)
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise BadInput("its command has an open quotation mark") from error
    # Written back the same, it holds nothing that means something to a shell.
    if shlex.join(words) != command:
        raise BadInput("its command holds characters that a shell would act on")
    if tuple(words[:6]) != (sys.executable, *_PROGRAM):
        raise BadInput(f"its command does not start {shlex.join((sys.executable, *_PROGRAM))}")
    program, *options = words[6:] or [""]
    if program not in _OPTIONS:
        raise BadInput("its command opens neither staff nor customer")
    _require_options(program, options)


def _require_options(program: str, options: Sequence[str]) -> None:
    names, values = options[::2], options[1::2]
    needed, allowed = _OPTIONS[program]
    if len(names) != len(values) or not needed <= set(names) <= needed | allowed:
        raise BadInput(
            f"{program} takes {' VALUE, '.join(sorted(needed))} VALUE, and at most "
            f"{' and '.join(sorted(allowed))} besides"
        )
    for name, value in zip(names, values, strict=True):
        if not _VALUES[name].fullmatch(value):
            raise BadInput(f"{name} has a value that does not belong there")
    repeated = [name for name in names if name != "--account" and names.count(name) > 1]
    if repeated:
        raise BadInput(f"{repeated[0]} is there twice")
