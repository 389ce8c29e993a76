"""What an invocation works with: the database, the settings, the person, and the desk of these."""

import os
import pwd
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from models.refusals import BadInput
from models.settings import Settings, load_settings
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tui import faults
from tui.cli.answers import tell
from tui.cli.named_files import config_path, database_path, given

NOTICED_WAIT = 1.0
"""Seconds after which a command that is still at work says so."""


def settings(options: Namespace, otherwise: Settings | None = None) -> Settings:
    """Return the settings from that file; without one, the defaults or those given here."""
    file = config_path(options)
    return (otherwise or Settings()) if file is None else load_settings(file)


def actor(options: Namespace) -> Actor:
    """Return who acts: the named person, else the user of this process.

    The name that customers see comes from the user database's comment field (passwd(5)), and so
    is known only of the user of this process.

    Raises:
        BadInput: nobody is named, and the user of this process has no login name.
    """
    named = given(options.actor, "CUSTOMJOBS_ACTOR")
    session = _session(options)
    try:
        user = pwd.getpwuid(os.getuid())
    except KeyError as error:
        if named is None:
            raise BadInput("You have no login name here: say who you are with --actor.") from error
        return Actor(named, session=session)
    if named not in (None, user.pw_name):
        return Actor(str(named), session=session)
    return Actor(user.pw_name, _display_name(user), session)


def open_desk(options: Namespace, path: Path, *, create: bool = False) -> StaffDesk:
    """Open the staff's desk on `path`; see `StaffDesk.open` for the refusals."""
    faults.keep_beside(path)
    return StaffDesk.open(
        path,
        actor(options),
        options.reseller,
        settings(options),
        create=create,
        access=options.access,
    )


@contextmanager
def staff_desk(options: Namespace) -> Iterator[StaffDesk]:
    """Hold the staff's desk for one short command; a wait for other sessions is not silent."""
    with noticed_wait(), closing(open_desk(options, database_path(options))) as desk:
        yield desk


def _session(options: Namespace) -> str:
    """Return what the history calls this run: the program, its process, and how it was entered."""
    session = f"{options.parser.prog} {os.getpid()}"
    return session if options.access is None else f"{session} by access {options.access}"


def _display_name(user: pwd.struct_passwd) -> str:
    """Return the full name, the first part of the comment field; `&` in it is the login name."""
    return user.pw_gecos.partition(",")[0].replace("&", user.pw_name.capitalize())


@contextmanager
def noticed_wait() -> Iterator[None]:
    """Say so when what is done in the block takes longer than `NOTICED_WAIT`."""
    notice = threading.Timer(
        NOTICED_WAIT, tell, ["This takes longer than usual: another session may be writing ..."]
    )
    notice.daemon = True
    notice.start()
    try:
        yield
    finally:
        notice.cancel()
