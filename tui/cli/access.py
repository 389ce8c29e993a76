"""`customjobs access …`: who may come in over SSH, and by which key."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.access.desk import AccessDesk
from models.access.grants import Grant
from models.access.public_key import PublicKey, read_public_key
from models.refusals import BadInput
from tui.cli import readable, shapes
from tui.cli.answers import answer, answer_json, tell
from tui.cli.invocation import actor, noticed_wait, settings
from tui.cli.named_files import config_path, database_path
from tui.ssh.authorized_keys import authorized_keys
from tui.ssh.forced_command import Installation, authorized_line

LONGEST_FILE = 64 * 1024
"""Bytes that are read of a key file; a key takes some hundred."""


def add_staff(options: Namespace) -> int:
    """Let a person into the staff's panel by a key, and answer with the access."""
    key = _key_in(options.keyfile)
    with _desk(options) as desk:
        grant = desk.add_staff(options.name, key, options.reseller, options.display_name)
    return _answer_grant(options, grant)


def add_customer(options: Namespace) -> int:
    """Let a customer into the Support Center by a key, and answer with the access."""
    key = _key_in(options.keyfile)
    with _desk(options) as desk:
        grant = desk.add_customer(options.accounts, key)
    return _answer_grant(options, grant)


def list_access(options: Namespace) -> int:
    """Answer with all access that was granted and not removed."""
    with _desk(options) as desk:
        grants = desk.in_force(options.account)
    if options.json:
        answer_json(shapes.listing(list(map(shapes.grant, grants)), len(grants)))
    else:
        answer(readable.grants(grants))
    return 0


def remove(options: Namespace) -> int:
    """Take an access away and answer with what it was."""
    with _desk(options) as desk:
        grant = desk.remove(options.access_id)
    return _answer_grant(options, grant)


def whole_file(options: Namespace) -> int:
    """Answer with the lines of all keys, for a file that sshd reads."""
    installation = Installation.here(database_path(options), config_path(options))
    with _desk(options) as desk:
        grants = desk.in_effect()
    if options.json:
        lines = [{"access": it.id, "line": authorized_line(it, installation)} for it in grants]
        answer_json(shapes.listing(lines, len(lines)))
    else:
        answer(authorized_keys(grants, installation).rstrip("\n"))
    return 0


@contextmanager
def _desk(options: Namespace) -> Iterator[AccessDesk]:
    path = database_path(options)
    with noticed_wait(), AccessDesk.open(path, actor(options), settings(options)) as desk:
        yield desk


def _key_in(word: str) -> PublicKey:
    """Return the key in a file, or on standard input where the word is `-`.

    Raises:
        BadInput: it cannot be read, or is no public key.
    """
    try:
        if word == "-":
            if sys.stdin.isatty():
                tell("reading the public key from the terminal; end it with Ctrl-D.")
            content = sys.stdin.buffer.read(LONGEST_FILE)
        else:
            with Path(word).open("rb") as file:
                content = file.read(LONGEST_FILE)
        text = content.decode("utf-8")
    except OSError as error:
        raise BadInput(f"{word} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{word} is no public key: it is no text.") from error
    return read_public_key(text)


def _answer_grant(options: Namespace, grant: Grant) -> int:
    if options.json:
        answer_json(shapes.grant(grant))
    else:
        answer(readable.grants([grant]))
    return 0
