"""The environment of a customer's session: nothing of the client's but what the screen needs.

Textual, Rich, Python and the C library take orders from variables: what to import and run
(`TEXTUAL_DRIVER`), where to write (`TEXTUAL_LOG`), which keys to press (`TEXTUAL_PRESS`).
"""

import os
import pwd
import re
import sys
from collections.abc import Mapping

SEARCHED_FOLDERS = "/usr/bin:/bin"
"""The fixed `PATH`; nothing is ever started by it."""

ORDINARY_TERMINAL = "xterm"
"""The terminal in place of one whose name cannot be one."""

_TERMINAL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,63}")
_MANY_COLORS = ("truecolor", "24bit")


def cut_environment() -> None:
    """Delete all variables of the process but a few; call it before Textual is first imported.

    `TERM`, `COLORTERM` and `NO_COLOR` stay, as far as they say something about a screen; a missing
    `TERM` stays missing. `HOME` is what the user database says, and `PATH` and `LC_ALL` are fixed.
    `TZ` goes: it may name any file to read, and times are those of the machine.

    Raises:
        RuntimeError: Textual is imported already, and has read its orders (a programming fault).
    """
    if "textual" in sys.modules:
        raise RuntimeError("The environment must be cut before Textual is imported.")
    kept = _of_the_screen(os.environ) | {
        "HOME": _home(),
        "PATH": SEARCHED_FOLDERS,
        "LC_ALL": "C.UTF-8",
    }
    for name in tuple(os.environ):
        # The C library cannot delete an entry without a name, and nobody can ask for it.
        if name:
            del os.environ[name]
    os.environ.update(kept)


def _of_the_screen(given: Mapping[str, str]) -> dict[str, str]:
    kept = {}
    if terminal := given.get("TERM"):
        well_formed = _TERMINAL_NAME.fullmatch(terminal)
        kept["TERM"] = terminal if well_formed else ORDINARY_TERMINAL
    if (colors := given.get("COLORTERM")) in _MANY_COLORS:
        kept["COLORTERM"] = colors
    if given.get("NO_COLOR"):  # any text means yes (no-color.org)
        kept["NO_COLOR"] = "1"
    return kept


def _home() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return "/"
