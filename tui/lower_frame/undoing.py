"""Taking a change back, and doing it again: what it is about is named before it happens."""

from collections.abc import Callable
from dataclasses import dataclass

from models.refusals import Conflict, Refused
from models.staff.desk import StaffDesk
from models.values import Reversal
from tui.desk_line import DeskLine
from tui.dialogs.confirmation import Confirmation
from tui.panel import Panel


class Proposal(Confirmation):
    """A question about something that can be taken back in turn: Enter says yes."""

    AUTO_FOCUS = "#yes"


@dataclass(frozen=True, slots=True)
class Step:
    """A step along the changes: what it would do, doing it, and how it can be taken back."""

    look: Callable[[StaffDesk], Reversal | None]
    take: Callable[[StaffDesk], Reversal]
    nothing: str
    """What is said when there is none to take."""

    back: str
    """How it is taken back, said after it."""

    instead: "Step | None" = None
    """What is offered when it is refused."""


UNDO = Step(
    lambda desk: desk.undo.last(),
    lambda desk: desk.undo.undo(),
    "There is nothing to undo: you changed nothing since you came. The history (F5) takes back "
    "what was done before, and what others did.",
    "U does it again.",
    Step(
        lambda desk: desk.undo.last(possible=True),
        lambda desk: desk.undo.undo(possible=True),
        "There is nothing else to undo.",
        "U does it again.",
    ),
)
REDO = Step(
    lambda desk: desk.undo.last_undone(),
    lambda desk: desk.undo.redo(),
    "There is nothing to redo: nothing was undone, or something was changed after that.",
    "u takes it back.",
    Step(
        lambda desk: desk.undo.last_undone(possible=True),
        lambda desk: desk.undo.redo(possible=True),
        "There is nothing else to redo.",
        "u takes it back.",
    ),
)


def taking_back(entry: int) -> Step:
    """Return the step that takes back the change which an entry of the history is of."""
    return Step(
        lambda desk: desk.undo.of_event(entry),
        lambda desk: desk.undo.reverse(entry),
        "There is nothing to take back.",
        "u takes that back.",
    )


async def take(
    panel: Panel, desk: DeskLine[StaffDesk], step: Step, shown: int | None
) -> Reversal | None:
    """Take a step, after a question; return what was done, or None.

    Args:
        panel: asks and tells the person.
        desk: the person's.
        step: the step.
        shown: the account that is shown; another one is named.
    """
    try:
        refused, found = None, await desk.ask(step.look)
        if found is not None and found.refusal and step.instead is not None:
            refused, step = found, step.instead
            found = await desk.ask(step.look) or refused
        if found is None:
            panel.notify(step.nothing, severity="warning")
            return None
        if found.refusal:
            panel.notify(found.refusal, title=found.words, severity="warning", timeout=15)
            return None
        question = _question(found, refused, shown)
        if not await panel.ask(Proposal(question, "Do it (Enter)", "Leave it (Esc)")):
            return None
        done = await desk.ask(lambda it: _take_as_named(it, step, found))
    except Refused as error:
        panel.notify(str(error), severity="error", timeout=15)
        return None
    place = _place(done, shown)
    words = done.words + (f", {place}" if place else "")
    panel.notify(f"{words}.\n{step.back}", title="Done", timeout=8)
    return done


def _take_as_named(desk: StaffDesk, step: Step, named: Reversal) -> Reversal:
    """Take the step, unless it has become another one than was named."""
    now = step.look(desk)
    if now is None or now.change != named.change:
        raise Conflict("Someone else was at it just now: nothing was changed.", None)
    return step.take(desk)


def _question(found: Reversal, refused: Reversal | None, shown: int | None) -> str:
    """Name what would be done; before it, what cannot be done, where it is offered instead."""
    place = _place(found, shown)
    question = found.words + (f"\n\nThat is {place}." if place else "")
    if refused is None or refused.change == found.change:
        return question
    return f"Not possible now: {refused.words}\n{refused.refusal}\n\nInstead:\n{question}"


def _place(reversal: Reversal, shown: int | None) -> str:
    """Say in which account it is, if that is not the one that is shown."""
    if reversal.account in (None, shown):
        return ""
    return f"in account {reversal.account}"
