"""Times as people type them."""

import math
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.duration import TIME_LIMIT, format_time, parse_time
from models.refusals import BadInput
from models.text import displayable

MINUTES = st.integers(1, TIME_LIMIT)


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("1", 60),
        ("1.5", 90),
        ("1,5", 90),
        (".5", 30),
        (",25", 15),
        ("1:30", 90),
        ("01:05", 65),
        (":30", 30),
        ("0:01", 1),
        ("90m", 90),
        ("1h", 60),
        ("1.5h", 90),
        (",5h", 30),
        ("1h30m", 90),
        ("1h 30m", 90),
        ("1 h 30 m", 90),
        ("0h5m", 5),
        ("25h", 1500),
        ("25:00", 1500),
        (" 1H30M\n", 90),
        ("1.01", 61),
        ("0.025", 2),
        ("0.0249", 1),
        ("9999", TIME_LIMIT),
        ("9999:00", TIME_LIMIT),
    ],
)
def test_times_are_read(typed: str, minutes: int) -> None:
    assert parse_time(typed) == minutes


NO_TIME = "is not a time: write hours as 1:30 or 1.5, or minutes as 90m."


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "The time is empty: write hours as 1:30 or 1.5, or minutes as 90m."),
        (" \t", "The time is empty: write hours as 1:30 or 1.5, or minutes as 90m."),
        ("1:75", "Beside hours, minutes go up to 59: write 2:15 if that was meant."),
        (":60", "Beside hours, minutes go up to 59: write 1:00 if that was meant."),
        ("1h90m", "Beside hours, minutes go up to 59: write 2:30 if that was meant."),
        ("1:5", "Minutes after a colon have two digits: write 1:05 or 1:50."),
        (":5", "Minutes after a colon have two digits: write 0:05 or 0:50."),
        ("1:6", "Minutes after a colon have two digits: write 1:06."),
        ("1:7", "Minutes after a colon have two digits: write 1:07."),
        ("1:0", "Minutes after a colon have two digits: write 1:00."),
        ("1e9", f'"1e9" {NO_TIME}'),
        ("abc", f'"abc" {NO_TIME}'),
        ("nan", f'"nan" {NO_TIME}'),
        ("inf", f'"inf" {NO_TIME}'),
        ("h", f'"h" {NO_TIME}'),
        (":", f'":" {NO_TIME}'),
        ("1.", f'"1." {NO_TIME}'),
        ("1h30", f'"1h30" {NO_TIME}'),
        ("1.5h30m", f'"1.5h30m" {NO_TIME}'),
        ("1.5m", f'"1.5m" {NO_TIME}'),
        ("1:30:00", f'"1:30:00" {NO_TIME}'),
        ("1\x1b[2J", f'"1␛[2J" {NO_TIME}'),
        ("-1", "A time cannot be negative: write it as 1:30."),
        ("\u22121:30", "A time cannot be negative: write it as 1:30."),
        ("\u0661", "Write the time with the digits 0 to 9, such as 1:30."),
        ("\uff11:30", "Write the time with the digits 0 to 9, such as 1:30."),
        ("1½", "Write the time with the digits 0 to 9, such as 1:30."),
        ("0", "That is less than a minute: write at least 0:01."),
        ("0:00", "That is less than a minute: write at least 0:01."),
        ("0m", "That is less than a minute: write at least 0:01."),
        ("0.008", "That is less than a minute: write at least 0:01."),
        ("9999:01", "That is too long: at most 9,999 hours fit into one task."),
        ("10000h", "That is too long: at most 9,999 hours fit into one task."),
        ("9" * 40, "That is too long: at most 9,999 hours fit into one task."),
        ("9" * 41, "The time has too many characters: write it as 1:30 or 1.5."),
        ("1." + "0" * 9_999, "The time has too many characters: write it as 1:30 or 1.5."),
    ],
)
def test_other_times_are_refused_with_what_would_be_right(typed: str, sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_time(typed)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("minutes", "text"), [(150, "2:30"), (5, "0:05"), (1500, "25:00"), (TIME_LIMIT, "9999:00")]
)
def test_times_are_written_as_hours_and_minutes(minutes: int, text: str) -> None:
    assert format_time(minutes) == text


@given(MINUTES)
def test_what_is_written_is_read_back(minutes: int) -> None:
    assert parse_time(format_time(minutes)) == minutes
    assert parse_time(f"{minutes}m") == minutes
    assert parse_time(f"{minutes // 60}h {minutes % 60}m") == minutes


@given(st.integers(1, 9_998), st.text("0123456789", min_size=1, max_size=30))
def test_decimal_hours_are_rounded_half_up_exactly(hours: int, decimals: str) -> None:
    exact = Fraction(f"{hours}.{decimals}") * 60
    assert parse_time(f"{hours},{decimals}") == math.floor(exact + Fraction(1, 2))


@given(
    st.one_of(
        st.text(max_size=60),
        st.text("0123456789:.,hHmM -\u0663", max_size=20),
        st.text("019", max_size=6000),
    )
)
def test_any_text_is_read_or_refused(typed: str) -> None:
    try:
        minutes = parse_time(typed)
    except BadInput as refusal:
        sentence = str(refusal)
    else:
        sentence = ""
        assert 1 <= minutes <= TIME_LIMIT
        assert re.fullmatch(r"[0-9:.,hm\s]+", typed.lower())
    assert sentence == displayable(sentence)
