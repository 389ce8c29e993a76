"""What one desk changed itself, in order: what its undo and redo go along."""

from bisect import bisect_left


class OwnChanges:
    """The changes of one desk, each by the number of its first entry in the history.

    `done` can be undone, the last one first; `undone` can be done again, the last one first.
    """

    def __init__(self) -> None:
        self.done: list[int] = []
        self.undone: list[int] = []
        self._all: list[int] = []

    def note(self, change: int) -> None:
        """Remember that a change is this desk's own, whatever it is about."""
        self._all.append(change)

    def made(self, change: int) -> None:
        """Put a new change before all others; what was undone stays undone."""
        self.done.append(change)
        self.undone.clear()

    def took_back(self, change: int, by: int) -> None:
        """Move a change from what can be undone to what can be done again: the change `by` did it.

        Those after it were refused, or taken back by somebody else: they may become possible again.
        """
        self.done.remove(change)
        self.undone.append(by)

    def did_again(self, change: int, by: int) -> None:
        """Move a change from what can be done again to what can be undone."""
        self.undone.remove(change)
        self.done.append(by)

    def are(self, change: int) -> bool:
        """Tell whether a change is of this desk."""
        place = bisect_left(self._all, change)
        return self._all[place : place + 1] == [change]
