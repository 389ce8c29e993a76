"""Bytes in, messages out, whatever the bytes."""

import re
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.message import Message
from textual.messages import InBandWindowResize

from tui.terminal import input as terminal_input
from tui.terminal.input import PASTE_LIMIT, PasteCut, TerminalInput, drawable

START = b"\x1b[200~"
END = b"\x1b[201~"

PIECES = [
    b"a",
    b"\r",
    "\N{LATIN SMALL LETTER E WITH ACUTE}\N{CJK UNIFIED IDEOGRAPH-4E2D}".encode(),
    b"\xe9",
    b"\x1b",
    b"\x1b[A",
    b"\x1b[",
    b"\x1bO",
    b"0~",
    b"\0",
    START,
    END,
    b"\x1b[97;5u",
    b"\x1b[1:2;1u",
    b"\x1b[1114112u",
    b"\x1b[99999999999999999999u",
    b"\x1b[97;1;55296u",
    b"\x1b[55296u",
    b"\x1b[48;0;0;1;1t",
    b"\x1b[48;24;80;0;0t",
    b"\x1b[48;24;80;480;800t",
    b"\x1b[48;99999;99999;1;1t",
    b"\x1b[<0;10;5M",
    b"\x1b[<35;99999999999;99999999999m",
    b"\x1b[M !!",
    b"\x1b[I",
    b"\x1b[?2048;2$y",
    b"\x1b[5;7R",
    b"\x1b[" + b"1;" * 40,
]
"""What terminals send, and what they never should."""

anything = st.lists(st.sampled_from(PIECES) | st.binary(max_size=4), max_size=12).map(b"".join)


def shape(message: Message) -> tuple[object, ...]:
    """Return what matters of a message, for comparing."""
    match message:
        case events.Key():
            return ("key", message.key, message.character)
        case events.Paste():
            return ("paste", message.text)
        case PasteCut():
            return ("cut", message.count)
        case events.Resize():
            return ("size", message.size, message.pixel_size)
        case events.MouseEvent():
            return (type(message), message.x, message.y, message.button, message.delta_x)
        case InBandWindowResize():
            return ("in band", message.supported, message.enabled)
        case _:
            return (type(message),)


def shapes(*chunks: bytes) -> list[tuple[object, ...]]:
    """Return what comes of the chunks, read one after another."""
    terminal = TerminalInput()
    return [shape(message) for chunk in chunks for message in terminal.feed(chunk)]


def split(data: bytes, places: Iterable[int]) -> list[bytes]:
    """Return the data cut in places, each taken modulo its length."""
    cuts = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(cuts)]


@given(anything, st.lists(st.integers(0, 1000), max_size=20))
def test_no_bytes_raise_and_no_chunking_matters(data: bytes, places: list[int]) -> None:
    assert shapes(*split(data, places)) == shapes(data)


@given(anything)
def test_byte_by_byte_is_the_same_as_at_once(data: bytes) -> None:
    assert shapes(*(bytes([byte]) for byte in data)) == shapes(data)


@given(anything)
def test_a_key_works_after_anything(data: bytes) -> None:
    # What may be unfinished is ended: a character, a paste, a sequence, the report of a mouse.
    assert shapes(data, END, b"\x1b[A")[-1] == ("key", "up", None)


@given(anything)
def test_no_key_claims_what_is_no_character(data: bytes) -> None:
    for message in TerminalInput().feed(data):
        if isinstance(message, events.Key):
            (message.key + (message.character or "")).encode()


@given(anything)
def test_every_size_can_be_drawn(data: bytes) -> None:
    for message in TerminalInput().feed(data):
        if isinstance(message, events.Resize):
            assert message.size == drawable(message.size)


pasted = st.text(st.characters(exclude_categories=["Cs"]), max_size=50) | st.sampled_from(
    ["\x1b", "\x1b[", "\x1b[200~", "\x1b[20", "\x1b\x1b[2", "\x1b[I\x1b[<0;1;1M", "\x1b[1:2;1u"]
)


@given(st.lists(pasted).map("".join), st.lists(st.integers(0, 1000), max_size=20))
def test_a_paste_is_what_it_was(text: str, places: list[int]) -> None:
    text = text.replace("\x1b[201~", "")
    text = re.sub("\x1b(\\[(2(0(1)?)?)?)?$", "", text)  # the end of a paste it would become
    chunks = split(b"a" + START + text.encode() + END + b"b", places)
    assert shapes(*chunks) == [
        ("key", "a", "a"),
        ("paste", text.replace("\0", "")),
        ("key", "b", "b"),
    ]


def test_a_paste_ends_what_was_unfinished_before_it() -> None:
    assert shapes(b"\x1b" + START + b"x" + END) == [("key", "escape", "\x1b"), ("paste", "x")]


def test_an_end_without_a_beginning_is_nothing() -> None:
    assert shapes(b"a" + END + b"b") == [("key", "a", "a"), ("key", "b", "b")]


def test_a_long_paste_is_cut_and_says_how_much_is_left_out() -> None:
    terminal = TerminalInput()
    terminal.feed(START)
    for _ in range(30):
        assert terminal.feed(b"x\0" * 5_000) == []
    paste, cut = terminal.feed(END)
    assert shape(paste) == ("paste", "x" * PASTE_LIMIT)
    assert shape(cut) == ("cut", 50_000)


def test_a_paste_of_just_the_limit_is_whole() -> None:
    assert shapes(START + b"x" * PASTE_LIMIT + END) == [("paste", "x" * PASTE_LIMIT)]


def test_the_next_paste_has_all_the_room_again() -> None:
    long = START + b"x" * (PASTE_LIMIT + 1) + END
    assert shapes(long, long) == shapes(long) * 2


def test_a_latin_1_letter_is_a_mark_and_not_the_end() -> None:
    assert shapes(b"caf\xe9 1") == [
        *(("key", letter, letter) for letter in "caf"),
        ("key", "replacement_character", "\ufffd"),
        ("key", "space", " "),
        ("key", "1", "1"),
    ]


@pytest.mark.parametrize(
    "sequence", [b"\x1b[1:2;1u", b"\x1b[1114112u", b"\x1b[97;1;99999999999999999999u"]
)
def test_a_sequence_that_cannot_be_is_dropped_alone(sequence: bytes) -> None:
    assert shapes(b"a" + sequence + b"b") == [("key", "a", "a"), ("key", "b", "b")]


@pytest.mark.parametrize(
    "sequence",
    [
        b"\x1b[97;1;55296u",
        b"\x1b[55296u",
        b"\x1b[97;1;65535u",
        b"\x1b[64976u",
        b"\x1b[97;1;1114110u",
    ],
)
def test_a_key_without_a_character_is_dropped(sequence: bytes) -> None:
    assert shapes(sequence) == []


def test_keys_of_every_kind_still_arrive() -> None:
    assert shapes(b"\x00\x11\x1b[97;5u\x1b[233;1;233u\x1b[1;5C\xee\x80\x80") == [
        ("key", "ctrl+@", "\0"),
        ("key", "ctrl+q", "\x11"),
        ("key", "ctrl+a", None),
        ("key", "é", "é"),
        ("key", "ctrl+right", None),
        ("key", "\ue000", "\ue000"),
    ]


def test_a_mouse_in_pixels_is_reckoned_by_the_size_that_was_told() -> None:
    _, moved = shapes(b"\x1b[48;1000;2000;10000;10000t\x1b[<35;51;101M")
    assert moved[1:3] == (10.0, 10.0)


def test_a_fresh_parser_still_knows_the_size_and_the_pixels() -> None:
    told = b"\x1b[48;24;80;480;800t"
    report = b"\x1b[<35;101;101M"
    assert shapes(told + b"\x1b[1:2;1u" + report) == shapes(told + report)


@pytest.mark.parametrize("forged", [b"48;0;0;1;1t", b"48;24;80;0;0t", b"48;0;80;9;9t"])
def test_a_mouse_without_pixels_is_reckoned_in_cells(forged: bytes) -> None:
    size, moved = shapes(b"\x1b[" + forged + b"\x1b[<35;11;6M")
    assert size[2] is None
    assert moved[1:3] == (10.0, 5.0)


def test_the_escape_key_is_told_after_its_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("textual._parser.get_time", lambda: now)
    terminal = TerminalInput()
    assert terminal.feed(b"\x1b") == []
    assert terminal.tick() == []
    now += 1
    assert [shape(message) for message in terminal.tick()] == [("key", "escape", "\x1b")]
    # What follows late is no marker any more.
    assert [shape(message)[1] for message in terminal.feed(b"[200~a")] == [
        *("left_square_bracket", "2", "0", "0", "tilde", "a")
    ]


def test_no_paste_is_hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("textual._parser.get_time", lambda: now)
    terminal = TerminalInput()
    terminal.feed(START + b"x\x1b")
    now += 1
    assert terminal.tick() == []
    assert [shape(message) for message in terminal.feed(b"y" + END)] == [("paste", "x\x1by")]


def test_what_is_used_of_textual_is_still_there() -> None:
    for name in terminal_input._PARSER_STATE:
        assert hasattr(XTermParser(), name), name
    assert BRACKETED_PASTE_START.encode() == START
    assert BRACKETED_PASTE_END.encode() == END
