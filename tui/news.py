"""What other people changed in what is shown, told in a line of its own, quietly."""

from collections.abc import Iterable

from models.moments import clock
from models.refusals import Refused
from models.staff.desk import StaffDesk
from models.values import Event
from tui.desk_line import DeskLine

MOST_NEWS = 200
"""Entries of the history that are read at once; beyond that it is only told that there are more."""


class News:
    """Reads the entries of the history that others wrote since it was last asked."""

    def __init__(self, desk: DeskLine[StaffDesk]) -> None:
        """Read with `desk`, from now on."""
        self._desk = desk
        self._seen: int | None = None

    async def begin(self) -> None:
        """Take all that has happened for known."""
        self._seen = await self._desk.look(lambda desk: desk.history.newest())

    async def read(self) -> list[Event]:
        """Return what others did since the last time, oldest first; nothing if it cannot be read.

        Of very much, as after an import, only the first is returned and the rest is passed over.
        """
        if self._seen is None:
            return []
        seen = self._seen
        try:
            newest, events = await self._desk.look(
                lambda desk: (desk.history.newest(), desk.history.newer_than(seen, MOST_NEWS))
            )
        except Refused:  # told by whatever the person does next
            return []
        self._seen = max(newest, *(event.id for event in events), seen)
        return events


def in_words(events: Iterable[Event], account: int, job: int | None) -> str:
    """Say what was last done to a job, or else to an account's jobs, and by whom; maybe nothing."""
    here = [
        event for event in events if event.account == account and (job is None or event.job == job)
    ]
    if not here:
        return ""
    last, others = here[-1], len(here) - 1
    more = f" (and {others} more)" if others else ""
    return f"{clock(last.at)} {last.actor}: {last.summary}{more}"
