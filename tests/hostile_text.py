"""Texts that harm a terminal, a layout or a parser, unless they are shown as text."""

import random
from collections.abc import Iterable, Iterator
from typing import Final

_SOME = "evil"
_C0 = {f"C0 {code:02x}": f"a{chr(code)}b" for code in [*range(0x20), 0x7F]}
_C1 = {f"C1 {code:02x}": f"a{chr(code)}b" for code in range(0x80, 0xA0)}

PAYLOADS: Final = {
    **_C0,
    **_C1,
    "clear the screen": "\x1b[2J\x1b[H" + _SOME,
    "colours": "\x1b[31;1mred\x1b[0m",
    "8-bit colours": "\x9b31mred\x9b0m",
    "scroll region": "\x1b[1;2r",
    "insert mode": "\x1b[4h",
    "reset": "\x1bc",
    "alternate screen": "\x1b[?1049l",
    "character set": "\x1b(0lqqk\x0e",
    "window report": "\x1b[21t",
    "device attributes": "\x1b[c\x1b[>c\x1b[6n\x05",
    "title": "\x1b]0;" + _SOME + "\x07",
    "title, 8-bit": "\x9d2;" + _SOME + "\x9c",
    "title, open": "\x1b]2;" + _SOME,
    "link": "\x1b]8;;https://evil.example\x1b\\x\x1b]8;;\x1b\\",
    "pointer": "\x1b]22;wait\x07",
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "clipboard, read": "\x1b]52;c;?\x07",
    "iTerm file": "\x1b]1337;File=inline=1:AAAA\x07",
    "notification": "\x1b]9;evil\x07\x1b]777;notify;a;b\x07",
    "DCS": "\x1bPq#0;2;0;0;0~\x1b\\",
    "DCS, 8-bit": "\x90$qm\x9c",
    "DECRQSS": "\x1bP$q\nrm -rf /\n\x1b\\",
    "tmux passthrough": "\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\",
    "APC": "\x1b_Gf=24;AAAA\x1b\\",
    "APC, 8-bit": "\x9fevil\x9c",
    "SOS": "\x1bXevil\x1b\\",
    "SOS, 8-bit": "\x98evil\x9c",
    "PM": "\x1b^evil\x1b\\",
    "PM, 8-bit": "\x9eevil\x9c",
    "sequence inside a sequence": "\x1b[3\x1b[2J1m",
    "cancelled": "\x1b]0;a\x18b\x1ac",
    "bidi override": "\u202egnp.exe\u202c",
    "bidi embedding": "\u202aa\u202bb\u202c\u202d",
    "bidi isolates": "\u2066a\u2067b\u2068c\u2069",
    "bidi marks": "\u200ea\u200fb\u061c",
    "tags": "a\U000e0065\U000e0076\U000e0069\U000e006c\U000e007f",
    "zero-width": "a\u200bb\u2060c\ufeffd\u00ade",
    "joiners": "a\u200db\u200cc \u200d \u200c",
    "lines": "one\r\ntwo\nthree\rfour\x85five\u2028six\u2029seven\x0beight\x0cnine",
    "heart": "\u2764\ufe0f\u2764\ufe0e",
    "skin tones": "\U0001f44d\U0001f3fd\U0001f3fd \U0001f3fb",
    "flags": "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7\U0001f1e6 x\U0001f1e9",
    "subdivision": "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "family": "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",
    "rainbow": "\U0001f3f3\ufe0f\u200d\U0001f308",
    "worker": "\U0001f469\U0001f3fd\u200d\U0001f4bb",
    "keycaps": "1\ufe0f\u20e32\u20e3#\ufe0f\u20e3",
    "piled marks": "Z" + "\u0301\u0316\u0334" * 30 + "algo",
    "marks alone": "\u0301\u0316 \u0488",
    "Hangul fillers": "a\u115f\u1160\u3164\uffa0b",
    "Hangul letters": "\u1112\u1161\u11ab\u1161\u11ab\u1140\u1161 \u1161",
    "Hangul tones": "\u1112\u302e\u302f",
    "Arabic": "\u0645\u0631\u062d\u0628\u0627 \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "Arabic signs": "\u0600\u0661\u06dd\u08e2",
    "Hebrew": "\u05e9\u05b8\u05dc\u05d5\u05b9\u05dd a \u05e2",
    "Thai": "\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22\u0e19\u0e49\u0e33",
    "Devanagari": "\u0939\u093f\u0928\u094d\u0926\u0940 \u0915\u094d\u200d\u0937",
    "Bengali": "\u09ac\u09be\u0982\u09b2\u09be",
    "Tamil": "\u0ba4\u0bae\u0bbf\u0bb4\u0bcd",
    "Burmese": "\u1019\u103c\u1014\u103a\u1019\u102c",
    "Khmer": "\u1781\u17d2\u1798\u17c2\u179a",
    "Tibetan": "\u0f56\u0f7c\u0f51\u0f0b",
    "Mongolian": "\u1820\u180b\u1821\u180e",
    "CJK": "\u6771\u4eac\u30ab\u30d5\u30a7\ud55c\uad6d\u845b\U000e0100\U00020000",
    "half and full width": "\uff76\uff9e\uff21\uff22\u3000x",
    "hexagrams": "\u4dc0\u2630\u268a\U0001d300\u3248\u302a",
    "private use": "\ue000\U000f0000\U00100000",
    "unassigned": "\u0378\U000e0fff\U0003fffd",
    "noncharacters": "\ufdd0\ufffe\uffff\U0010ffff",
    "closing tag": "[/]",
    "closing tag of a path": "[/etc/passwd]",
    "action": "[@click=app.quit]x[/]",
    "action, escaped": "\\[@click=app.quit]x\\[/]",
    "action with a blank": "[ @click=app.bell]x",
    "web link": "[link=https://evil.example]x[/link]",
    "link that smuggles": "[link='https://x\x1b]52;c;eA==\x07']x[/]",
    "variable": "[$x]$error[$primary 20%]",
    "tags of Rich": "[bold red]x[/bold red][blink]y",
    "brackets": "]]][[[ [ [] [[]] [/",
    "backslashes": "\\\\\\[\\n\\x1b[31m\\",
    "emoji code": ":skull: :x:",
    "percent": "%s %d %n %(x)s 100%",
    "braces": "{0} {x!r} {{}} {self.__class__} ${HOME}",
    "SQL": "'; DROP TABLE job; --",
    "formula": "=cmd|' /C calc'!A0",
    "tab": "a\tb\t\tc",
    "blanks": "\u00a0\u2003\u2007\u202f\u205f\u2800",
}
"""By name; the long ones and surrogates are apart."""

LONG: Final = "x" * 20_000
SURROGATES: Final = "\udc4d\ud83d \ud800 \udfff"
"""They come from arguments that are no UTF-8 and from keyboards, and never out of a database."""

_RANGES = (
    (0x20, 0x7E), (0, 0x1F), (0x7F, 0x9F), (0xA0, 0x24F), (0x300, 0x36F), (0x590, 0x6FF),
    (0x900, 0xDFF), (0xE00, 0xFFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1780, 0x18AF),
    (0x2000, 0x206F), (0x20D0, 0x20FF), (0x2190, 0x2BFF), (0x3000, 0x30FF), (0x4DB0, 0x4E20),
    (0xA800, 0xABFF), (0xFE00, 0xFEFF), (0xFF00, 0xFFFF), (0x11000, 0x110FF), (0x1F000, 0x1FAFF),
    (0xE0000, 0xE01FF), (0, 0xD7FF), (0xE000, 0x10FFFF),
)  # fmt: skip
_LONGEST_GENERATED = 16


def generated(count: int, seed: int = 1) -> Iterator[str]:
    """Yield texts made of pieces of payloads and of characters of all kinds; the same by seed."""
    chance = random.Random(seed)
    payloads = list(PAYLOADS.values())
    for _ in range(count):
        parts = []
        for _ in range(chance.randint(1, 4)):
            if chance.random() < 0.4:
                payload = chance.choice(payloads)
                start = chance.randrange(len(payload))
                parts.append(payload[start : start + chance.randint(1, _LONGEST_GENERATED)])
            else:
                parts.append(chr(chance.randint(*chance.choice(_RANGES))))
        yield "".join(parts)[:_LONGEST_GENERATED]


def packed(texts: Iterable[str], code: str, most: int) -> Iterator[str]:
    """Put texts together into longer ones of at most `most` characters, each text behind its mark.

    A text that is longer stands alone. Marks are such as `ab12~`, where `code` is `ab`.
    """
    line = ""
    for number, text in enumerate(texts):
        part = f"{code}{number}~{text}"
        if line and len(line) + 1 + len(part) > most:
            yield line
            line = ""
        line = f"{line} {part}" if line else part
    if line:
        yield line


def in_one_line(text: str) -> str:
    """Return the text as a column of one line takes it: with any control but the line feed."""
    return text.replace("\n", "\r")
