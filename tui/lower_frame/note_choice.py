"""Changing a note that is written: who sees it, or taking it away, by two choices."""

from models.moments import short
from models.values import Note
from tui.dialogs.choice import Choice, Offer
from tui.job_words import shortened
from tui.lower_frame.pane import StaffPane

OFFERED = 9
"""Notes that are offered, the newest: as many as have a number key."""

VISIBILITY = "visibility"
REMOVAL = "removal"


async def change_a_note(pane: StaffPane, notes: tuple[Note, ...]) -> None:
    """Let the person choose one of the newest notes, and what becomes of it."""
    newest = {str(note.id): note for note in reversed(notes[-OFFERED:])}
    offers = [Offer(key, _in_words(note)) for key, note in newest.items()]
    chosen = await pane.panel.ask(Choice("Which note?", offers))
    if chosen is None:
        return
    note = newest[chosen]
    visibility = "Keep it for staff only" if note.visible_to_customer else "Let the customer see it"
    change = await pane.panel.ask(
        Choice(
            _in_words(note),
            [
                Offer(VISIBILITY, visibility),
                Offer(REMOVAL, "Remove it (u brings it back)"),
            ],
        )
    )
    if change == VISIBILITY:
        shown = not note.visible_to_customer
        await pane.change(lambda it: it.notes.set_visible(note.id, shown, seen=note.version))
    elif change == REMOVAL:
        await pane.change(lambda it: it.notes.remove(note.id, seen=note.version))


def _in_words(note: Note) -> str:
    who = "customer" if note.visible_to_customer else "staff"
    return f"{short(note.at)} {note.author} ({who}): {shortened(note.body)}"
