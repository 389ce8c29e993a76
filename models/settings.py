"""What a company can set: its name, currency and rates, how forms start, how the panel looks."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from models.currency import Currency
from models.money import parse_rate
from models.refusals import BadInput


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


_CHOICES = {
    "new_tasks": ("planned", "done"),
    "staff_names": ("display-name", "company"),
    "theme": ("dark", "light"),
}


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
    for name, value in values.items():
        if name not in known:
            raise BadInput(f"{name} is no setting; the settings are {', '.join(known)}.")
        if name == "default_rates":
            _check_rates(value)
        elif not isinstance(value, str):
            raise BadInput(f'{name} must be a text in quotes, such as {name} = "…".')
        elif name in _CHOICES and value not in _CHOICES[name]:
            raise BadInput(f"{name} is {value!r}; it can be {' or '.join(_CHOICES[name])}.")
        elif name == "default_currency":
            Currency.of(value)
    return Settings(**values)  # type: ignore[arg-type]  # each value was checked above


def _check_rates(value: object) -> None:
    if not isinstance(value, dict):
        raise BadInput('default_rates must be a table, such as [default_rates] and USD = "75.00".')
    for code, rate in value.items():
        if not isinstance(rate, str):
            raise BadInput(f'default_rates.{code} must be a text in quotes, such as "75.00".')
        parse_rate(rate, Currency.of(code))
