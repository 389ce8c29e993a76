"""Drafts in words: which form, how old, what it says."""

from collections.abc import Sequence

from models.draft_store import DraftPlace, KeptDraft
from models.merge import kept_versions
from models.moments import ago
from tui.job_words import shortened
from tui.widgets.text_view import Block

LABELS = {
    "description": "Description",
    "body": "",
    "details": "Details",
    "note": "Note",
    "time": "Time",
    "rate": "Rate/h",
    "amount": "Amount",
    "assignee": "Assignee",
    "due": "Due",
    "reference": "Reference",
    "worked_on": "Worked on",
    "worked_by": "Worked by",
}
"""By field, what people call it; the first of them with a text is what a draft begins with."""

NAMED = 3
"""Drafts that a notice names; of more it says how many."""


def name_of(place: DraftPlace) -> str:
    """Return which form on what, such as `a task on #57`."""
    names = {
        "job": f"a job for {place.account}",
        "task": f"a task on #{place.job}",
        "note": f"a note on #{place.job}",
        "edit-job": f"changes to #{place.job}",
        "edit-task": f"changes to task {place.record} of #{place.job}",
    }
    return names.get(place.form, f"a text on #{place.job}")


def typed_texts(kept: KeptDraft) -> dict[str, str]:
    """Return the texts that the person typed, by field, the telling ones first.

    What was typed over another person's text comes beside what was typed before.
    """
    texts = {
        name: text for field in LABELS for name, text in kept_versions(kept.texts, field).items()
    }
    return {
        name: text
        for name, text in texts.items()
        if isinstance(text, str) and text and text != kept.base.get(name, "")
    }


def beginning(kept: KeptDraft) -> str:
    """Return how a draft begins, in one line."""
    texts = list(typed_texts(kept).values())
    return shortened(" ".join(texts[0].split())) if texts else "only a choice"


def in_a_line(left: Sequence[KeptDraft], now: int) -> str:
    """Return what the newest of some drafts is, and how many there are beside it."""
    newest = left[0]
    more = f" (and {len(left) - 1} more)" if len(left) > 1 else ""
    return f"{name_of(newest.place)}, {ago(newest.at, now)}{more}: {beginning(newest)}"


def where(left: Sequence[KeptDraft], now: int) -> str:
    """Return of what and how old the newest of some drafts are, and how many there are beside."""
    named = [f"{name_of(kept.place)} ({ago(kept.at, now)})" for kept in left[:NAMED]]
    more = f" and {len(left) - NAMED} more" if len(left) > NAMED else ""
    words = ", ".join(named) + more
    return words[0].upper() + words[1:]


def blocks(kept: KeptDraft) -> list[Block]:
    """Return all that the person typed, field by field."""
    return [
        Block(_label(name), text, "muted" if _label(name) else None, name)
        for name, text in typed_texts(kept).items()
    ]


def _label(name: str) -> str:
    return LABELS[name.partition("/")[0]]


def moved_since(kept: KeptDraft, account: int) -> str:
    """Say that a draft was typed when its job was in another account than now, or nothing."""
    place = kept.place
    if place.account == account:
        return ""
    return (
        f"Typed when #{place.job} was in account {place.account}; it is in account {account} now."
    )


def as_text(kept: KeptDraft) -> str:
    """Return all that the person typed, to be copied."""
    return "\n".join(typed_texts(kept).values())
