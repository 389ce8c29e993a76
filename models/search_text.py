"""The text by which an account is found, folded: case, accents and IDN forms do not matter."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from models.text import fold, fold_domain

if TYPE_CHECKING:
    from models.search_query import SearchQuery

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""Parts of a text: from each first character to before the last one's next."""

_Origins: TypeAlias = Sequence[tuple[int, int]] | None
"""For each character of a folded text the part it came from; None: each stands for itself."""

_LABEL = re.compile(r"[^\s.@]+")
_WORD = re.compile(r"\w+")


def search_text(
    username: str, domains: Iterable[str], person: str, company: str, email: str
) -> str:
    """Return the folded fields of an account, each between line feeds."""
    parts = [fold(username)]
    for domain in domains:
        parts += fold_domain(domain)
    parts += [fold(person), fold(company), fold(email)]
    return "\n" + "\n".join(part for part in parts if part) + "\n"


def folded_query(text: str) -> str:
    """Return what a person typed into Search in the same form, blanks collapsed."""
    return " ".join(fold(text).split())


def matches(text: str, folded: str) -> bool:
    """Tell whether a text, or a domain name in one of its forms, holds what is sought."""
    if folded in fold(text):
        return True
    return not _has_one_form(text) and any(folded in form for form in fold_domain(text))


def _has_one_form(domain: str) -> bool:
    return domain.isascii() and "xn--" not in domain.lower()


def match_ranges(text: str, query: "SearchQuery", field: str = "") -> Ranges:
    """Return where a shown text matches what was sought, by the rules of the search.

    That is where all the words stand together, else where each of them stands; a part of a
    domain name that only matches in its other form (IDN) as a whole. `field` is the name of the
    filter that asks for this text, whose value counts as well; in texts of jobs, `job`.
    """
    if field == "job":
        return _merged(_word_beginnings(text, (query.job_words or "").split()))
    values = [filter_.value for filter_ in query.filters if filter_.name == field and field]
    sought = [query.words, *values]
    found = [part for words in sought if words for part in _places(text, words)]
    return _merged(found)


def excerpt(text: str, ranges: Ranges, width: int) -> str:
    """Return one line of about `width` characters around the first of the ranges."""
    line_start = text.rfind("\n", 0, ranges[0][0]) + 1 if ranges else 0
    line = text[line_start:].partition("\n")[0]
    place = ranges[0][0] - line_start if ranges else 0
    first = max(0, min(place - width // 3, len(line) - width))
    if first:
        # From the beginning of a word, if there is one before the place.
        blank = line.find(" ", first, place)
        first = blank + 1 if blank >= 0 else first
    shown = line[first : first + width].strip()
    return f"{'…' if first else ''}{shown}{'…' if first + width < len(line) else ''}"


def _places(text: str, words: str) -> list[tuple[int, int]]:
    """Return where the words stand together, or else each of them."""
    folded, origins = _folded(text)
    together = _occurrences(folded, origins, words) or _labels(text, words)
    if together:
        return together
    return [place for word in words.split() for place in _occurrences(folded, origins, word)]


def _occurrences(folded: str, origins: _Origins, sought: str) -> list[tuple[int, int]]:
    found = []
    at = folded.find(sought)
    while at >= 0:
        found.append(_origin(origins, at, at + len(sought)))
        at = folded.find(sought, at + len(sought))
    return found


def _origin(origins: _Origins, start: int, end: int) -> tuple[int, int]:
    return (start, end) if origins is None else (origins[start][0], origins[end - 1][1])


def _labels(text: str, sought: str) -> list[tuple[int, int]]:
    """Return the labels of a domain name that match in another form than the shown one."""
    if _has_one_form(text):
        return []
    return [
        label.span()
        for label in _LABEL.finditer(text)
        for wanted in sought.split(".")
        if wanted and any(wanted in form for form in fold_domain(label[0])[1:])
    ]


def _word_beginnings(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    beginnings = [fold(part) for word in words for part in _WORD.findall(word)]
    for found in _WORD.finditer(text):
        folded, origins = _folded(found[0])
        for beginning in beginnings:
            if beginning and folded.startswith(beginning):
                yield found.start(), found.start() + _origin(origins, 0, len(beginning))[1]


def _folded(text: str) -> tuple[str, _Origins]:
    """Return a text folded, and for each character of that the part of the text it came from."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.lower(), None
    pieces: list[str] = []
    origins: list[tuple[int, int]] = []
    for place, character in enumerate(text):
        piece = _folded_character(character)
        if not piece and origins:
            # A mark belongs to the letter before it.
            origins[-1] = (origins[-1][0], place + 1)
        if piece == " " and (not pieces or pieces[-1] == " "):
            continue
        pieces.append(piece)
        origins += [(place, place + 1)] * len(piece)
    return "".join(pieces), origins


@lru_cache(maxsize=1024)
def _folded_character(character: str) -> str:
    return fold(f"x{character}x")[1:-1]


def _merged(found: Iterable[tuple[int, int]]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
