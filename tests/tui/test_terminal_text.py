"""What is cut, wrapped and filtered keeps its cells, whatever the text."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import ControlType, Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter
from textual.widgets import Button, Input, Static

from models.text import displayable
from tui.terminal_text import ControlFilter, centred_height, centred_line, fit, wrap

HOSTILE = [
    "a\x1b[31mred",
    "a\x00b\x07c\x7f",
    "a\x9b31mb\x9d52;c;x\x9c",
    "a\u202egnp.exe",
    "a\u2066b\u2069",
    "a\ud800b",
    "a\ufffeb\uffff",
    "a\u200bb\ufeffc\u00adv",
    "a\u2028b\u2029c",
    "a\U000e0041b",
    "\x1b]52;c;ZXZpbA==\x07",
]

ANY_TEXT = st.text(
    st.one_of(
        st.characters(codec=None),
        st.sampled_from("a \t\n\x1b\u0301\u200d\u200c\ufe0f漢字한👩👧🇩🇪👍\U0001f3fd❤क्ष\u202e"),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("text", "width", "right", "expected"),
    [
        ("acme", 6, False, "acme  "),
        ("acme", 6, True, "  acme"),
        ("acme", 4, False, "acme"),
        ("acme.example", 6, False, "acme.…"),
        ("acme", 1, False, "…"),
        ("acme", 0, False, ""),
        ("acme", -3, False, ""),
        ("漢字", 4, False, "漢字"),
        ("漢字", 3, False, "漢…"),
        ("漢字", 2, False, "… "),
        ("漢字", 2, True, " …"),
        ("漢字漢", 5, False, "漢字…"),
        ("e\u0301e\u0301e\u0301", 2, False, "e\u0301…"),
        ("two words", 5, False, "two… "),
        ("", 3, False, "   "),
    ],
)
def test_text_is_cut_or_padded(text: str, width: int, right: bool, expected: str) -> None:
    assert fit(text, width, right=right) == expected


@given(ANY_TEXT, st.integers(-1, 70), st.booleans())
@example("👩\u200d👧👩", 3, False)
@example("❤\ufe0f❤\ufe0f", 2, False)
def test_any_text_fits_exactly(text: str, width: int, right: bool) -> None:
    fitted = fit(displayable(text), width, right=right)
    assert cell_len(fitted) == max(0, width)


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 8, ["one two", "three"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("a bcdefgh", 3, ["a", "bcd", "efg", "h"]),
        ("a   b", 2, ["a", "b"]),
        ("  indented", 20, ["  indented"]),
        ("one\n\ntwo", 10, ["one", "", "two"]),
        ("", 10, [""]),
        ("    ", 2, [""]),
        ("漢字漢字", 5, ["漢字", "漢字"]),
        ("漢", 1, ["漢"]),
        ("e\u0301e\u0301", 1, ["e\u0301", "e\u0301"]),
        ("👩\u200d👧👩\u200d👧", 3, ["👩\u200d👧", "👩\u200d👧"]),
        ("größe über", 5, ["größe", "über"]),
        ("word", 0, ["w", "o", "r", "d"]),
    ],
)
def test_text_is_wrapped_by_cells(text: str, width: int, expected: list[str]) -> None:
    assert [text[start:end] for start, end in wrap(text, width)] == expected


@given(ANY_TEXT, st.integers(1, 40))
@example("漢 ", 1)
def test_wrapped_lines_fit_and_nothing_but_blanks_is_lost(text: str, width: int) -> None:
    text = displayable(text, lines=True)
    before = 0
    for start, end in wrap(text, width):
        assert not text[before:start].strip(" \n")
        assert "\n" not in text[start:end]
        assert cell_len(text[start:end]) <= max(2, width)
        before = end
    assert not text[before:].strip(" \n")


def test_a_message_is_set_in_the_middle() -> None:
    lines = [centred_line("Nothing here.\nPress n.", 17, 4, line) for line in range(4)]
    assert lines == [" " * 17, "  Nothing here.  ", "    Press n.     ", " " * 17]
    assert centred_height("Nothing here.\nPress n.", 17) == 2


def harmless(text: str) -> bool:
    return not any(
        unicodedata.category(character) in ("Cc", "Cs", "Cn", "Zl", "Zp")
        or (unicodedata.category(character) == "Cf" and character not in "\u200c\u200d")
        for character in text
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_controls_are_marked_within_their_cells(text: str) -> None:
    segments = [Segment("│"), Segment(text + "   "), Segment("│")]
    filtered = ControlFilter().apply(segments, Color(0, 0, 0))
    assert all(harmless(segment.text) for segment in filtered)
    assert [cell_len(segment.text) for segment in filtered] == [
        cell_len(segment.text) for segment in segments
    ]
    assert filtered[1].text[1:].strip() != text[1:].strip()


@given(ANY_TEXT)
def test_any_segment_keeps_its_cells(text: str) -> None:
    (filtered,) = ControlFilter().apply([Segment(text)], Color(0, 0, 0))
    assert harmless(filtered.text)
    assert cell_len(filtered.text) == cell_len(text)


def test_links_are_dropped_and_all_else_is_kept() -> None:
    style = Style(bold=True, color="red", link="https://x\x1b]52;c;x\x07", meta={"@click": "x"})
    (filtered,) = ControlFilter().apply([Segment("text", style)], Color(0, 0, 0))
    assert filtered.style is not None
    assert filtered.style.link is None
    assert filtered.style.meta == {"@click": "x"}
    assert (filtered.style.bold, filtered.style.color) == (True, style.color)


def test_control_segments_pass() -> None:
    control = Segment("\x1b[H", None, [(ControlType.HOME,)])
    assert ControlFilter().apply([control], Color(0, 0, 0)) == [control]


class HostileApp(App[None]):
    """Stock widgets that show what they are given."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.control_filter = ControlFilter()

    def get_line_filters(self) -> list[LineFilter]:
        return [*super().get_line_filters(), self.control_filter]

    def compose(self) -> ComposeResult:
        yield Static(self.text, markup=False)
        yield Input(self.text, placeholder=self.text)
        yield Button(Content(self.text))
        framed = Static("safe", id="framed")
        framed.border_title = Content(self.text)
        framed.styles.border = ("round", "white")
        yield framed


@pytest.mark.parametrize("text", HOSTILE)
async def test_nothing_harmful_leaves_any_widget(text: str) -> None:
    app = HostileApp(text)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        for widget in app.screen.children:
            for strip in widget.render_lines(widget.outer_size.region):
                assert harmless(strip.text)
                assert sum(cell_len(segment.text) for segment in strip) == strip.cell_length
