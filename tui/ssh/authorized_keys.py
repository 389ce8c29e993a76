"""A file of keys for sshd: written whole, and checked line by line."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from models.access.grants import Grant
from models.refusals import BadInput
from tui.ssh.forced_command import Installation, authorized_line, key_of_line

HEADING = """\
# Written by customjobs access authorized-keys. It does not follow later changes: write it anew
# after each, or let sshd ask at every login (AuthorizedKeysCommand, see customjobs sshd-config).
"""


def authorized_keys(grants: Iterable[Grant], installation: Installation) -> str:
    """Return the whole file for all `grants`, each on its line under a comment that names it."""
    parts = [HEADING]
    for grant in grants:
        opens = grant.staff or "accounts " + ", ".join(map(str, grant.accounts))
        parts.append(f"# access {grant.id}: {opens}\n{authorized_line(grant, installation)}\n")
    return "".join(parts)


def problems_of(path: Path) -> list[str]:
    """Return what is wrong with a file of keys, a sentence each: lines, duplicates, who may write.

    Raises:
        BadInput: the file cannot be read.
    """
    try:
        # Split where sshd does, and nowhere else.
        lines = path.read_bytes().decode("utf-8").split("\n")
        status = path.stat()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise BadInput(f"{path} cannot be read: {reason}.") from error
    return [*_wrong_lines(path, lines), *_wrong_rights(path, status)]


def _wrong_lines(path: Path, lines: Iterable[str]) -> Iterable[str]:
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip(" \t").startswith("#"):
            continue
        try:
            key = key_of_line(line)
        except BadInput as error:
            yield f"{path}:{number}: refused: {str(error).rstrip('.')}."
            continue
        if key.base64 in seen:
            yield f"{path}:{number}: refused: the same key as in line {seen[key.base64]}."
        seen.setdefault(key.base64, number)


def _wrong_rights(path: Path, status: os.stat_result) -> Iterable[str]:
    if status.st_uid != 0:
        yield f"{path} does not belong to root: whoever it belongs to can give access."
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        yield f"{path} can be written by others than its owner: chmod 644 it."
