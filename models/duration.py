"""Time worked, in whole minutes, and the ways people type it."""

import re
from typing import Final

from models.refusals import BadInput
from models.text import quoted

TIME_LIMIT: Final = 9_999 * 60
"""The longest time, in minutes."""

_LONGEST_TIME = 40
_CLOCK = re.compile(r"(?P<hours>[0-9]*):(?P<minutes>[0-9]{1,2})")
_UNITS = re.compile(r"((?P<hours>[0-9]+)\s*h\s*)?(?P<minutes>[0-9]+)\s*m", re.IGNORECASE)
_HOURS = re.compile(
    r"(?=[.,]?[0-9])(?P<whole>[0-9]*)([.,](?P<decimals>[0-9]+))?(\s*h)?", re.IGNORECASE
)


def format_time(minutes: int) -> str:
    """Return a time as hours and minutes: `2:30`, `0:05`, `25:00`; `parse_time` reads it back."""
    return f"{minutes // 60}:{minutes % 60:02}"


def parse_time(text: str) -> int:
    """Return a time as typed in minutes.

    Hours as `1`, `1.5`, `1,5`, `.5` or `1.5h`, hours and minutes as `1:30`, `:30` or `1h 30m`,
    minutes as `90m`. Hours that are no whole number of minutes are rounded half up.

    Raises:
        BadInput: it is none of these, less than a minute, or more than `TIME_LIMIT`.
    """
    typed = text.strip()
    _refuse_unreadable(typed)
    minutes = _minutes(typed)
    if minutes < 1:
        raise BadInput("That is less than a minute: write at least 0:01.")
    if minutes > TIME_LIMIT:
        raise BadInput(f"That is too long: at most {TIME_LIMIT // 60:,} hours fit into one task.")
    return minutes


def _refuse_unreadable(typed: str) -> None:
    if not typed:
        raise BadInput("The time is empty: write hours as 1:30 or 1.5, or minutes as 90m.")
    if len(typed) > _LONGEST_TIME:
        raise BadInput("The time has too many characters: write it as 1:30 or 1.5.")
    if any(character.isnumeric() and not character.isascii() for character in typed):
        raise BadInput("Write the time with the digits 0 to 9, such as 1:30.")
    if typed.startswith(("-", "\N{MINUS SIGN}")):
        raise BadInput("A time cannot be negative: write it as 1:30.")


def _minutes(typed: str) -> int:
    if clock := _CLOCK.fullmatch(typed):
        return _from_clock(int(clock["hours"] or 0), clock["minutes"])
    if units := _UNITS.fullmatch(typed):
        if units["hours"] is None:
            return int(units["minutes"])
        return _from_hours_and_minutes(int(units["hours"]), int(units["minutes"]))
    if decimal := _HOURS.fullmatch(typed):
        return _from_hours(decimal["whole"], decimal["decimals"] or "")
    raise BadInput(f"{quoted(typed)} is not a time: write hours as 1:30 or 1.5, or minutes as 90m.")


def _from_clock(hours: int, minutes: str) -> int:
    if len(minutes) == 1:
        readings = [minute for minute in (int(minutes), int(minutes) * 10) if minute < 60]
        choice = " or ".join(format_time(hours * 60 + minute) for minute in dict.fromkeys(readings))
        raise BadInput(f"Minutes after a colon have two digits: write {choice}.")
    return _from_hours_and_minutes(hours, int(minutes))


def _from_hours_and_minutes(hours: int, minutes: int) -> int:
    total = hours * 60 + minutes
    if minutes > 59:
        raise BadInput(
            f"Beside hours, minutes go up to 59: write {format_time(total)} if that was meant."
        )
    return total


def _from_hours(whole: str, decimals: str) -> int:
    """Return decimal hours in minutes, rounded half up."""
    parts_per_hour: int = 10 ** len(decimals)
    return (int(whole + decimals) * 120 + parts_per_hour) // (2 * parts_per_hour)
