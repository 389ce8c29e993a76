"""Texts of cells in which the part that was sought is marked."""

from models.search_query import SearchQuery
from models.search_text import match_ranges
from models.values import Found
from tui.terminal_text import ELLIPSIS
from tui.widgets.list_columns import Marked

_FIELDS = {"domain": "domain", "e-mail": "email"} | dict.fromkeys(
    ("details", "reference", "task", "note"), "job"
)
"""The filter that asks for what `Found.where` says."""

SHORT = 5
"""Characters before what was sought that a narrow column has room for."""

LEAD = 3
"""Characters of its own word that are left before it, where there is less room."""


def marked(text: str, query: SearchQuery | None, field: str = "") -> Marked:
    """Mark what was sought; `field` is the name of the filter that asks for such a text, if any."""
    return Marked(text, () if query is None else match_ranges(text, query, field))


def marked_found(found: Found, query: SearchQuery | None) -> Marked:
    """Mark what was sought in a text that was found, behind a word for what that is.

    A long text begins shortly before the mark, which a narrow column would not show otherwise.
    """
    text, ranges = marked(found.text, query, _FIELDS.get(found.where, ""))
    lead, cut = f"{found.where} ", 0
    if ranges and (start := ranges[0][0]) > SHORT:
        lead += ELLIPSIS
        cut = max(text.rfind(" ", 0, start) + 1, start - LEAD)
    by = len(lead) - cut
    return Marked(lead + text[cut:], [(start + by, end + by) for start, end in ranges])
