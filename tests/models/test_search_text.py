"""Where a shown text matches what was sought, and the line around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.search_query import parse_query
from models.search_text import excerpt, match_ranges, matches
from models.text import fold


def marked(text: str, query: str, field: str = "") -> str:
    """Return a text with what matches in brackets."""
    for start, end in reversed(match_ranges(text, parse_query(query), field)):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("myshop.example", "hop", "mys[hop].example"),
        ("Acme GmbH", "ACME", "[Acme] GmbH"),
        ("Jürgen Müller", "jurgen muller", "[Jürgen Müller]"),
        ("Jürgen Müller", "müller jürgen", "[Jürgen] [Müller]"),
        ("Mu\u0308ller", "mul", "[Mu\u0308l]ler"),
        ("Müller", "mueller", "Müller"),
        ("Straße 1", "strass", "[Straß]e 1"),
        ("aXa", "a", "[a]X[a]"),
        ("aaa", "a", "[aaa]"),
        ("Łódź", "lodz", "[Łódź]"),
        ("a  b", "a b", "[a  b]"),
        ("xn--mller-kva.example", "müller", "[xn--mller-kva].example"),
        ("shop.xn--mller-kva.example", "muller.ex", "shop.[xn--mller-kva].example"),
        ("müller.example", "xn--mller-kva", "[müller].example"),
        ("acme", "status:active", "acme"),
        ("acme", "", "acme"),
        ("", "acme", ""),
    ],
)
def test_what_matches_is_found_in_the_text_as_it_is_shown(
    text: str, query: str, expected: str
) -> None:
    assert marked(text, query) == expected


def test_the_value_of_a_filter_counts_in_its_own_field() -> None:
    assert marked("acme", "user:cm x", "user") == "a[cm]e"
    assert marked("acme", "user:cm x", "domain") == marked("acme", "user:cm x") == "acme"
    assert marked("box", "user:cm x", "user") == "bo[x]"


def test_in_jobs_the_beginnings_of_words_match() -> None:
    assert marked("Reissue the SSL-certificate", "job:cert issu ssl", "job") == (
        "Reissue the [SSL]-[cert]ificate"
    )
    assert marked("Ärger", "job:arg", "job") == "[Ärg]er"
    assert marked("certificate", "acme", "job") == "certificate"


@given(st.text(max_size=20), st.text(min_size=1, max_size=4))
def test_marks_are_in_order_and_in_the_text(text: str, sought: str) -> None:
    query = parse_query(sought.replace(":", ""))
    last = 0
    for start, end in match_ranges(text, query):
        assert last <= start < end <= len(text)
        last = end
    if query.words and " " not in query.words and query.words in fold(text):
        assert match_ranges(text, query)


def test_both_forms_of_a_domain_match() -> None:
    assert matches("xn--mller-kva.example", "muller")
    assert matches("müller.example", "xn--mller")
    assert matches("Jürgen", "jur")
    assert not matches("müller.example", "mueller")


@pytest.mark.parametrize(
    ("text", "sought", "expected"),
    [
        ("short text", "text", "short text"),
        ("first line\nthe second one\nthird", "second", "the second one"),
        ("", "x", ""),
        ("word " * 20 + "needle " + "tail " * 20, "needle", "…word needle tail tail tail tai…"),
        ("x" * 50, "y", "x" * 30 + "…"),
    ],
)
def test_an_excerpt_is_the_line_around_what_matched(text: str, sought: str, expected: str) -> None:
    assert excerpt(text, match_ranges(text, parse_query(sought)), 30) == expected
