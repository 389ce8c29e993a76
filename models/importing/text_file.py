"""The text of a file to import, read piece by piece, and how to say what is broken in it."""

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO, Final

from models.refusals import BrokenFile

PIECE: Final = 1 << 20
"""Bytes that are read at a time."""

_LONGEST_MARK: Final = 3
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def broken(name: str, place: str, reason: str) -> BrokenFile:
    """Return the refusal of the file `name` for what is wrong at `place`."""
    return BrokenFile(f"{name}, {place}: {reason}")


def pieces(file: BinaryIO, name: str) -> Iterator[str]:
    """Yield the text of a file in UTF-8, or in UTF-16 with a byte order mark, in order.

    Raises:
        BrokenFile: it cannot be read, holds nothing but blanks, or has another encoding.
    """
    decoder = _Decoder(name)
    blank = True
    while content := _read(file, name):
        text = decoder.decode(content)
        blank = blank and not text.strip()
        yield text
    text = decoder.decode(b"", final=True)
    yield text
    if blank and not text.strip():
        raise broken(name, "line 1", "the file is empty.")


def lines(texts: Iterator[str]) -> Iterator[str]:
    r"""Yield the lines of a text that comes in pieces, each with its end: "\n", "\r\n" or "\r"."""
    rest = ""
    for text in texts:
        parts = list(io.StringIO(rest + text, newline=""))
        # The last one may go on in the next piece; so may a "\r\n" that ends it.
        rest = parts.pop() if parts else ""
        yield from parts
    yield from io.StringIO(rest, newline="")


def _read(file: BinaryIO, name: str) -> bytes:
    try:
        return file.read(PIECE)
    except OSError as error:
        raise BrokenFile(f"{name} cannot be read: {error.strerror or error}.") from error


class _Decoder:
    """Turns bytes into text, and knows in which line and at which byte of it the next one is."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._decoder: codecs.IncrementalDecoder | None = None
        self._pending = b""
        self._encoding = ""
        self._line = 1
        self._byte = 1

    def decode(self, content: bytes, *, final: bool = False) -> str:
        """Return the text of the next bytes; those of a cut letter wait for the others."""
        self._pending += content
        if self._decoder is None and len(self._pending) < _LONGEST_MARK and not final:
            return ""
        self._decoder = decoder = self._decoder or self._chosen()
        given, self._pending = self._pending, b""
        try:
            text = decoder.decode(given, final)
        except UnicodeDecodeError as error:
            raise self._wrong(error) from error
        self._count(text)
        return text

    def _chosen(self) -> codecs.IncrementalDecoder:
        """Take the mark off, and return what decodes the encoding that it stands for."""
        mark = next((mark for mark in _UTF_16_MARKS if self._pending.startswith(mark)), b"")
        self._encoding = "UTF-16" if mark else "UTF-8"
        little = mark == codecs.BOM_UTF16_LE
        codec = ("utf-16-le" if little else "utf-16-be") if mark else "utf-8"
        mark = mark or (codecs.BOM_UTF8 if self._pending.startswith(codecs.BOM_UTF8) else b"")
        self._pending = self._pending.removeprefix(mark)
        return codecs.getincrementaldecoder(codec)()

    def _count(self, text: str) -> None:
        _, line_end, begun = text.rpartition("\n")
        if line_end:
            self._line += text.count("\n")
            self._byte = 1
        self._byte += self._size(begun)

    def _size(self, text: str) -> int:
        return len(text.encode("utf-16-le" if self._encoding == "UTF-16" else "utf-8"))

    def _wrong(self, error: UnicodeDecodeError) -> BrokenFile:
        before = error.object[: error.start].decode(error.encoding, errors="ignore")
        self._count(before)
        return broken(
            self._name,
            f"line {self._line}, byte {self._byte}",
            f"0x{error.object[error.start]:02X} is no {self._encoding} text: save the file as "
            "UTF-8.",
        )
