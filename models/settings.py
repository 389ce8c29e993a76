"""What a company can set: its name, currency and rates, how forms start, how the panel looks."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from models.currency import Currency
from models.money import format_minor, parse_rate
from models.refusals import BadInput
from models.text import checked_line


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration; every value has a default, so that no file is needed."""

    company: str = "Hosting company"
    """The company's name, on the screen and for customers."""
    default_currency: str = "USD"
    """Currency of imported accounts whose source names none."""
    default_rates: Mapping[str, str] = field(default_factory=dict)
    """Rate per hour by currency code, such as `USD = "75.00"`, where no other rate is known."""
    new_tasks: str = "planned"
    """`planned` or `done`: how the task form starts on a job without tasks."""
    staff_names: str = "display-name"
    """`display-name` or `company`: what customers see as the author of notes and work."""
    theme: str = "dark"
    """`dark` or `light`."""
    customer_idle_minutes: int = 15
    """Minutes without a key after which a customer's session ends; 0 = never."""
    staff_idle_minutes: int = 0
    """Minutes without a key after which a staff session ends; 0 = never."""


_CHOICES = {
    "new_tasks": ("planned", "done"),
    "staff_names": ("display-name", "company"),
    "theme": ("dark", "light"),
}

_MINUTES = ("customer_idle_minutes", "staff_idle_minutes")

MOST_MINUTES = 1440
"""The longest time that can be set after which a session without a key ends: a day."""


def load_settings(path: Path) -> Settings:
    """Read a TOML file.

    Raises:
        BadInput: the file cannot be read, or a key or value in it is not known; the sentence
            names the file and what would be right.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is not valid TOML: {error}.") from error
    try:
        return _checked(values)
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from error


def _checked(values: dict[str, object]) -> Settings:
    known = [setting.name for setting in fields(Settings)]
    for name in values:
        if name not in known:
            raise BadInput(f"{name} is no setting; the settings are {', '.join(known)}.")
    checked = {name: _value(name, value) for name, value in values.items()}
    return Settings(**checked)  # type: ignore[arg-type]  # each value was checked above


def _value(name: str, value: object) -> object:
    if name == "default_rates":
        return _rates(value)
    return _minutes(name, value) if name in _MINUTES else _text(name, value)


def _minutes(name: str, value: object) -> int:
    # Python takes a boolean for a number, TOML does not.
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_MINUTES:
        raise BadInput(
            f"{name} must be a whole number of minutes from 0 to {MOST_MINUTES}, such as "
            f"{name} = 15; 0 is never."
        )
    return value


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise BadInput(f'{name} must be a text in quotes, such as {name} = "…".')
    if name == "default_currency":
        return Currency.of(value).code
    if name in _CHOICES and value not in _CHOICES[name]:
        raise BadInput(f"{name} is {value!r}; it can be {' or '.join(_CHOICES[name])}.")
    return checked_line(value, required=True, what=name)


def _rates(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise BadInput('default_rates must be a table, such as [default_rates] and USD = "75.00".')
    rates = {}
    for code, rate in value.items():
        if not isinstance(rate, str):
            raise BadInput(f'default_rates.{code} must be a text in quotes, such as "75.00".')
        currency = Currency.of(code)
        rates[currency.code] = format_minor(parse_rate(rate, currency), currency)
    return rates
