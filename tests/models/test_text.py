"""Text from outside: kept whole where it is harmless, made visible where it is not."""

import string
import unicodedata
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.refusals import BadInput
from models.text import (
    BLOCK_LIMIT,
    LINE_LIMIT,
    checked_block,
    checked_line,
    clean_block,
    clean_line,
    clean_paste,
    displayable,
    fold,
    fold_domain,
    quoted,
)

ZWNJ, ZWJ = "\u200c", "\u200d"
GONE = "\ufffd"
ACUTE, GRAVE_BELOW = "\u0301", "\u0316"

TROUBLE = (
    "\0\t\n\v\f\r\x1b\x1c\x7f\x85\x9b \u00a0\u00ad\u0301\u0316\u0344\u034f\u0378\u061c\u0600"
    "\u0903\u102c\u115f\u1160\u180b\u200b\u200c\u200d\u200e\u2028\u2029\u202e\u2066\u20e3\u2800"
    "\u3000\u302e\u3164\ud800\udfff\ue000\ufdd0\ufe0f\ufeff\uffa0\ufff9\ufffe\ufffd"
    "\U0001d165\U0001f1e6\U0001f3fd\U0001f469\U000e0041\U000e0100\U0010ffff"
)
ANY_TEXT = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=("Mn", "Me", "Mc")),
        st.sampled_from(TROUBLE),
        st.sampled_from(string.ascii_letters),
    ),
    max_size=60,
)
ORDINARY = [
    "Müller & Söhne",
    "Łódź, São Paulo, Đà Nẵng",
    "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd",
    f"\u0645\u06cc{ZWNJ}\u062e\u0648\u0627\u0647\u0645",
    f"\u0915\u094d{ZWJ}\u0937",
    "\u101c\u103b\u103e\u1031\u102c\u1000\u103a",
    "日本語のテキスト",
    "한국어",
    f"\U0001f469{ZWJ}\U0001f4bb",
    "\U0001f1e9\U0001f1ea",
    "[bold] [/] [@click=app.quit]x[/]",
]


def is_forbidden(character: str, categories: tuple[str, ...]) -> bool:
    return unicodedata.category(character) in categories and character not in (ZWNJ, ZWJ)


def code_points_between_letters() -> Iterator[str]:
    """All of the planes in use, and the noncharacters and private characters of the others."""
    planes = [*range(0x32000), *range(0xE0000, 0xE1000)]
    ends = [plane | low for plane in range(0, 0x110000, 0x10000) for low in (0, 0xFFFE, 0xFFFF)]
    text = "a".join(map(chr, planes + ends))
    yield from (text[start : start + 0x2000] for start in range(0, len(text), 0x2000))


def longest_run(text: str, is_counted: Callable[[str], object]) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if is_counted(character) else 0
        longest = max(longest, run)
    return longest


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  plain  words ", "plain  words"),
        ("\u3000wide\u00a0blanks\u2003", "wide\u00a0blanks"),
        ("one\r\n\r\ntwo\tthree\u2028four\x85five\v\fsix", "one two three four five six"),
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("nul\0 bell\a del\x7f", "nul␀ bell␇ del␡"),
        ("csi\x9b31m", f"csi{GONE}31m"),
        ("evil\u202etxt.exe", f"evil{GONE}txt.exe"),
        ("\u2066isolated\u2069", f"{GONE}isolated{GONE}"),
        ("soft\u00adhyphen zero\u200bwidth", f"soft{GONE}hyphen zero{GONE}width"),
        ("half \ud83d pair", f"half {GONE} pair"),
        ("\ufffe \uffff \U0010ffff", f"{GONE} {GONE} {GONE}"),
        ("\ufeffmark\ufeff", f"mark{GONE}"),
        ("a\u3164b", f"a{GONE}b"),
        ("tag\U000e0041", f"tag{GONE}"),
        ("e" + ACUTE, "é"),
        (f"a{ZWJ}b {ZWJ}c d{ZWNJ}", f"a{ZWJ}b {GONE}c d{GONE}"),
        (f"a{ZWJ}{ZWJ}b", f"a{GONE}{GONE}b"),
        ("", ""),
    ],
)
def test_a_line_is_cleaned(raw: str, clean: str) -> None:
    assert clean_line(raw) == clean


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_of_all_scripts_is_kept_and_shown_whole(text: str) -> None:
    normal = unicodedata.normalize("NFC", text)
    assert clean_line(text) == clean_block(text) == normal
    joined_letters = "\u200d" in normal and "\u0915" in normal
    assert displayable(normal) == (normal.replace("\u200d", "") if joined_letters else normal)


def test_only_pictures_stay_joined_where_cells_count() -> None:
    family = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
    assert displayable(f"{family} a\u200db") == f"{family} ab"
    assert clean_line("a\u200db") == "a\u200db"


def test_what_a_newer_unicode_may_define_is_kept_but_not_shown() -> None:
    assert clean_line("a\u0378\ue000") == "a\u0378\ue000"
    assert displayable("a\u0378\ue000") == f"a{GONE}{GONE}"


def test_looks_are_kept_but_not_shown() -> None:
    hearts = "\u2764\ufe0f \U0001f44d\U0001f3fd 1\ufe0f\u20e3"
    assert clean_line(hearts) == hearts
    assert displayable(hearts) == "\u2764 \U0001f44d 1"
    assert displayable("\U0001f3fd a") == f"{GONE} a"


def test_a_paste_keeps_the_blanks_at_its_ends() -> None:
    assert clean_paste(" and more\n") == " and more "
    assert clean_paste(" x ") == " x "


@given(ANY_TEXT)
def test_a_line_is_a_trimmed_paste(raw: str) -> None:
    assert clean_line(raw) == clean_paste(raw).strip()


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("one  \r\ntwo\rthree\u2028four\x85five", "one\ntwo\nthree\nfour\nfive"),
        ("\n \n  indented\n\n\nafter a gap\n \n", "  indented\n\n\nafter a gap"),
        ("a\tb", "a    b"),
        ("\ufeffmark\n\x1b[2J", "mark\n␛[2J"),
        (f"a{ZWJ}\n{ZWJ}b", f"a{GONE}\n{GONE}b"),
        (" \n\t\n", ""),
    ],
)
def test_a_block_is_cleaned(raw: str, clean: str) -> None:
    assert clean_block(raw) == clean


@given(ANY_TEXT)
def test_lines_of_a_block_are_clean_lines(raw: str) -> None:
    for line in clean_block(raw).split("\n"):
        assert clean_paste(line) == line.rstrip()


@pytest.mark.parametrize("clean", [clean_line, clean_paste, clean_block, displayable, fold])
@given(text=ANY_TEXT)
def test_twice_changes_nothing_more(clean: Callable[[str], str], text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@given(ANY_TEXT)
def test_what_is_clean_can_be_stored(raw: str) -> None:
    for clean in (clean_line(raw), clean_paste(raw), clean_block(raw)):
        assert unicodedata.is_normalized("NFC", clean)
        assert clean.encode().decode() == clean
    assert fold(raw).encode().decode() == fold(raw)


@pytest.mark.parametrize("clean", [clean_line, clean_block])
def test_no_code_point_hides_in_clean_text(clean: Callable[[str], str]) -> None:
    for text in code_points_between_letters():
        for line in clean(text).split("\n"):
            assert not [c for c in line if is_forbidden(c, ("Cc", "Cf", "Cs", "Zl", "Zp"))]
            assert not [c for c in line if ord(c) & 0xFFFE == 0xFFFE or c in "\ufdd0\ufdef"]


def test_every_code_point_is_shown_harmlessly() -> None:
    for text in code_points_between_letters():
        shown = displayable(text)
        hidden = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
        assert not [c for c in shown if is_forbidden(c, hidden)]
        assert not [c for c in shown if c in "\ufe0f\u20e3\U0001f3fb\U0001f3ff\u3164\u115f\uffa0"]
        assert displayable(shown) == shown


@given(ANY_TEXT, st.booleans())
def test_any_text_is_shown_harmlessly(text: str, lines: bool) -> None:
    hidden = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
    for line in displayable(text, lines=lines).split("\n"):
        assert not [c for c in line if is_forbidden(c, hidden)]
        assert longest_run(line, unicodedata.combining) <= 3
        assert longest_run(line, lambda c: unicodedata.category(c) in ("Mn", "Me")) <= 3
        assert longest_run(line, lambda c: unicodedata.category(c)[0] == "M") <= 8
        for joined in line.replace(ZWNJ, ZWJ).split(ZWJ)[:-1]:
            assert joined
            assert not joined[-1].isspace()


def test_a_joiner_is_shown_only_between_what_it_joins() -> None:
    assert displayable(f"{ZWJ}a{ZWNJ}b {ZWJ}c{ZWJ}") == f"{GONE}a{ZWNJ}b {GONE}c{GONE}"


def test_lines_are_shown_as_lines_only_where_asked() -> None:
    assert displayable("one\n\ttwo\r\n") == "one␤␉two␍␤"
    assert displayable("one\n\ttwo\r\n", lines=True) == "one\n␉two␍\n"


def test_piled_marks_are_kept_but_not_shown() -> None:
    zalgo = "a" + GRAVE_BELOW * 10 + "b"
    assert clean_line(zalgo) == zalgo
    for count in (3, 4, 10):
        assert displayable("a" + GRAVE_BELOW * count + "b") == "a" + GRAVE_BELOW * 3 + "b"
    vowel_with_a_cell = "\u102c"
    assert displayable("\u1000" + vowel_with_a_cell * 20) == "\u1000" + vowel_with_a_cell * 8


@pytest.mark.parametrize("clean", [clean_line, clean_paste, clean_block, fold])
def test_a_flood_of_marks_is_cut_before_it_must_be_sorted(clean: Callable[[str], str]) -> None:
    """Sorting them takes quadratic time: minutes for a large paste."""
    flood = "a" + (ACUTE + GRAVE_BELOW) * 100_000
    assert len(clean(flood)) < 40
    assert GONE in clean(flood)


def test_marks_that_normalising_multiplies_are_cut_too() -> None:
    two_marks_in_one = "\u0344"
    once = clean_line("a" + two_marks_in_one * 30)
    assert longest_run(once, unicodedata.combining) == 30
    assert clean_line(once) == once


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Łódź", "lodz"),
        ("MÜLLER", "muller"),
        ("Straße", "strasse"),
        ("ﬁrma Ⅷ", "firma viii"),
        ("İstanbul ISPARTA ı", "istanbul isparta i"),
        ("Ærø Þór", "aero thor"),
        (
            "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2",
            "\u03c3\u03b9\u03c3\u03c5\u03c6\u03bf\u03c3",
        ),
        ("  Jane\u00a0\n  Roe\0 ", "jane roe"),
        ("zero\u200bwidth", "zerowidth"),
        ("\ud800", GONE),
        ("my_shop-50%", "my_shop-50%"),
    ],
)
def test_search_ignores_case_accents_and_blanks(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_every_code_point_folds_to_something_stable() -> None:
    for text in code_points_between_letters():
        folded = fold(text)
        assert fold(folded) == folded
        assert not [c for c in folded if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Mn")]


@given(st.text(st.characters(max_codepoint=0x24F)))
def test_upper_and_lower_case_fold_alike(text: str) -> None:
    assert fold(text.upper()) == fold(text.lower()) == fold(text)


@pytest.mark.parametrize(
    ("domain", "forms"),
    [
        ("Acme.Example", ("acme.example",)),
        ("xn--mller-kva.de", ("xn--mller-kva.de", "muller.de")),
        ("Müller.de", ("muller.de", "xn--mller-kva.de")),
        ("straße.de", ("strasse.de", "xn--strae-oqa.de")),
        (
            "müller.xn--p1ai",
            ("muller.xn--p1ai", "muller.\u0440\u0444", "xn--mller-kva.xn--p1ai"),
        ),
        ("xn--99999999.de", ("xn--99999999.de",)),
        ("xn--.de", ("xn--.de", ".de")),
        (f"{'ü' * 64}.de", (f"{'u' * 64}.de",)),
        ("", ()),
    ],
)
def test_a_domain_is_found_in_unicode_and_in_ascii(domain: str, forms: tuple[str, ...]) -> None:
    assert fold_domain(domain) == forms


@given(ANY_TEXT)
def test_any_text_can_stand_in_place_of_a_domain(name: str) -> None:
    for domain in (name, f"xn--{name}", f"xn--{name}.de"):
        forms = fold_domain(domain)
        assert len(set(forms)) == len(forms)
        assert all(fold(form) == form for form in forms)
        assert not fold(domain) or forms[0] == fold(domain)


@given(st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=30))
def test_both_forms_of_a_domain_share_a_form(name: str) -> None:
    international = f"ü{name}.de"
    ascii_form = international.encode("idna").decode()
    assert set(fold_domain(international)) == set(fold_domain(ascii_form))


@pytest.mark.parametrize("checked", [checked_line, checked_block])
@pytest.mark.parametrize(
    "raw", ["", "   ", "\n\t\r\n", "\u3000\u00a0", "\u200b", "\u3164", "\u2800 \u0301", "\ufeff"]
)
def test_what_shows_nothing_is_empty(checked: Callable[..., str], raw: str) -> None:
    with pytest.raises(BadInput, match=r"^Description is empty: say it in a few words\.$"):
        checked(raw, required=True, what="Description")
    checked(raw, required=False, what="Description")


@pytest.mark.parametrize("raw", ["x", "\U0001f600", "日", "?", "\0", "\u05d0", "\u0378"])
def test_what_shows_anything_is_not_empty(raw: str) -> None:
    assert checked_line(raw, required=True, what="Note") == clean_line(raw)
    assert checked_block(raw, required=True, what="Note") == clean_block(raw)


def test_a_line_has_a_limit() -> None:
    assert len(checked_line(f" {'é' * LINE_LIMIT} ", required=True, what="Note")) == LINE_LIMIT
    with pytest.raises(BadInput, match="Description has 10,000 characters; at most 500 fit"):
        checked_line("x" * 10_000, required=True, what="Description")
    with pytest.raises(BadInput, match="501 characters"):
        checked_line("x" * (LINE_LIMIT + 1), required=False, what="Description")


def test_a_block_has_a_limit() -> None:
    fitting = "a line\n" * (BLOCK_LIMIT // 7)
    assert checked_block(fitting, required=True, what="Note") == fitting.strip()
    with pytest.raises(BadInput, match="Note has 20,001 characters; at most 20,000 fit"):
        checked_block("x" * (BLOCK_LIMIT + 1), required=False, what="Note")


@given(ANY_TEXT)
def test_a_quote_is_short_and_harmless(text: str) -> None:
    shown = quoted(text * 3)
    assert len(shown) <= 43
    assert shown == displayable(shown)
    assert shown[0] == shown[-1] == '"'


def test_a_quote_shows_what_was_typed() -> None:
    assert quoted(" 1e9 ") == '"1e9"'
    assert quoted("x" * 40) == f'"{"x" * 40}"'
    assert quoted("x" * 41) == f'"{"x" * 40}…"'
