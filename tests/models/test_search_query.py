"""What a text in Search means: words, filters, jobs; what is refused; what could be written."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.refusals import BadInput
from models.search_query import Filter, SearchQuery, hints, parse_query


def local(year: int, month: int, day: int) -> int:
    """Return a local midnight in epoch milliseconds."""
    return int(datetime.datetime(year, month, day).astimezone().timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "words", "filters"),
    [
        ("", "", []),
        ("  Jürgen   ROE ", "jurgen roe", []),
        ("user:Acme", "", [("user", "acme")]),
        ("a user:x b PLAN:Pro c", "a b c", [("user", "x"), ("plan", "pro")]),
        ('plan:"Pro XL" shop', "shop", [("plan", "pro xl")]),
        ('plan:"Pro XL', "", [("plan", "pro xl")]),
        ("domain : müller.example", "", [("domain", "muller.example")]),
        ("status:suspended", "", [("status", "suspended")]),
        ("status:S", "", [("status", "suspended")]),
        ("has:open", "", [("has", "open-jobs")]),
        ("reseller: 01005", "", [("reseller", "1005")]),
        ("https://acme.example", "https://acme.example", []),
        ("a-b:c 12:30 :x", "a-b:c 12:30 :x", []),
    ],
)
def test_words_and_filters(text: str, words: str, filters: list[tuple[str, str]]) -> None:
    query = parse_query(text)
    assert (query.words, [(item.name, item.value) for item in query.filters]) == (words, filters)
    assert not query.is_of_jobs
    assert query.is_empty == (not words and not filters)


@pytest.mark.parametrize(
    ("text", "words", "job_words", "number"),
    [
        ("job:", "", "", None),
        ("job:SSL certificate", "", "SSL certificate", None),
        ("acme job: a  b", "acme", "a b", None),
        ("job:a status:active b", "b", "a", None),
        ('job:"a b" c', "", "a b c", None),
        ("job:a job:b", "", "a b", None),
        ("#57", "", None, 57),
        (" #0057 status:active", "", None, 57),
        ("#57 acme", "#57 acme", None, None),
        ("#", "#", None, None),
    ],
)
def test_jobs(text: str, words: str, job_words: str | None, number: int | None) -> None:
    query = parse_query(text)
    assert (query.words, query.job_words, query.job_number) == (words, job_words, number)
    assert query.is_of_jobs == (job_words is not None or number is not None)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2026", local(2026, 1, 1), local(2027, 1, 1)),
        ("2026-01", local(2026, 1, 1), local(2026, 2, 1)),
        ("2026-12", local(2026, 12, 1), local(2027, 1, 1)),
        ("2028-02-29", local(2028, 2, 29), local(2028, 3, 1)),
        ("2026-01..2026-03", local(2026, 1, 1), local(2026, 4, 1)),
        ("2026-01-15..", local(2026, 1, 15), None),
        ("..2026-01-15", None, local(2026, 1, 16)),
    ],
)
def test_when_an_account_was_created(text: str, since: int | None, until: int | None) -> None:
    assert parse_query(f"created:{text}").filters == (Filter("created", text, (since, until)),)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("statsu:active", 'There is no filter "statsu:"; did you mean status:?'),
        ("a mail:x", 'There is no filter "mail:"; did you mean email:?'),
        ("qqqqqq:x", 'There is no filter "qqqqqq:"; there are user, domain, email'),
        ("job:a foo:b", 'There is no filter "foo:"'),
        ("status:", "Behind status: stands active, suspended or closed."),
        ("status:clsed", "Did you mean status:closed?"),
        ("has:jobs", "Behind has: stands open-jobs or unbilled."),
        ("user:", "Write what to look for behind user:, such as user:acme."),
        ('plan:""', 'such as plan:"Pro XL".'),
        ("created:", "such as created:2026-01"),
        ("created:soon", '"soon" is no day, month or year. Write created:2026-01'),
        ("created:2026-13", "There is no month 13"),
        ("created:2026-02-30", "2026-02 has no day 30"),
        ("created:9999", "out of range"),
        ("created:..", "Write created:2026-01"),
        ("created:2026..2025", '"2026..2025" ends before it begins'),
        ("created:2026-01..x..y", "is no day, month or year"),
        ("reseller:acme", "such as reseller:1005 or reseller:1005 acme."),
        ("x" * 201, "at most 200 characters"),
    ],
)
def test_what_cannot_be_is_refused_with_what_would_be_right(text: str, sentence: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_query(text)
    assert sentence in str(caught.value)


@given(st.text(max_size=200))
def test_any_text_means_something_or_is_refused(text: str) -> None:
    try:
        query = parse_query(text)
    except BadInput:
        return
    assert isinstance(query, SearchQuery)
    assert "\n" not in query.words
    assert "\n" not in (query.job_words or "")


def inserted(text: str, cursor: int | None = None) -> list[str]:
    """Return the texts as they would be with each of the hints."""
    found = hints(text, len(text) if cursor is None else cursor)
    return [text[: hint.start] + hint.insert + text[hint.end :] for hint in found]


def test_hints_at_the_start_of_a_word_are_all_filters() -> None:
    names = ["user", "domain", "email", "plan", "status", "reseller", "created", "has", "job"]
    assert inserted("") == [*(f"{name}:" for name in names), "#"]
    assert inserted("acme ") == [f"acme {name}:" for name in names]
    assert inserted("acme  x", 5) == [f"acme {name}: x" for name in names]
    assert all(hint.what for hint in hints("", 0))


@pytest.mark.parametrize(
    ("text", "results"),
    [
        ("st", ["status:"]),
        ("acme RE", ["acme reseller:"]),
        ("acme", []),
        ("status:", ["status:active ", "status:suspended ", "status:closed "]),
        ("x status:s", ["x status:suspended "]),
        ("has:o", ["has:open-jobs "]),
        ("status:x", []),
        ("created:2026", ["created:"]),
        ("http:", []),
        ('plan:"Pro st', ["plan:"]),
    ],
)
def test_hints_within_a_word_are_those_that_begin_so(text: str, results: list[str]) -> None:
    assert inserted(text) == results


@given(st.text(max_size=30), st.integers(0, 40))
def test_hints_are_of_the_text_before_the_cursor(text: str, cursor: int) -> None:
    for hint in hints(text, min(cursor, len(text))):
        assert 0 <= hint.start <= hint.end == min(cursor, len(text))
