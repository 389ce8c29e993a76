"""Text from outside: cleaned on the way in, made harmless on the way out, folded for search.

Cleaning never drops silently: what cannot be kept leaves a visible mark. Lengths are in characters.
Rules: Unicode Standard Annex #15 (normalisation), RFC 3492 and RFC 5891 (domain names).
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Final, Literal

from models.refusals import BadInput

LINE_LIMIT: Final = 500
"""The most characters a one-line text may have."""

BLOCK_LIMIT: Final = 20_000
"""The most characters a text of many lines may have."""

_REPLACEMENT = "\ufffd"
_BYTE_ORDER_MARK = "\ufeff"
_BREAKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
_LINE_ENDS = re.compile("\r\n|[\n\v\f\r\x85\u2028\u2029]")

_JOINERS = "\u200c\u200d"
_PICTURES = "\u2190-\u2bff\U0001f000-\U0001faff"
# Between letters a terminal shows each in its own cells, while a layout may count them as one.
_LETTER_JOINER = re.compile(f"(?<![{_PICTURES}])\u200d|\u200d(?![{_PICTURES}])")
_STRAY_JOINER = re.compile(rf"(?<![^\s{_JOINERS}])[{_JOINERS}]|[{_JOINERS}](?![^\s{_JOINERS}])")

# Letters by category, blank on every screen, and of another width in each terminal.
_HANGUL_FILLERS = "\u115f\u1160\u3164\uffa0"

# Symbols that became wide with Unicode 16, and characters that are narrow by Unicode (UAX #11) and
# wide in tmux and glibc. Measured over all code points: of what else is shown alone, tmux and the
# layout believe the same.
_OF_NO_KNOWN_WIDTH = (
    "\u2630-\u2637\u268a-\u268f\u302e\u302f\u3248-\u324f\u4dc0-\u4dff"
    "\U00016ff0\U00016ff1\U0001d300-\U0001d356\U0001d360-\U0001d376"
)
_NO_KNOWN_WIDTH = re.compile(f"[{_OF_NO_KNOWN_WIDTH}]")

# They only change how the character before them looks (variation, keycap, skin tone), and
# terminals disagree on the width of the result.
_VARIANTS = "\u180b-\u180d\u180f\u20e3\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef"
_WORN_VARIANTS = re.compile(rf"(?<=\S)[{_VARIANTS}]+")
_BARE_VARIANT = re.compile(rf"[{_VARIANTS}]")

# No combining mark is a word character, so only text with such a run can have too many marks.
_FOUR_NO_LETTERS = re.compile(r"[^\w\s]{4}")
_SUSPICIOUS = re.compile(
    rf"[{_HANGUL_FILLERS}{_VARIANTS}{_OF_NO_KNOWN_WIDTH}]|{_FOUR_NO_LETTERS.pattern}"
)

_MOST_STACKED = 3
"""Marks that share one cell with their letter; more of them run into the lines above and below."""

_MOST_ATTACHED = 8
"""Marks of all kinds on one letter; Burmese syllables have up to seven."""

_MOST_ORDERED = 30
"""Marks in a row that normalisation has to sort, in quadratic time (UAX #15, section 13)."""

_HIDDEN_CATEGORIES = frozenset(("Cc", "Cf", "Cs"))
_UNKNOWN_CATEGORIES = frozenset(("Cn", "Co", "Zl", "Zp"))

_UNSEEN = frozenset("\u2800\ufffd")
_UNSEEN_CATEGORIES = frozenset(("Cc", "Cf", "Mc", "Me", "Mn", "Zs"))

# Letters that people type without their stroke or ligature, though Unicode does not decompose them.
_PLAIN_LETTERS = str.maketrans(
    {
        "ł": "l",
        "đ": "d",
        "ø": "o",
        "ħ": "h",
        "ŧ": "t",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
    }
)

_LONGEST_QUOTE = 40

_LONGEST_LABEL = 63
"""Characters in one label of a domain name (RFC 1035)."""

_MOST_KEPT = 4096
"""Code points whose translation is kept: more than a company's texts have, and no whole table."""


class _Translation(dict[int, int | str | None]):
    """A rule for each code point, in the form `str.translate` takes; a whole table would be huge.

    The first answers are kept: asking the rule anew for each letter takes ten times as long.
    """

    def __init__(self, rule: Callable[[int], int | str | None]) -> None:
        super().__init__()
        self._rule = rule

    def __missing__(self, code: int) -> int | str | None:
        answer = self._rule(code)
        if len(self) < _MOST_KEPT:
            self[code] = answer
        return answer


def _stored(code: int) -> int:
    """Return the code point kept in place of this one."""
    if code < 0x20:
        return 0x2400 + code
    if code == 0x7F:
        return 0x2421
    character = chr(code)
    if character in _JOINERS:
        return code
    noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    hidden = character in _HANGUL_FILLERS or unicodedata.category(character) in _HIDDEN_CATEGORIES
    return ord(_REPLACEMENT) if noncharacter or hidden else code


def _shown(code: int) -> int:
    """Return the code point shown in place of this one; a terminal must know the width of each."""
    character = chr(code)
    if unicodedata.category(character) in _UNKNOWN_CATEGORIES or _NO_KNOWN_WIDTH.match(character):
        return ord(_REPLACEMENT)
    return _stored(code)


def _searched(code: int) -> int | str | None:
    """Return what search sees of a decomposed character, None for nothing."""
    category = unicodedata.category(chr(code))
    if category in ("Mn", "Cf"):
        return None
    if category == "Cc":
        return " "
    if category == "Cs":
        return _REPLACEMENT
    return _PLAIN_LETTERS.get(code, code)


_STORED = _Translation(_stored)
_SHOWN = _Translation(_shown)
_SEARCHED = _Translation(_searched)


def clean_line(raw: str) -> str:
    """Return text for a one-line field: no line breaks, nothing invisible, no blanks at the ends.

    Normalised (NFC). Line breaks and tabs become a space, other controls their Control Pictures,
    what hides or reorders text U+FFFD. Cleaning twice changes nothing more.
    """
    return clean_paste(raw).strip()


def clean_paste(raw: str) -> str:
    """Return text pasted into a half-typed line: as `clean_line`, the blanks at its ends kept."""
    if raw.isascii() and raw.isprintable():
        return raw
    return _cleaned(_BREAKS.sub(" ", raw.removeprefix(_BYTE_ORDER_MARK)))


def clean_block(raw: str) -> str:
    r"""Return text of many lines: as `clean_line`, but lines stay, each ended by "\n".

    Tabs become four spaces. Blanks at line ends, and blank lines around the text, are removed.
    """
    lines = _LINE_ENDS.split(raw.removeprefix(_BYTE_ORDER_MARK).replace("\t", "    "))
    return "\n".join(_cleaned(line).rstrip() for line in lines).strip("\n")


def _cleaned(line: str) -> str:
    if line.isascii() and line.isprintable():
        return line
    # Normalising can make a run of marks longer.
    normal = _with_sortable_marks(_normalised("NFC", line))
    return _STRAY_JOINER.sub(_REPLACEMENT, normal.translate(_STORED))


def _normalised(form: Literal["NFC", "NFKC", "NFKD"], text: str) -> str:
    return unicodedata.normalize(form, _with_sortable_marks(text))


def _with_sortable_marks(text: str) -> str:
    """Return the text with one U+FFFD for all marks after the thirtieth in a row."""
    if not _FOUR_NO_LETTERS.search(text):
        return text
    kept = []
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= _MOST_ORDERED:
            kept.append(character)
        elif run == _MOST_ORDERED + 1:
            kept.append(_REPLACEMENT)
    return "".join(kept)


def displayable(text: str, *, lines: bool = False) -> str:
    """Return any text made harmless for a terminal, and as wide there as the layout believes.

    Controls become visible, a line break too unless `lines` keeps it; what hides, reorders or has
    no known width becomes U+FFFD. Left out are looks that shift columns (emoji variations, skin
    tones, joined letters) and marks piled on one letter. Showing twice changes nothing more.
    """
    if text.isprintable() and (text.isascii() or not _SUSPICIOUS.search(text)):
        return text
    if lines:
        return "\n".join(map(displayable, text.split("\n")))
    shown = text.replace("\n", "\N{SYMBOL FOR NEWLINE}").translate(_SHOWN)
    shown = _BARE_VARIANT.sub(_REPLACEMENT, _WORN_VARIANTS.sub("", shown))
    return _with_few_marks(_LETTER_JOINER.sub("", _STRAY_JOINER.sub(_REPLACEMENT, shown)))


def _with_few_marks(text: str) -> str:
    if not _FOUR_NO_LETTERS.search(text):
        return text
    kept = []
    stacked = attached = 0
    for character in text:
        category = unicodedata.category(character)
        takes_no_cell = category in ("Mn", "Me") or unicodedata.combining(character)
        stacked = stacked + 1 if takes_no_cell else 0
        attached = attached + 1 if category.startswith("M") else 0
        if stacked <= _MOST_STACKED and attached <= _MOST_ATTACHED:
            kept.append(character)
    return "".join(kept)


def fold(text: str) -> str:
    """Return the text as search compares it: no case, no accents, no controls, single blanks.

    "Łódź", "LODZ" and "lodz" are the same. Folding twice changes nothing more.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().split())
    folded = _folded_once(text)
    # One pass is not always enough: lower case can decompose further than upper case did.
    while (further := _folded_once(folded)) != folded:
        folded = further
    return folded


def _folded_once(text: str) -> str:
    decomposed = _normalised("NFKD", text).translate(_SEARCHED)
    return " ".join(decomposed.casefold().split())


def fold_domain(name: str) -> tuple[str, ...]:
    """Return a domain as search compares it: as given, in Unicode, in ASCII; each form once.

    A label that cannot be converted stays as it is.
    """
    if name.isascii() and "xn--" not in (folded := fold(name)):
        return (folded,) if folded else ()
    labels = _normalised("NFKC", name).lower().split(".")
    forms = (name, ".".join(map(_unicode_label, labels)), ".".join(map(_ascii_label, labels)))
    return tuple(dict.fromkeys(filter(None, map(fold, forms))))


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--") or len(label) > _LONGEST_LABEL:
        return label
    try:
        return label.removeprefix("xn--").encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _ascii_label(label: str) -> str:
    if label.isascii() or len(label) > _LONGEST_LABEL:
        return label
    return "xn--" + label.encode("punycode").decode("ascii")


def quoted(text: str) -> str:
    """Return what a person typed for use in a sentence: in quotation marks, harmless, short."""
    line = displayable(clean_line(text))
    return f'"{line}"' if len(line) <= _LONGEST_QUOTE else f'"{line[:_LONGEST_QUOTE]}…"'


def checked_line(raw: str, *, required: bool, what: str) -> str:
    """Return the line cleaned; `what` names its field to people.

    Raises:
        BadInput: it is longer than `LINE_LIMIT`, or required and shows nothing.
    """
    line = clean_line(raw)
    _refuse_empty(line, required, what)
    _refuse_longer(line, LINE_LIMIT, what, "Shorten it; longer text fits into a note.")
    return line


def checked_block(raw: str, *, required: bool, what: str) -> str:
    """Return the text of many lines cleaned; `what` names its field to people.

    Raises:
        BadInput: it is longer than `BLOCK_LIMIT`, or required and shows nothing.
    """
    block = clean_block(raw)
    _refuse_empty(block, required, what)
    _refuse_longer(block, BLOCK_LIMIT, what, "Shorten it, or split it in two.")
    return block


def _refuse_empty(text: str, required: bool, what: str) -> None:
    if required and all(map(_is_unseen, text)):
        raise BadInput(f"{what} is empty: say it in a few words.")


def _is_unseen(character: str) -> bool:
    return character in _UNSEEN or unicodedata.category(character) in _UNSEEN_CATEGORIES


def _refuse_longer(text: str, limit: int, what: str, advice: str) -> None:
    if len(text) > limit:
        raise BadInput(f"{what} has {len(text):,} characters; at most {limit:,} fit. {advice}")
