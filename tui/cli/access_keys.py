"""`customjobs access keys`: what sshd asks at each login. It loads as little as it can."""

import os
import pwd
import syslog
from argparse import Namespace

from models.access.grants import grant_of_key
from models.access.public_key import checked_key
from models.refusals import BadInput, NotAllowed, Refused
from models.text import quoted
from tui.cli.answers import answer, answer_json
from tui.cli.named_files import config_path, database_path
from tui.ssh.forced_command import Installation, authorized_line


def keys(options: Namespace) -> int:
    """Answer what a key may do: with one line for sshd, or with nothing.

    What goes wrong is said to the system's log, too, since sshd throws our standard error away.
    """
    try:
        line = _line(options)
    except Refused as refusal:
        syslog.syslog(syslog.LOG_ERR, f"customjobs access keys: {refusal}")
        raise
    if options.json:
        answer_json({"line": line})
    elif line is not None:
        answer(line)
    return 0


def _line(options: Namespace) -> str | None:
    user = pwd.getpwuid(os.getuid()).pw_name
    if options.user != user:
        raise NotAllowed(
            f"sshd asked for the user {quoted(options.user)}, but only {user} can be entered here: "
            "its configuration reaches too far."
        )
    try:
        key = checked_key(options.kind, options.key)
    except BadInput:
        return None
    database = database_path(options)
    grant = grant_of_key(database, key)
    if grant is None:
        return None
    return authorized_line(grant, Installation.here(database, config_path(options)))
