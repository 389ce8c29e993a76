"""What a terminal sends: bytes in, Textual's messages out.

Whoever types may send any bytes. None of them makes this raise, and all that it keeps has a bound.
"""

import unicodedata
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.events import Key, Paste, Resize
from textual.geometry import Size
from textual.message import Message

PASTE_LIMIT: Final = 100_000
"""The most characters of one paste that are kept."""

SIZE_LIMIT: Final = Size(640, 300)
"""The widest and the tallest screen that is drawn, in cells; memory grows with each cell."""

_PARSER_STATE = ("last_x", "last_y", "mouse_pixels", "terminal_pixel_size", "terminal_size")


class PasteCut(Message):
    """A paste was longer than `PASTE_LIMIT`; comes right after what was kept of it."""

    def __init__(self, count: int) -> None:
        """Tell that `count` characters were left out."""
        super().__init__()
        self.count = count


def drawable(size: tuple[int, int]) -> Size:
    """Return the size (width, height) in cells that is drawn for what a terminal says it has."""
    width, height = size
    return Size(
        max(1, min(width, SIZE_LIMIT.width)),
        max(1, min(height, SIZE_LIMIT.height)),
    )


class TerminalInput:
    """Reads keys, mouse reports, sizes and pastes from what a terminal sends.

    Around Textual's parser, which ends with an exception at some sequences, and keeps a paste
    without an end for ever. What a sequence means stays with that parser.
    """

    def __init__(self) -> None:
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._parser = XTermParser()
        self._recent = ""  # the last characters outside pastes, in which a marker may have begun
        self._paste: _Paste | None = None

    def feed(self, data: bytes) -> list[Message]:
        """Return the messages that are complete with these bytes."""
        messages: list[Message] = []
        text = self._decode(data)
        while text:
            take = self._take_keys if self._paste is None else self._take_paste
            found, text = take(text)
            messages += found
        return messages

    def tick(self) -> list[Message]:
        """Return what an unfinished sequence was, if nothing came for longer than the escape delay.

        It was the Escape key, or Alt with another.
        """
        messages = self._guarded(self._parser.tick)
        if messages:
            self._recent = ""
        return list(self._harmless(messages))

    def _take_keys(self, text: str) -> tuple[list[Message], str]:
        """Return the messages up to the beginning of a paste, and the text after that."""
        recent = self._recent + text
        start = recent.find(BRACKETED_PASTE_START)
        if start < 0:
            self._recent = recent[1 - len(BRACKETED_PASTE_START) :]
            return self._parse(text), ""
        rest = start + len(BRACKETED_PASTE_START) - len(self._recent)
        self._recent = ""
        self._paste = _Paste()
        # The parser must not hear of what is pasted: for it the paste ends where it begins.
        return self._parse(text[:rest] + BRACKETED_PASTE_END), text[rest:]

    def _take_paste(self, text: str) -> tuple[list[Message], str]:
        """Return the paste if it ends in the text, and the text after that."""
        assert self._paste is not None
        rest = self._paste.take(text)
        if rest is None:
            return [], ""
        messages = self._paste.messages()
        self._paste = None
        return messages, rest

    def _parse(self, text: str) -> list[Message]:
        # Character by character: after an exception it is known what comes next.
        return [
            message
            for character in text
            for message in self._harmless(self._guarded(self._parser.feed, character))
        ]

    def _guarded(self, parse: Callable[..., Iterable[Message]], *args: str) -> list[Message]:
        """Return what the parser makes of it; nothing, and a fresh parser, if it cannot."""
        try:
            return list(parse(*args))
        except Exception:  # noqa: BLE001  # numbers that are none, too large, or divide by zero
            known, self._parser = self._parser, XTermParser()
            for name in _PARSER_STATE:
                setattr(self._parser, name, getattr(known, name))
            return []

    def _harmless(self, messages: Iterable[Message]) -> Iterator[Message]:
        for message in messages:
            if isinstance(message, Resize):
                yield self._resized(message)
            elif isinstance(message, Key):
                if all(map(_is_character, message.key + (message.character or ""))):
                    yield message
            elif not isinstance(message, Paste):
                yield message

    def _resized(self, told: Resize) -> Resize:
        """Return the size that is drawn; the mouse is reckoned by the one that was told."""
        pixels = told.pixel_size
        if pixels is not None and 0 in (*told.size, *pixels):
            # Not known: mouse reports are then taken to be in cells.
            pixels = self._parser.terminal_pixel_size = None
        return Resize.from_dimensions(drawable(told.size), pixels)


class _Paste:
    """A paste of which the end has not come yet."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._room = PASTE_LIMIT
        self._left_out = 0
        self._held = ""  # the last characters, in which the end marker may have begun

    def take(self, text: str) -> str | None:
        """Take what belongs to the paste; return the text after its end, None before that."""
        text = self._held + text
        end = text.find(BRACKETED_PASTE_END)
        if end < 0:
            cut = max(0, len(text) + 1 - len(BRACKETED_PASTE_END))
            self._keep(text[:cut])
            self._held = text[cut:]
            return None
        self._keep(text[:end])
        return text[end + len(BRACKETED_PASTE_END) :]

    def _keep(self, text: str) -> None:
        text = text.replace("\0", "")
        kept = text[: self._room]
        self._text.append(kept)
        self._room -= len(kept)
        self._left_out += len(text) - len(kept)

    def messages(self) -> list[Message]:
        """Return the paste, and how much of it was left out, if any."""
        paste: list[Message] = [Paste("".join(self._text))]
        return [*paste, PasteCut(self._left_out)] if self._left_out else paste


def _is_character(character: str) -> bool:
    """Tell whether a code point stands for a character.

    Surrogates and noncharacters do not (The Unicode Standard, sections 23.6 and 23.7); a key may
    claim them by their number.
    """
    code = ord(character)
    noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return not noncharacter and unicodedata.category(character) != "Cs"
