"""Which entries of the history are meant, and the one line in which people say so."""

import datetime
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from models.moments import parse_date
from models.refusals import BadInput
from models.text import quoted
from models.values import EventKind

KIND_WORDS: Final = (
    "added",
    "changed",
    "status",
    "done",
    "removed",
    "restored",
    "moved",
    "note",
    "task",
    "job",
    "import",
    "access",
)
"""The words by which people say what happened, or to what."""

_NOUNS = ("note", "task", "job", "import", "access")
_MEANT_TOO = {"done": ("done", "planned"), "moved": ("moved", "received")}

_KEYS = ("who:", "kind:", "since:", "until:")
_JOB = re.compile("#([0-9]{1,12})")
_ACCOUNT = re.compile("[0-9]{1,12}")
_DAYS_AGO = re.compile("-([0-9]{1,6})")
_EXAMPLE = "write who:anna kind:status since:yesterday until:2026-11-30 #57 or 1001"

_FIRST_YEAR, _LAST_YEAR = 1970, 9998
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MILLISECOND = datetime.timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which entries of the history are meant; what is not given leaves none out.

    `actor` is a login, `kinds` are kinds of entries. Moments are in epoch milliseconds: from
    `since` on, and before `until`.
    """

    account: int | None = None
    job: int | None = None
    actor: str = ""
    kinds: frozenset[EventKind] = frozenset()
    since: int | None = None
    until: int | None = None


def parse_history_filter(text: str, today: datetime.date) -> HistoryFilter:
    """Return what a line such as `who:anna kind:status since:yesterday #57 1001` asks for.

    A number is an Account ID, `#` and a number a job. `kind:` may be given again.

    Raises:
        BadInput: a word is not known, means nothing, or says again what another one said.
    """
    kinds: list[str] = []
    given: dict[str, Any] = {}
    for word in text.split():
        name, value = _read(word, today)
        if name == "kind":
            kinds.append(value)
        elif name in given:
            raise BadInput(f"{quoted(word)} is one too many: that was said before it.")
        else:
            given[name] = value
    return HistoryFilter(kinds=kinds_meant(kinds), **given)


def kinds_meant(words: list[str]) -> frozenset[EventKind]:
    """Return the kinds of entries that words of `KIND_WORDS` mean; no word means none of them.

    Words for what happened add up, and so do words for what it happened to; of both together, a
    kind must be both: `task` and `removed` mean removed tasks.

    Raises:
        BadInput: a word is none of these, or no kind is all that.
    """
    for word in words:
        if word not in KIND_WORDS:
            raise BadInput(
                f"{quoted(word)} is no kind{_suggestion(word, KIND_WORDS)}: write "
                f"{', '.join(KIND_WORDS[:-1])} or {KIND_WORDS[-1]}."
            )
    if not words:
        return frozenset()
    nouns = {word for word in words if word in _NOUNS}
    verbs = {it for word in words if word not in _NOUNS for it in _MEANT_TOO.get(word, (word,))}
    meant = frozenset(kind for kind in EventKind if _is_meant(kind, nouns, verbs))
    if not meant:
        raise BadInput(f"Nothing is {' and '.join(words)} at once: leave one of them out.")
    return meant


def since_when(text: str, today: datetime.date) -> int:
    """Return the first moment of what was typed: a date's beginning, or a moment itself.

    Reads dates as `parse_date` does, `-7` for seven days ago, and ISO moments such as
    `2026-11-22T14:30`, in local time where they have no offset.

    Raises:
        BadInput: it is none of these.
    """
    return _moment(text) if _is_moment(text) else _midnight(_date(text, today))


def until_when(text: str, today: datetime.date) -> int:
    """Return the first moment after what was typed: a date's end, or a moment itself.

    Raises:
        BadInput: it is none of what `since_when` reads.
    """
    if _is_moment(text):
        return _moment(text)
    return _midnight(_date(text, today) + datetime.timedelta(days=1))


def login_meant(text: str) -> str:
    """Return a login as it was typed.

    Raises:
        BadInput: it was typed in bytes that are no text.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadInput(f"{quoted(text)} is no login: it is not written in UTF-8.") from error
    return text


def _read(word: str, today: datetime.date) -> tuple[str, Any]:
    """Return which part of a filter a word is, and its value."""
    key, separator, value = word.partition(":")
    if not separator:
        if job := _JOB.fullmatch(word):
            return "job", int(job[1])
        if _ACCOUNT.fullmatch(word):
            return "account", int(word)
    name = key.lower()
    if not separator or f"{name}:" not in _KEYS:
        raise BadInput(f"{quoted(word)} is not known here{_suggestion(name, _KEYS)}: {_EXAMPLE}.")
    if not value:
        raise BadInput(f"There is nothing behind {name}: {_EXAMPLE}.")
    match name:
        case "who":
            return "actor", login_meant(value)
        case "kind":
            return "kind", value.lower()
        case "since":
            return "since", since_when(value, today)
    return "until", until_when(value, today)


def _is_meant(kind: EventKind, nouns: set[str], verbs: set[str]) -> bool:
    noun, _, verb = kind.value.partition("-")
    return (not nouns or noun in nouns) and (not verbs or verb in verbs)


def _suggestion(word: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(word.lower(), known, 1)
    return f", did you mean {close[0]}?" if close else ""


def _date(text: str, today: datetime.date) -> datetime.date:
    days_ago = _DAYS_AGO.fullmatch(text.strip())
    try:
        if days_ago:
            date = today - datetime.timedelta(days=int(days_ago[1]))
        else:
            date = datetime.date.fromisoformat(parse_date(text, today))
    except OverflowError as error:
        raise BadInput(_out_of_range(text)) from error
    _require_in_range(date, text)
    return date


def _is_moment(text: str) -> bool:
    return "T" in text.strip()[8:11].upper()


def _midnight(date: datetime.date) -> int:
    return _in_ms(datetime.datetime.combine(date, datetime.time()))


def _moment(text: str) -> int:
    try:
        moment = datetime.datetime.fromisoformat(text.strip().upper())
    except ValueError as error:
        raise BadInput(
            f"{quoted(text)} is not a moment: write it as 2026-11-22T14:30 or with an offset, as "
            "2026-11-22T14:30+00:00."
        ) from error
    _require_in_range(moment, text)
    return _in_ms(moment)


def _in_ms(moment: datetime.datetime) -> int:
    return (moment.astimezone() - _EPOCH) // _MILLISECOND


def _require_in_range(date: datetime.date, text: str) -> None:
    """Keep away from the last date there is: a day later, or in another place, is none."""
    if not _FIRST_YEAR <= date.year <= _LAST_YEAR:
        raise BadInput(_out_of_range(text))


def _out_of_range(text: str) -> str:
    return f"{quoted(text)} is out of range: write a date from {_FIRST_YEAR} to {_LAST_YEAR}."
