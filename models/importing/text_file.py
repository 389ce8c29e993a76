"""The text of a file to import, and how to say what is broken in it."""

import codecs
from typing import BinaryIO

from models.refusals import BrokenFile

_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def broken(name: str, place: str, reason: str) -> BrokenFile:
    """Return the refusal of the file `name` for what is wrong at `place`."""
    return BrokenFile(f"{name}, {place}: {reason}")


def read_text(file: BinaryIO, name: str) -> str:
    """Return all text of a file in UTF-8, or in UTF-16 with a byte order mark.

    Raises:
        BrokenFile: it cannot be read, is empty, or has another encoding.
    """
    try:
        content = file.read()
    except OSError as error:
        raise BrokenFile(f"{name} cannot be read: {error.strerror or error}.") from error
    encoding = "utf-16" if content.startswith(_UTF_16_MARKS) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        # The position counts from behind a mark that the decoder has taken off.
        position = error.start + len(content) - len(error.object)
        raise _wrong_encoding(content, position, encoding, name) from error
    if not text.strip():
        raise broken(name, "line 1", "the file is empty.")
    return text


def _wrong_encoding(content: bytes, position: int, encoding: str, name: str) -> BrokenFile:
    before = content[:position].decode(encoding, errors="ignore")
    line_start = before.rfind("\n") + 1
    one_order, standard = ("utf-16-le", "UTF-16") if encoding == "utf-16" else ("utf-8", "UTF-8")
    byte = len(before[line_start:].encode(one_order)) + 1
    return broken(
        name,
        f"line {before.count(chr(10)) + 1}, byte {byte}",
        f"0x{content[position]:02X} is no {standard} text: save the file as UTF-8.",
    )
