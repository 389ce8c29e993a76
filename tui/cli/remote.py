"""One command of the command line, sent over SSH by a person whose key opens the staff's panel.

It runs with the person, the reseller and the database of the key. Whatever is not on the list of
commands that only work with data is refused: no files, no other database, nobody else's name.
"""

from argparse import Namespace

from models.refusals import NotAllowed
from models.text import quoted
from tui.cli.argument_order import arranged
from tui.cli.command import run_command
from tui.cli.grammar import DATA_NOUNS, read_arguments
from tui.ssh.original_command import words_of

_OF_THE_KEY = ("database", "config", "actor", "reseller")
"""The options that the key decides on."""


def run_original(original: str, session: Namespace) -> int:
    """Do the command that came over SSH, as the `session` of the key; return its exit code.

    Raises:
        BadInput: it cannot be split into words.
        NotAllowed: it is no command for a key, or says what only the key decides.
        SystemExit: wrong usage, or help was asked for.
    """
    words = words_of(original)
    if not words:
        raise NotAllowed("No command was given: connect without one to open the panel.")
    words = arranged(words)
    noun = next((word for word in words if not word.startswith("-")), None)
    if noun is not None and noun not in DATA_NOUNS:
        raise _not_over_ssh(noun)
    options = read_arguments(words)
    if not options.remote:
        raise _not_over_ssh(noun or words[0])
    for name in _OF_THE_KEY:
        if getattr(options, name) is not None:
            raise NotAllowed(f"--{name} cannot be given over SSH: your key decides on it.")
        setattr(options, name, getattr(session, name))
    options.access = session.access
    return run_command(options)


def _not_over_ssh(word: str) -> NotAllowed:
    *first, last = DATA_NOUNS
    return NotAllowed(
        f"{quoted(word)} cannot be run over SSH: connect without a command to open the panel, or "
        f"run a command of {', '.join(first)} or {last}."
    )
