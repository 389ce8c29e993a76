"""`customjobs staff`, `customer` and `demo`: the commands that open a panel."""

import signal
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from models.customer.desk import CustomerDesk
from models.refusals import Refused
from tui.cli.answers import tell
from tui.cli.invocation import actor, database_path, open_desk, settings

_ENDS_OF_SESSIONS = (signal.SIGHUP, signal.SIGTERM)


def staff(options: Namespace) -> int:
    """Open the staff's panel; a missing database is made."""
    path = database_path(options)
    if not _at_a_terminal():
        open_desk(options, path, create=True).close()
        raise _no_terminal()
    from tui.staff_panel import run_staff_panel

    _end_with_the_terminal()
    return run_staff_panel(path, actor(options), options.reseller, settings(options), create=True)


def customer(options: Namespace) -> int:
    """Open the Support Center of the accounts, to read only."""
    path, accounts = database_path(options), tuple(dict.fromkeys(options.accounts))
    if not _at_a_terminal():
        # What is wrong with the account is the better answer.
        CustomerDesk.open(path, accounts, settings(options)).close()
        raise _no_terminal()
    from tui.support_center.app import run_support_center

    _end_with_the_terminal()
    return run_support_center(path, accounts, settings(options))


def demo(options: Namespace) -> int:
    """Open the panel on made-up data, which is removed in the end."""
    if options.database is not None:
        options.parser.error("argument --database: a demo makes its own")
    if not _at_a_terminal():
        raise _no_terminal()
    from models.demo import DEMO_SETTINGS, make_demo
    from tui.staff_panel import run_staff_panel

    _end_with_the_terminal()
    person, company = actor(options), settings(options, DEMO_SETTINGS)
    with _temporary_folder() as folder:
        path = folder / "demo.db"
        tell(f"all data of this demo is made up; it is in {path} until you leave.")
        make_demo(path, options.accounts)
        code = run_staff_panel(path, person, None, company, create=False, demo=True)
    tell(f"the demo's data in {folder} is removed.")
    return code


def _end_with_the_terminal() -> None:
    """Let a closed terminal end the program, also under `nohup` and the like.

    With the signal ignored, Textual would go on reading the end of input for ever.
    """
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _at_a_terminal() -> bool:
    """Tell whether a panel can read keys and draw, which it does on standard error."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _no_terminal() -> Refused:
    return Refused("The panel needs a terminal; scripts use the commands of customjobs --help.")


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    """Yield a folder that is removed in the end, also when the terminal closes."""
    folder = TemporaryDirectory(prefix="customjobs-demo-")

    def remove(number: int, _frame: FrameType | None) -> None:
        folder.cleanup()
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)

    previous = {number: signal.signal(number, remove) for number in _ENDS_OF_SESSIONS}
    try:
        with folder as name:
            yield Path(name)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
