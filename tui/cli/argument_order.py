"""The order of the words after `customjobs`: options may stand anywhere, operands come first.

`argparse` knows the options of a command only behind the command, gives an optional operand up
when an option stands before it, and takes `-12,50` for an option. Arranged, none of this happens.
"""

from collections.abc import Sequence
from typing import Final

FLAGS: Final = frozenset(
    {
        "-h",
        "--help",
        "--version",
        "--json",
        "--hidden",
        "--customer",
        "--free",
        "--done",
        "--planned",
        "--dry-run",
    }
)
"""The options that take no value."""

SHIELD: Final = "\0"
"""Stands before an operand with a dash; no argument of a process can hold this character."""


def arranged(words: Sequence[str]) -> list[str]:
    """Return the words with operands before options, and each option joined to its value.

    An option's value may begin with one dash, as in `--fixed -50,00`. All words behind `--` are
    operands.
    """
    operands: list[str] = []
    options: list[str] = []
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            operands += map(_shielded, waiting)
            break
        if word == "-" or not word.startswith("-"):
            operands.append(word)
        elif _wants_value(word) and waiting and not waiting[0].startswith("--"):
            options.append(f"{word}={waiting.pop(0)}")
        else:
            options.append(word)
    return operands + options


def operand(word: str) -> str:
    """Return an operand as it was given; every text operand of a command is read with this."""
    return word.removeprefix(SHIELD)


def _wants_value(word: str) -> bool:
    return word.startswith("--") and "=" not in word and word not in FLAGS


def _shielded(word: str) -> str:
    return SHIELD + word if word.startswith("-") and word != "-" else word
