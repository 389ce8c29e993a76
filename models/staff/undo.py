"""Taking changes back, and doing them again: by value, as a whole, and never over others' work."""

from collections.abc import Callable

from models.refusals import NotAllowed, NotFound
from models.staff.session import StaffSession
from models.staff.taking_back import TakingBack
from models.tables import Event
from models.values import Reversal


class Undo:
    """Takes this desk's changes back one after the other, or any change that it may make.

    A change can be taken back as long as each field that it wrote has the value that it wrote, and
    the records are still there, or still removed; whatever others changed stays as it is. What that
    takes off must be as the change left it in all fields, and with a job all that is on it. Doing
    it again is taking that back. Both are changes themselves, each a single transaction with its
    history, and the rules of all changes hold for them.
    """

    def __init__(self, session: StaffSession) -> None:
        """Work in the scope of `session`, along its own changes."""
        self._session = session

    def last(self, *, possible: bool = False) -> Reversal | None:
        """Return what `undo` would do now; None if this desk changed nothing that is in force.

        With `possible`, what would be refused is passed over.
        """
        return self._look(self._session.changes.done, again=False, possible=possible)

    def last_undone(self, *, possible: bool = False) -> Reversal | None:
        """Return what `redo` would do now; None after a change, and before the first undo.

        With `possible`, what would be refused is passed over.
        """
        return self._look(self._session.changes.undone, again=True, possible=possible)

    def undo(self, *, possible: bool = False) -> Reversal:
        """Take this desk's newest change back that is in force.

        With `possible`, what would be refused is passed over, and keeps its turn.

        Raises:
            NotAllowed: there is none, or a rule is against it: billed, closed, another provider.
            NotFound: it is out of reach by now.
            Conflict: someone changed the same since; the sentence says who did what, and when.
        """
        changes = self._session.changes
        return self._do(changes.done, changes.took_back, again=False, possible=possible)

    def redo(self, *, possible: bool = False) -> Reversal:
        """Do again what was undone last, as long as nothing was changed after that.

        `possible` is as for `undo`.

        Raises:
            NotAllowed, NotFound, Conflict: as for `undo`.
        """
        changes = self._session.changes
        return self._do(changes.undone, changes.did_again, again=True, possible=possible)

    def of_event(self, event_id: int) -> Reversal:
        """Return what `reverse` would do with the change that an entry of the history is of.

        Raises:
            NotFound: no such entry for this desk.
        """
        with self._session.reading():
            try:
                change = self._of_event(event_id)
            except NotAllowed as error:
                return Reversal(event_id, "", str(error), None, None)
            return change.described(again=change.takes_back)

    def reverse(self, event_id: int) -> Reversal:
        """Take the change back that an entry of the history is of; if it is an undo, redo it.

        It becomes the newest change of this desk.

        Raises:
            NotFound: no such entry for this desk.
            NotAllowed, Conflict: as for `undo`.
        """
        with self._session.writing():
            change = self._of_event(event_id)
            change.carry_out()
            return change.described(again=change.takes_back, done=True)

    def _look(self, changes: list[int], *, again: bool, possible: bool) -> Reversal | None:
        with self._session.reading():
            change = self._newest_in_force(changes, possible=possible)
            return None if change is None else change.described(again=again)

    def _do(
        self,
        changes: list[int],
        moved: Callable[[int, int], None],
        *,
        again: bool,
        possible: bool,
    ) -> Reversal:
        chosen: list[int] = []
        with self._session.writing(lambda by: moved(chosen[0], by)):
            change = self._newest_in_force(changes, possible=possible)
            if change is None:
                raise NotAllowed(f"There is nothing to {'redo' if again else 'undo'}.")
            chosen.append(change.id)
            change.carry_out()
            return change.described(again=again, done=True)

    def _newest_in_force(self, changes: list[int], *, possible: bool) -> TakingBack | None:
        for number in reversed(changes):
            change = TakingBack(self._session, number)
            if change.is_in_force() and not (possible and change.is_refused()):
                return change
        return None

    def _of_event(self, event_id: int) -> TakingBack:
        event = Event.get_or_none(Event.id == event_id, self._session.events_in_reach())
        if event is None:
            raise NotFound(f"There is no entry {event_id} in the history.")
        return TakingBack(self._session, event.change_id or event.id)
