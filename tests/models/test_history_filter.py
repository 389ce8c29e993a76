"""Which entries are meant: the line of the history, and when and what it says."""

import datetime
import shutil
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.history_filter import (
    KIND_WORDS,
    HistoryFilter,
    kinds_meant,
    parse_history_filter,
    since_when,
    until_when,
)
from models.opening import open_for_staff
from models.refusals import BadInput, Refused
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.values import EventKind

TODAY = datetime.date(2026, 11, 23)


def midnight(date: str) -> int:
    """Return the first moment of a local day."""
    return int(datetime.datetime.fromisoformat(date).timestamp()) * 1000


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("", {}),
        ("  ", {}),
        ("who:anna", {"actor": "anna"}),
        ("WHO:Anna", {"actor": "Anna"}),
        ("#57", {"job": 57}),
        ("1001", {"account": 1001}),
        ("since:yesterday", {"since": midnight("2026-11-22")}),
        ("until:2026-11-30", {"until": midnight("2026-12-01")}),
        ("since:-7", {"since": midnight("2026-11-16")}),
        ("since:today until:today", {
            "since": midnight("2026-11-23"), "until": midnight("2026-11-24"),
        }),
        ("kind:status", {"kinds": frozenset({EventKind.JOB_STATUS})}),
        ("Kind:Status #57 1001 who:b", {
            "kinds": frozenset({EventKind.JOB_STATUS}), "job": 57, "account": 1001, "actor": "b",
        }),
    ],
)  # fmt: skip
def test_a_line_says_which_entries(text: str, asked: dict[str, Any]) -> None:
    assert parse_history_filter(text, TODAY) == HistoryFilter(**asked)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("wo:anna", '"wo:anna" is not known here, did you mean who:?'),
        ("user:anna", '"user:anna" is not known here: write who:anna kind:status'),
        ("anna", '"anna" is not known here'),
        ("who:", "There is nothing behind who"),
        ("who:anna who:ben", '"who:ben" is one too many'),
        ("#57 #58", '"#58" is one too many'),
        ("kind:task kind:remove", '"remove" is no kind, did you mean removed?: write added,'),
        ("kind:x", '"x" is no kind: write added, changed, status'),
        ("since:soon", '"soon" is not a date: write it as 2026-11-23'),
        ("until:2026-13-01", "There is no month 13"),
        ("since:2026-11-22T25:00", "is not a moment"),
        ("since:-999999", "is out of range"),
        ("since:0001-01-01T00:00", "is out of range"),
        ("since:0001-01-01", "The year 0001 is out of range"),
        ("until:9999-12-31", "is out of range: write a date from 1970 to 9998"),
        ("until:9999-12-31T23:59-23:59", "is out of range"),
        ("since:0001-01-01T00:00+23:59", "is out of range"),
        ("until:+99999999", ""),
        ("until:-99999999", ""),
        ("who:\udcff", '"\ufffd" is no login: it is not written in UTF-8.'),
        ("1234567890123", "is not known here"),
    ],
)
def test_what_is_not_known_is_refused_with_what_is(text: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_history_filter(text, TODAY)
    assert said in str(refused.value)


def test_moments_are_read_in_local_time_or_with_their_offset() -> None:
    local = int(datetime.datetime(2026, 11, 22, 14, 30).astimezone().timestamp()) * 1000
    for read in (since_when, until_when):
        assert read("2026-11-22T14:30", TODAY) == local
        assert read("2026-11-22t14:30:00", TODAY) == local
        assert read("2026-11-22T14:30+00:00", TODAY) == 1_795_357_800_000
        assert read("2026-11-22T14:30:00Z", TODAY) == 1_795_357_800_000


def test_words_for_what_happened_and_to_what_narrow_each_other() -> None:
    assert kinds_meant([]) == frozenset()
    assert kinds_meant(["task", "removed"]) == {EventKind.TASK_REMOVED}
    assert kinds_meant(["note", "task", "removed"]) == {
        EventKind.NOTE_REMOVED,
        EventKind.TASK_REMOVED,
    }
    assert kinds_meant(["done"]) == {EventKind.TASK_DONE, EventKind.TASK_PLANNED}
    assert kinds_meant(["moved"]) == {EventKind.JOB_MOVED, EventKind.JOB_RECEIVED}
    assert kinds_meant(["import"]) == {EventKind.IMPORT_RUN}


def test_every_word_means_something_and_every_kind_can_be_asked_for() -> None:
    meant = {word: kinds_meant([word]) for word in KIND_WORDS}
    assert all(meant.values())
    assert frozenset().union(*meant.values()) == set(EventKind)


def test_words_that_exclude_each_other_mean_no_entry() -> None:
    with pytest.raises(BadInput, match="Nothing is import and removed at once"):
        kinds_meant(["import", "removed"])


def test_the_last_day_and_the_oddest_offsets_are_moments() -> None:
    assert until_when("9998-12-31", TODAY) == midnight("9999-01-01")
    assert until_when("9998-12-31T23:59-23:59", TODAY) == 253_370_851_080_000
    assert since_when("1970-01-01T00:00+23:59", TODAY) == -86_340_000


dates = st.dates().map(str) | st.integers(-(10**9), 10**9).map(lambda days: f"{days:+}")
offsets = st.just("") | st.from_regex("[+-][0-9:.]{2,15}", fullmatch=True)
moments = st.builds("{}T{}{}".format, st.dates(), st.times(), offsets)
lines = st.lists(
    st.text(max_size=40)
    | st.builds(
        "{}{}".format,
        st.sampled_from(["who:", "kind:", "since:", "until:", "#", ""]),
        st.text(st.characters(), max_size=20) | dates | moments | st.integers().map(str)
        | st.sampled_from(KIND_WORDS),
    ),
    max_size=3,
).map(" ".join)  # fmt: skip


@pytest.fixture(scope="module")
def reader(new_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffDesk]:
    """A desk that only reads, on an empty database."""
    path = tmp_path_factory.mktemp("history") / "jobs.db"
    shutil.copy(new_database, path)
    with closing(open_for_staff(path)) as database:
        yield StaffDesk(database, Actor("anna"))


@given(lines)
@example("until:9999-12-31")
@example("who:\udcff")
def test_whatever_is_typed_is_understood_or_refused_in_words(reader: StaffDesk, line: str) -> None:
    with suppress(BadInput):
        asked = parse_history_filter(line, TODAY)
        with suppress(Refused):
            reader.history.page(asked)
