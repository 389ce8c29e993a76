"""In what a text differs from another, in few words."""

MOST_LINES = 3
"""Differing lines that are shown; the rest is read in the field itself."""

MOST_CHARACTERS = 160
"""Characters of a line that are shown."""

LEAD = 40
"""Characters that two lines may begin with alike before that beginning is left out."""

KEPT = 15
"""Characters of such a beginning that are shown all the same."""


def difference(other: str, shown: str) -> tuple[str, str]:
    """Return where `other` differs from `shown`, such as `line 2 of 5`, and how it reads there.

    The place is empty for two texts of one line each. What is long is cut, with an ellipsis.
    """
    theirs, mine = other.split("\n"), shown.split("\n")
    if len(theirs) == len(mine) == 1:
        return "", _cut(other, shown) if other else "(empty)"
    first = _alike(theirs, mine)
    last = _alike(theirs[first:][::-1], mine[first:][::-1])
    lines = theirs[first : len(theirs) - last]
    if not other:
        return "", "(empty)"
    if not lines:
        return f"without line {first + 1}", _cut(mine[first], "")
    words = [
        _cut(line, mine[first + at] if first + at < len(mine) else "")
        for at, line in enumerate(lines[:MOST_LINES])
    ]
    if len(lines) > MOST_LINES:
        words.append("…")
    last_line = first + len(lines)
    place = f"line {last_line}" if len(lines) == 1 else f"lines {first + 1} to {last_line}"
    return f"{place} of {len(theirs)}", "\n".join(words)


def _alike(one: "list[str] | str", other: "list[str] | str") -> int:
    """Return how many lines or characters both begin with."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _cut(line: str, against: str) -> str:
    start = _alike(line, against)
    if start > LEAD and line != against:
        line = "…" + line[start - KEPT :]
    return line if len(line) <= MOST_CHARACTERS else line[:MOST_CHARACTERS] + "…"
