"""What an invocation works with: the database, the settings, the person, and the desk of these."""

import os
import pwd
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from models.opening import default_path, path_from_url
from models.refusals import BadInput
from models.settings import Settings, load_settings
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tui.cli.answers import tell

NOTICED_WAIT = 1.0
"""Seconds after which a command that is still at work says so."""


def database_path(options: Namespace) -> Path:
    """Return the file that the options or the environment name, else the user's own."""
    url = _given(options.database, "CUSTOMJOBS_DATABASE")
    return default_path() if url is None else path_from_url(url)


def settings(options: Namespace, otherwise: Settings | None = None) -> Settings:
    """Return the settings from the file that the options or the environment name, if any."""
    file = _given(options.config, "CUSTOMJOBS_CONFIG")
    if file is None:
        return otherwise or Settings()
    return load_settings(Path(file).expanduser())


def actor(options: Namespace) -> Actor:
    """Return who acts: the named person, else the user of this process.

    The name that customers see comes from the user database's comment field (passwd(5)), and so
    is known only of the user of this process.

    Raises:
        BadInput: nobody is named, and the user of this process has no login name.
    """
    named = _given(options.actor, "CUSTOMJOBS_ACTOR")
    session = f"{options.parser.prog} {os.getpid()}"
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
    return StaffDesk.open(path, actor(options), options.reseller, settings(options), create=create)


@contextmanager
def staff_desk(options: Namespace) -> Iterator[StaffDesk]:
    """Hold the staff's desk for one short command; a wait for other sessions is not silent."""
    with _noticed_wait(), closing(open_desk(options, database_path(options))) as desk:
        yield desk


def _given(option: str | None, variable: str) -> str | None:
    return option if option is not None else os.environ.get(variable) or None


def _display_name(user: pwd.struct_passwd) -> str:
    """Return the full name, the first part of the comment field; `&` in it is the login name."""
    return user.pw_gecos.partition(",")[0].replace("&", user.pw_name.capitalize())


@contextmanager
def _noticed_wait() -> Iterator[None]:
    notice = threading.Timer(
        NOTICED_WAIT, tell, ["This takes longer than usual: another session may be writing ..."]
    )
    notice.daemon = True
    notice.start()
    try:
        yield
    finally:
        notice.cancel()
