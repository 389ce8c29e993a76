"""What people type into the forms, checked field by field."""

import datetime
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.currency import Currency
from models.drafts import (
    JobDraft,
    JobTerms,
    TaskDraft,
    TaskTerms,
    check_job,
    check_note,
    check_task,
)
from models.money import AMOUNT_LIMIT, hourly_amount
from models.refusals import BadFields
from models.text import BLOCK_LIMIT, LINE_LIMIT
from models.values import Pricing
from tests.models.desks import fixed, free, hourly

USD = Currency.of("USD")
JPY = Currency.of("JPY")
TODAY = datetime.date(2026, 1, 31)

RIGHT_TO_LEFT = "שלום"
HOSTILE = {
    "[bold]": "[bold]",
    "[/]": "[/]",
    "[@click=app.quit]x[/]": "[@click=app.quit]x[/]",
    "\x1b[31mred": "␛[31mred",
    "a\x00b": "a␀b",
    "one\ttwo\r\nthree": "one two three",
    "cafe\u0301": "café",
    "👩‍💻": "👩‍💻",
    RIGHT_TO_LEFT: RIGHT_TO_LEFT,
    "a\u202eb": "a\ufffdb",
}


def task_problems(draft: TaskDraft, currency: Currency = USD) -> dict[str, str]:
    """Return the sentence for each field that is wrong."""
    try:
        check_task(draft, currency, TODAY)
    except BadFields as error:
        return error.problems
    return {}


def test_a_task_means_what_was_typed() -> None:
    draft = TaskDraft(
        " Wireframes ", Pricing.HOURLY, "75,00", "2.5", "", " sent ", True, "yesterday", " ben "
    )
    assert check_task(draft, USD, TODAY) == TaskTerms(
        "Wireframes", Pricing.HOURLY, 75_00, 150, 187_50, "sent", True, "2026-01-30", "ben"
    )


def test_an_hourly_task_needs_a_rate_and_a_time() -> None:
    assert set(task_problems(hourly("", ""))) == {"rate", "time"}
    assert set(task_problems(hourly("75.00", "0"))) == {"time"}
    assert task_problems(hourly("0", "1m")) == {}


def test_a_fixed_price_needs_an_amount_alone() -> None:
    assert set(task_problems(fixed(""))) == {"amount"}
    terms = check_task(fixed("-20.5", rate="nonsense", time="1:00"), USD, TODAY)
    assert (terms.rate_minor, terms.minutes, terms.amount_minor) == (None, 60, -20_50)
    assert set(task_problems(fixed("10", time="1:75"))) == {"time"}


def test_a_free_task_needs_nothing_but_takes_only_what_is_right() -> None:
    terms = check_task(free(), USD, TODAY)
    assert (terms.rate_minor, terms.minutes, terms.amount_minor) == (None, None, 0)
    terms = check_task(free(rate="50", time="2"), USD, TODAY)
    assert (terms.rate_minor, terms.minutes, terms.amount_minor) == (50_00, 120, 0)
    assert set(task_problems(free(rate="x", time="y", amount="z"))) == {"rate", "time"}


@pytest.mark.parametrize("rate", ["abc", "-5", "nan", "inf", "75.005", "9" * 40, "1e9", "７５"])
def test_a_rate_that_cannot_be_read_is_refused_beside_its_field(rate: str) -> None:
    assert list(task_problems(hourly(rate))) == ["rate"]


@pytest.mark.parametrize(
    "time", ["abc", "-5", "nan", "inf", "1:75", "1:5", "1h90m", "1e9", "9" * 40, "0", "１"]
)
def test_a_time_that_cannot_be_read_is_refused_beside_its_field(time: str) -> None:
    assert list(task_problems(hourly(time=time))) == ["time"]


def test_decimals_are_those_of_the_currency() -> None:
    assert list(task_problems(hourly("75.50"), JPY)) == ["rate"]
    assert list(task_problems(fixed("75.50"), JPY)) == ["amount"]
    assert check_task(hourly("7550", "1"), JPY, TODAY).amount_minor == 7550


@pytest.mark.parametrize(
    ("field", "wrong", "sentence"),
    [
        ("description", "", "Description is empty"),
        ("description", " \t ", "Description is empty"),
        ("description", "x" * 10_000, "Description has 10,000 characters"),
        ("note", "x" * (LINE_LIMIT + 1), "Note has 501 characters"),
        ("worked_on", "2026-02-30", "2026-02 has no day 30"),
        ("worked_by", "x" * (LINE_LIMIT + 1), "Name has 501 characters"),
    ],
)
def test_each_field_of_a_task_has_its_sentence(field: str, wrong: str, sentence: str) -> None:
    typed: dict[str, Any] = {field: wrong}
    problems = task_problems(replace(hourly(), **typed))
    assert list(problems) == [field]
    assert problems[field].startswith(sentence)


def test_done_work_is_not_of_a_day_to_come() -> None:
    assert list(task_problems(hourly(done=True, worked_on="tomorrow"))) == ["worked_on"]
    for typed in (hourly(done=True, worked_on="today"), hourly(worked_on="tomorrow")):
        assert task_problems(typed) == {}


def test_all_that_is_wrong_is_told_at_once() -> None:
    long = "x" * 501
    draft = TaskDraft(long, Pricing.FIXED, "x", "x", "x", long, False, "x", long)
    with pytest.raises(BadFields) as refused:
        check_task(draft, USD, TODAY)
    problems = refused.value.problems
    assert set(problems) == {
        field.name for field in fields(TaskDraft) if field.name not in ("pricing", "rate", "done")
    }
    assert str(refused.value) == " ".join(problems.values())


@pytest.mark.parametrize(("typed", "kept"), HOSTILE.items())
def test_text_is_kept_as_text(typed: str, kept: str) -> None:
    terms = check_task(hourly(description=typed, note=typed), USD, TODAY)
    assert (terms.description, terms.note) == (kept, kept)
    assert check_job(JobDraft(typed), TODAY).description == kept


@given(
    st.builds(
        TaskDraft,
        description=st.text(max_size=20),
        pricing=st.sampled_from(Pricing),
        rate=st.text("0123456789.,-e ", max_size=12),
        time=st.text("0123456789:.hm ", max_size=8),
        amount=st.text("0123456789.,-", max_size=16),
        note=st.text(max_size=20),
        done=st.booleans(),
        worked_on=st.sampled_from(["", "today", "2026-01-01", "x"]),
        worked_by=st.text(max_size=5),
    )
)
def test_whatever_is_typed_is_understood_or_refused(draft: TaskDraft) -> None:
    problems = task_problems(draft)
    assert set(problems) <= {field.name for field in fields(TaskDraft)}
    if problems:
        return
    terms = check_task(draft, USD, TODAY)
    assert terms.description
    assert abs(terms.amount_minor) <= AMOUNT_LIMIT
    if terms.pricing is Pricing.HOURLY:
        assert terms.rate_minor is not None
        assert terms.minutes is not None
        assert terms.amount_minor == hourly_amount(terms.rate_minor, terms.minutes)


def test_a_job_means_what_was_typed() -> None:
    draft = JobDraft(" Logo ", " Blue \n\n", " ben ", "+3", " T-1 ", False)
    assert check_job(draft, TODAY) == JobTerms("Logo", " Blue", "ben", "2026-02-03", "T-1", False)
    assert check_job(JobDraft("Logo"), TODAY) == JobTerms("Logo", "", "", None, "", True)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("description", "\u200b"),
        ("details", "x" * (BLOCK_LIMIT + 1)),
        ("assignee", "x" * (LINE_LIMIT + 1)),
        ("due", "31.12."),
        ("reference", "x" * (LINE_LIMIT + 1)),
    ],
)
def test_each_field_of_a_job_has_its_sentence(field: str, wrong: str) -> None:
    typed: dict[str, Any] = {field: wrong}
    with pytest.raises(BadFields) as refused:
        check_job(replace(JobDraft("Logo"), **typed), TODAY)
    assert list(refused.value.problems) == [field]


def test_a_note_is_cleaned_and_must_say_something() -> None:
    assert check_note("one\r\ntwo\x1b[2J\n\n") == "one\ntwo␛[2J"
    assert len(check_note("x" * BLOCK_LIMIT)) == BLOCK_LIMIT
    for wrong in ("", " \n ", "x" * (BLOCK_LIMIT + 1)):
        with pytest.raises(BadFields) as refused:
            check_note(wrong)
        assert list(refused.value.problems) == ["body"]
