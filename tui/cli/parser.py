"""How a command is declared: its name, its function, and the options that every command has."""

import argparse
import sys
from typing import Any, NoReturn, Protocol

from models.text import displayable
from tui.cli.answers import write
from tui.cli.argument_order import SHIELD
from tui.cli.argument_types import record_id


class Parser(argparse.ArgumentParser):
    """A parser that takes options by their whole name only, and says harmlessly what is wrong."""

    def __init__(self, **keywords: Any) -> None:
        super().__init__(
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            # A command may give an option of every command another meaning.
            conflict_handler="resolve",
            **keywords,
        )
        # From Python 3.14 on, help has colours; what is written here has no escape sequences.
        self.color = False

    def error(self, message: str) -> NoReturn:
        """Write usage and message to standard error and leave with 2."""
        super().error(displayable(message.replace(SHIELD, "")))

    def _print_message(self, message: str, file: Any = None) -> None:
        """Write help, usage and errors by the same last exit as all else."""
        write(file or sys.stderr, message)


class Group(Protocol):
    """Where commands are added: the top of the grammar, or one of its nouns."""

    def add_parser(self, name: str, **keywords: Any) -> Parser:
        """Add a command."""


def add_noun(commands: Group, name: str, summary: str) -> Group:
    """Add a noun and return where its verbs are added."""
    parser = commands.add_parser(name, help=summary, description=_sentence(summary))
    verbs: Group = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    return verbs


def add_command(
    commands: Group, name: str, run: tuple[str, str], summary: str, *, more: str = ""
) -> Parser:
    """Add a command that `run` does: the name of a module beside this one, and its function."""
    parser = commands.add_parser(
        name, help=summary, description=_sentence(summary), epilog=more or None
    )
    parser.set_defaults(run=run, parser=parser, remote=False, access=None)
    add_global_options(parser)
    return parser


def add_staff_command(
    commands: Group, name: str, run: tuple[str, str], summary: str, *, more: str = ""
) -> Parser:
    """Add a command of the staff, who may work for a reseller."""
    parser = add_command(commands, name, run, summary, more=more)
    parser.add_argument(
        "--reseller",
        type=record_id,
        metavar="ID",
        help="work for this reseller, on the reseller's own customers only",
    )
    return parser


def add_data_command(
    commands: Group, name: str, run: tuple[str, str], summary: str, *, more: str = ""
) -> Parser:
    """Add a command of the staff that works with data alone, and so can be sent over SSH.

    It reads and writes no file, and opens no panel.
    """
    parser = add_staff_command(commands, name, run, summary, more=more)
    parser.set_defaults(remote=True)
    return parser


def add_record_id(parser: Parser, name: str, metavar: str, what: str) -> None:
    """Add the operand that says which record is meant."""
    parser.add_argument(name, metavar=metavar, type=record_id, help=what)


def add_global_options(parser: Parser) -> None:
    """Add the options that every command has."""
    options = parser.add_argument_group("options of every command")
    options.add_argument(
        "--database",
        metavar="URL",
        help="a path or sqlite:///path (CUSTOMJOBS_DATABASE; else the user's data directory)",
    )
    options.add_argument(
        "--config", metavar="FILE", help="a TOML file with settings (CUSTOMJOBS_CONFIG)"
    )
    options.add_argument(
        "--actor", metavar="NAME", help="who acts (CUSTOMJOBS_ACTOR; else your login name)"
    )
    options.add_argument("--json", action="store_true", help="answer in JSON, for scripts")
    options.add_argument("--version", action="store_true", help="say the version and leave")


def _sentence(summary: str) -> str:
    return summary[0].upper() + summary[1:] + "."
