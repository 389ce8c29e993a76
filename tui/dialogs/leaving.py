"""The question what becomes of text that is not saved, when its form is to be left."""

from collections.abc import Sequence

from models.refusals import Refused
from tui.dialogs.choice import Choice, Offer
from tui.dialogs.confirmation import Confirmation
from tui.draft_keeper import DraftSlot
from tui.panel import Panel

KEEP, THROW_AWAY, STAY = "keep", "throw away", "stay"

OFFERS = (
    Offer(KEEP, "Keep it for later: it is offered here again"),
    Offer(THROW_AWAY, "Throw it away"),
    Offer(STAY, "Keep writing"),
)


async def may_be_left(panel: Panel, words: str, slots: Sequence[DraftSlot | None]) -> bool:
    """Ask what becomes of the text in some forms, do that, and return whether they may be left.

    Args:
        panel: where to ask.
        words: what there is, such as `The form holds text that is not saved.`
        slots: where the forms keep it; None for one that keeps nothing.
    """
    kept = [slot for slot in slots if slot is not None and slot.works]
    if len(kept) < len(slots):
        question = Confirmation(words, yes="Throw it away", no="Keep writing")
        is_given_up: bool | None = await panel.ask(question)
        return bool(is_given_up)
    answer = await panel.ask(Choice(words, OFFERS))
    if answer == KEEP:
        return await _set_aside(panel, kept)
    if answer == THROW_AWAY:
        for slot in kept:
            slot.put(None)
    return answer == THROW_AWAY


async def _set_aside(panel: Panel, slots: Sequence[DraftSlot]) -> bool:
    try:
        for slot in slots:
            await slot.set_aside()
    except Refused as error:
        panel.notify(str(error), severity="error", timeout=10)
        return False
    return True
