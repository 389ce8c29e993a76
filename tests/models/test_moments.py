"""Moments in UTC, shown in local time; dates as people type them."""

import datetime
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.moments import ago, day, iso, now_ms, parse_date, parse_moment, short
from models.refusals import BadInput
from models.text import displayable

TODAY = datetime.date(2026, 11, 22)
EVENING = 1_795_376_160_000
"""2026-11-22 at 19:36 in UTC."""
LAST = 253_402_128_000_000
"""9999-12-30, the last moment that is read."""


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_now_is_now() -> None:
    before = datetime.datetime.now(datetime.UTC)
    now = now_ms()
    after = datetime.datetime.now(datetime.UTC)
    assert int(before.timestamp() * 1000) <= now <= after.timestamp() * 1000


def test_other_programs_get_utc_to_the_second(zone: str) -> None:
    assert iso(EVENING) == "2026-11-22T19:36:00+00:00"
    assert iso(EVENING + 999) == "2026-11-22T19:36:00+00:00"
    assert iso(0) == "1970-01-01T00:00:00+00:00"


def test_screens_get_local_time(zone: str) -> None:
    local = {
        "UTC": "2026-11-22 19:36",
        "America/New_York": "2026-11-22 14:36",
        "Asia/Kolkata": "2026-11-23 01:06",
        "Pacific/Kiritimati": "2026-11-23 09:36",
    }[zone]
    assert short(EVENING) == local
    assert day(EVENING) == local[:10]


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-22T12:00:59", "just now"),
        ("2026-11-22T11:59:01", "just now"),
        ("2026-11-22T11:59:00", "1 minute ago"),
        ("2026-11-22T11:48:00", "12 minutes ago"),
        ("2026-11-22T11:00:01", "59 minutes ago"),
        ("2026-11-22T11:00:00", "today 11:00"),
        ("2026-11-22T00:00:00", "today 00:00"),
        ("2026-11-21T23:59:00", "yesterday 23:59"),
        ("2026-11-21T00:00:00", "yesterday 00:00"),
        ("2026-11-20T23:59:00", "2026-11-20 23:59"),
    ],
)
def test_people_are_told_how_long_ago_something_was(zone: str, moment: str, words: str) -> None:
    now, then = (
        round(datetime.datetime.fromisoformat(local).astimezone().timestamp() * 1000)
        for local in ("2026-11-22T12:00:00", moment)
    )
    assert ago(then, now) == words


def test_every_moment_that_is_read_can_be_shown(zone: str) -> None:
    for ms in (0, parse_moment("9999-12-30"), LAST):
        assert len(short(ms)) == 16
        assert len(day(ms)) == 10


@pytest.mark.parametrize(
    ("typed", "date"),
    [
        ("2026-11-22", "2026-11-22"),
        (" 2028-02-29 ", "2028-02-29"),
        ("1970-01-01", "1970-01-01"),
        ("9999-12-31", "9999-12-31"),
        ("today", "2026-11-22"),
        (" Tomorrow", "2026-11-23"),
        ("YESTERDAY", "2026-11-21"),
        ("+0", "2026-11-22"),
        ("+3", "2026-11-25"),
        ("+40", "2027-01-01"),
    ],
)
def test_dates_are_read(typed: str, date: str) -> None:
    assert parse_date(typed, TODAY) == date


NO_DATE = "is not a date: write it as 2026-11-22, or as today, tomorrow or +3."


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "The date is empty: write it as 2026-11-22, or as today, tomorrow or +3."),
        ("31.12.2026", "Write the date as 2026-12-31."),
        ("31. 12. 2026", "Write the date as 2026-12-31."),
        ("12/31/2026", "Write the date as 2026-12-31."),
        ("2026/12/31", "Write the date as 2026-12-31."),
        ("2026-1-5", "Write the date as 2026-01-05."),
        ("1.2.2026", "Write the date as 2026-02-01 or 2026-01-02."),
        ("5/5/2026", "Write the date as 2026-05-05."),
        ("31.31.2026", f'"31.31.2026" {NO_DATE}'),
        ("31.12.26", f'"31.12.26" {NO_DATE}'),
        ("10000-01-01", f'"10000-01-01" {NO_DATE}'),
        ("next week", f'"next week" {NO_DATE}'),
        ("-3", f'"-3" {NO_DATE}'),
        ("\u0662\u0660\u0662\u0666-11-22", f'"\u0662\u0660\u0662\u0666-11-22" {NO_DATE}'),
        ("2026-02-29", "2026-02 has no day 29: its days go from 01 to 28."),
        ("2026-11-00", "2026-11 has no day 00: its days go from 01 to 30."),
        ("2026-13-01", "There is no month 13: months go from 01 to 12."),
        ("1969-12-31", "The year 1969 is out of range: write one from 1970 to 9999."),
        ("0000-00-00", "The year 0000 is out of range: write one from 1970 to 9999."),
        ("+9999999", "That is after the year 9999: write a date up to 9999-12-31."),
    ],
)
def test_other_dates_are_refused_with_what_would_be_right(typed: str, sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_date(typed, TODAY)
    assert str(refusal.value) == sentence


@given(st.dates(min_value=datetime.date(1970, 1, 1)))
def test_iso_dates_are_read_as_they_are(date: datetime.date) -> None:
    assert parse_date(date.isoformat(), TODAY) == date.isoformat()


@given(
    st.one_of(st.text(max_size=60), st.text("0123456789-./+ ", max_size=12)),
    st.dates(min_value=datetime.date(1970, 1, 2)),
)
def test_any_text_is_a_date_or_refused(typed: str, today: datetime.date) -> None:
    try:
        date = parse_date(typed, today)
    except BadInput as refusal:
        sentence = str(refusal)
    else:
        sentence = ""
        assert datetime.date.fromisoformat(date).isoformat() == date
    assert sentence == displayable(sentence)


@pytest.mark.parametrize(
    ("given_text", "moment"),
    [
        ("2026-11-22", "2026-11-22T00:00:00+00:00"),
        ("2026-11-22 19:36", "2026-11-22T19:36:00+00:00"),
        (" 2026-11-22T19:36:07 ", "2026-11-22T19:36:07+00:00"),
        ("2026-11-22T19:36:07.25Z", "2026-11-22T19:36:07+00:00"),
        ("2026-11-22t19:36z", "2026-11-22T19:36:00+00:00"),
        ("2026-11-22T19:36:00+01:00", "2026-11-22T18:36:00+00:00"),
        ("2026-11-22 19:36:00-0530", "2026-11-23T01:06:00+00:00"),
        ("1700000000", "2023-11-14T22:13:20+00:00"),
        ("0", "1970-01-01T00:00:00+00:00"),
    ],
)
def test_moments_of_other_systems_are_read(zone: str, given_text: str, moment: str) -> None:
    assert iso(parse_moment(given_text)) == moment


def test_a_moment_keeps_its_milliseconds() -> None:
    assert parse_moment("2026-11-22T19:36:00.250Z") == EVENING + 250
    assert parse_moment("1795376160") == EVENING


@pytest.mark.parametrize(
    "given_text",
    [
        "",
        "now",
        "24 Feb 01 10:00",
        "0000-00-00",
        "2026-02-30",
        "2026-11-22T25:00",
        "2026-11-22T19:36+25:00",
        "20261122T193600",
        "2026-W47-7",
        "-1",
        "1795376160000",
        "999999999999",
        "\u0661\u0667",
        "9" * 5_000,
    ],
)
def test_other_moments_are_refused_with_what_would_be_right(given_text: str) -> None:
    with pytest.raises(
        BadInput, match=r" is not a moment: write it as 2026-11-22, .* since 1970\.$"
    ):
        parse_moment(given_text)


@pytest.mark.parametrize(
    "given_text",
    [
        "1969-12-31",
        "1970-01-01T00:00+00:01",
        "0001-01-01T00:00+23:00",
        "9999-12-31",
        "253402300799",
    ],
)
def test_moments_outside_the_calendar_are_refused(given_text: str) -> None:
    with pytest.raises(
        BadInput, match=" is not between 1970 and 9999-12-30: write it as 2026-11-22"
    ):
        parse_moment(given_text)


@given(st.integers(0, LAST // 1000))
def test_moments_are_read_back(seconds: int) -> None:
    assert parse_moment(iso(seconds * 1000)) == seconds * 1000
    assert parse_moment(str(seconds)) == seconds * 1000


@given(st.one_of(st.text(max_size=60), st.text("0123456789-:.+TZ ", max_size=30)))
def test_any_text_is_a_moment_or_refused(given_text: str) -> None:
    try:
        moment = parse_moment(given_text)
    except BadInput as refusal:
        sentence = str(refusal)
    else:
        sentence = ""
        assert 0 <= moment <= LAST
    assert sentence == displayable(sentence)
