"""Moments and dates: stored as UTC epoch milliseconds and ISO dates, shown in local time."""

import calendar
import contextlib
import datetime
import re
import time
from typing import Final

from models.refusals import BadInput
from models.text import quoted

_EPOCH: Final = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MILLISECOND: Final = datetime.timedelta(milliseconds=1)

_FIRST_YEAR = 1970
_LAST_YEAR = 9998
"""The last year that has an end in the calendar of the machine."""
_LAST_MOMENT = datetime.datetime(9999, 12, 30, tzinfo=datetime.UTC)
"""A day before the calendar of the machine ends, so that every time zone can show it."""

_DAYS_BY_WORD = {"yesterday": -1, "today": 0, "tomorrow": 1}
_IN_DAYS = re.compile(r"\+([0-9]{1,7})")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_PART_OF_TIME = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_OTHER_DATE = re.compile(r"([0-9]{1,4})[./-]\s?([0-9]{1,2})[./-]\s?([0-9]{1,4})")
_ISO_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_EPOCH_SECONDS = re.compile(r"[0-9]{1,12}")
_MOMENTS_READ = "write it as 2026-11-22, 2026-11-22T19:36:00+00:00 or in seconds since 1970"


def now_ms() -> int:
    """Return the present moment in UTC epoch milliseconds."""
    return time.time_ns() // 1_000_000


def iso(ms: int) -> str:
    """Return a moment as ISO 8601 in UTC with its offset, to the second: for other programs."""
    return _utc(ms).isoformat(timespec="seconds")


def short(ms: int) -> str:
    """Return a moment in local time, to the minute, such as `2026-11-22 19:36`: for screens."""
    return f"{_utc(ms).astimezone():%Y-%m-%d %H:%M}"


def clock(ms: int) -> str:
    """Return the local time of day of a moment, to the minute, such as `19:36`."""
    return f"{_utc(ms).astimezone():%H:%M}"


def ago(ms: int, now: int) -> str:
    """Return how long before `now` a moment was: `12 minutes ago`, `yesterday 16:05`, a date."""
    minutes = max(0, now - ms) // 60_000
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return "1 minute ago" if minutes == 1 else f"{minutes} minutes ago"
    days = (_utc(now).astimezone().date() - _utc(ms).astimezone().date()).days
    if days > 1:
        return short(ms)
    return f"{'yesterday' if days == 1 else 'today'} {clock(ms)}"


def day(ms: int) -> str:
    """Return the local date of a moment, such as `2026-11-22`."""
    return _utc(ms).astimezone().date().isoformat()


def _utc(ms: int) -> datetime.datetime:
    return _EPOCH + ms * _MILLISECOND


def parse_date(text: str, today: datetime.date) -> str:
    """Return a date as typed as an ISO date.

    Reads `2026-11-22`, `today`, `tomorrow`, `yesterday`, and `+3` for three days from `today`.

    Raises:
        BadInput: it is none of these, no day of the calendar, or not in the years 1970 to 9999.
    """
    typed = text.strip().lower()
    if not typed:
        raise BadInput(f"The date is empty: write it as {today}, or as today, tomorrow or +3.")
    if typed in _DAYS_BY_WORD:
        return _days_from(today, _DAYS_BY_WORD[typed])
    if in_days := _IN_DAYS.fullmatch(typed):
        return _days_from(today, int(in_days[1]))
    if date := _ISO_DATE.fullmatch(typed):
        year, month, day_of_month = map(int, date.groups())
        return _calendar_day(year, month, day_of_month).isoformat()
    raise BadInput(_no_date(typed, today))


def _days_from(today: datetime.date, days: int) -> str:
    try:
        date = today + datetime.timedelta(days=days)
    except OverflowError as error:
        raise BadInput("That is after the year 9999: write a date up to 9999-12-31.") from error
    return _calendar_day(date.year, date.month, date.day).isoformat()


def span(text: str) -> tuple[int, int]:
    """Return when a day, a month or a year begins and ends, in local time.

    Reads `2026-01-15`, `2026-01` and `2026`; the end is the first moment after it. In epoch
    milliseconds.

    Raises:
        BadInput: it is none of these, no day of the calendar, or not in the years 1970 to 9998.
    """
    read = _PART_OF_TIME.fullmatch(text)
    if read is None:
        raise BadInput(f"{quoted(text)} is no day, month or year.")
    year, month, day_of_month = (int(part) if part else None for part in read.groups())
    first = _calendar_day(year or 0, month or 1, day_of_month or 1)
    if first.year > _LAST_YEAR:
        raise BadInput(f"The year {first.year} is out of range: write one to {_LAST_YEAR}.")
    if day_of_month:
        after = first + datetime.timedelta(days=1)
    elif month and month < 12:
        after = first.replace(month=month + 1)
    else:
        after = first.replace(year=first.year + 1, month=1)
    return _midnight(first), _midnight(after)


def _midnight(date: datetime.date) -> int:
    moment = datetime.datetime.combine(date, datetime.time.min)
    return (moment.astimezone(datetime.UTC) - _EPOCH) // _MILLISECOND


def _calendar_day(year: int, month: int, day_of_month: int) -> datetime.date:
    if year < _FIRST_YEAR:
        raise BadInput(f"The year {year:04} is out of range: write one from {_FIRST_YEAR} to 9999.")
    if not 1 <= month <= 12:
        raise BadInput(f"There is no month {month:02}: months go from 01 to 12.")
    days = calendar.monthrange(year, month)[1]
    if not 1 <= day_of_month <= days:
        raise BadInput(
            f"{year}-{month:02} has no day {day_of_month:02}: its days go from 01 to {days}."
        )
    return datetime.date(year, month, day_of_month)


def _no_date(typed: str, today: datetime.date) -> str:
    other = _OTHER_DATE.fullmatch(typed)
    readings = _readings(*other.groups()) if other else []
    if readings:
        return f"Write the date as {' or '.join(readings)}."
    return f"{quoted(typed)} is not a date: write it as {today}, or as today, tomorrow or +3."


def _readings(first: str, second: str, third: str) -> list[str]:
    """Return the ISO dates that a date in other order can mean."""
    if len(first) == 4:
        orders = [(first, second, third)]
    elif len(third) == 4:
        orders = [(third, second, first), (third, first, second)]
    else:
        orders = []
    readings = []
    for order in orders:
        with contextlib.suppress(BadInput):
            readings.append(_calendar_day(*map(int, order)).isoformat())
    return list(dict.fromkeys(readings))


def parse_moment(text: str) -> int:
    """Return a moment from another system's export in UTC epoch milliseconds.

    Reads an ISO date (its midnight), an ISO date and time, and seconds since 1970. Without an
    offset, UTC is meant.

    Raises:
        BadInput: it is none of these, before 1970 or after 9999-12-30.
    """
    given = text.strip()
    try:
        moment = _moment(given.upper())
    except (ValueError, OverflowError) as error:
        raise BadInput(f"{quoted(given)} is not a moment: {_MOMENTS_READ}.") from error
    if not _EPOCH <= moment <= _LAST_MOMENT:
        raise BadInput(f"{quoted(given)} is not between 1970 and 9999-12-30: {_MOMENTS_READ}.")
    return (moment - _EPOCH) // _MILLISECOND


def _moment(given: str) -> datetime.datetime:
    if _EPOCH_SECONDS.fullmatch(given):
        return _EPOCH + datetime.timedelta(seconds=int(given))
    if not _ISO_MOMENT.fullmatch(given):
        raise ValueError(given)
    moment = datetime.datetime.fromisoformat(given)
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
