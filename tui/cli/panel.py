"""`customjobs staff`, `customer` and `demo`: the commands that open a panel."""

import os
import signal
import sys
import syslog
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from models.customer.desk import CustomerDesk
from models.refusals import BadInput, DatabaseBusy, DatabaseUnusable, Refused
from models.text import displayable
from tui.cli.answers import tell
from tui.cli.invocation import actor, open_desk, settings
from tui.cli.named_files import database_path
from tui.cli.remote import run_original
from tui.confinement import confine_process, cut_environment
from tui.ending import ENDS

NOT_NOW = "The Support Center cannot be opened right now. Please try again later."

WRONG_USAGE = 2
"""The exit code where a command was called in a way in which it cannot work."""


def staff(options: Namespace) -> int:
    """Open the staff's panel, or run the one command that came over SSH in its place.

    A missing database is made, unless the person came in by a key.
    """
    forced = options.access is not None
    if forced:
        original = os.environ.get("SSH_ORIGINAL_COMMAND")
        cut_environment()
        if original is not None:
            return run_original(original, options)
    path = database_path(options)
    if not _can_show_a_panel():
        open_desk(options, path, create=not forced).close()
        return _tell_of_terminal(over_ssh=forced)
    from tui.staff_panel import run_staff_panel

    return run_staff_panel(
        path,
        actor(options),
        options.reseller,
        settings(options),
        create=not forced,
        access=options.access,
    )


def customer(options: Namespace) -> int:
    """Open the Support Center of the accounts, to read only, in a process that can do no more.

    Who came in by a key is known by the options alone: nothing of the client's is looked at.
    """
    forced = options.access is not None
    if forced:
        cut_environment()
    accounts = tuple(dict.fromkeys(options.accounts))
    with ExitStack() as opened:
        with _in_general_words() if forced else nullcontext():
            company = settings(options)
            desk = CustomerDesk.open(database_path(options), accounts, company, options.access)
        opened.callback(desk.close)
        if not _can_show_a_panel():
            return _tell_of_terminal(over_ssh=forced)
        cut_environment()
        confine_process()
        from tui.support_center.app import run_support_center

        opened.pop_all()  # the Support Center closes it
        return run_support_center(desk, company)


def demo(options: Namespace) -> int:
    """Open the panel on made-up data, which is removed in the end."""
    if options.database is not None:
        options.parser.error("argument --database: a demo makes its own")
    if not _can_show_a_panel():
        return _tell_of_terminal(over_ssh=False)
    from models.demo import DEMO_SETTINGS, make_demo
    from tui.staff_panel import run_staff_panel

    person, company = actor(options), settings(options, DEMO_SETTINGS)
    with _temporary_folder() as folder:
        path = folder / "demo.db"
        tell(f"all data of this demo is made up; it is in {path} until you leave.")
        make_demo(path, options.accounts)
        code = run_staff_panel(path, person, None, company, create=False, demo=True)
    with suppress(OSError):  # nobody is there any more
        tell(f"the demo's data in {folder} is removed.")
    return code


@contextmanager
def _in_general_words() -> Iterator[None]:
    """Tell the log, not a customer, what is wrong with the server's files."""
    try:
        yield
    except (BadInput, DatabaseBusy, DatabaseUnusable) as refusal:
        syslog.syslog(syslog.LOG_ERR, displayable(f"customjobs customer: {refusal}"))
        raise Refused(NOT_NOW) from refusal


def _can_show_a_panel() -> bool:
    """Tell whether there is a terminal that a panel can read from and draw on."""
    # Drawing is done on standard error.
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    return os.environ.get("TERM", "") not in ("", "dumb")


def _tell_of_terminal(*, over_ssh: bool) -> int:
    """Say what is missing, and return the exit code of wrong usage."""
    if over_ssh:
        tell("This service needs a terminal. Connect with: ssh -t USER@HOST")
    else:
        tell("The panel needs a terminal; scripts use the commands of customjobs --help.")
    return WRONG_USAGE


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    """Yield a folder that is removed in the end, also when the terminal closes."""
    folder = TemporaryDirectory(prefix="customjobs-demo-")

    def remove(number: int, _frame: FrameType | None) -> None:
        folder.cleanup()
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)

    previous = {number: signal.signal(number, remove) for number in ENDS}
    try:
        with folder as name:
            yield Path(name)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
