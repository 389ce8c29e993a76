"""What the program refuses, in words fit for the person who asked.

Every refusal is a `Refused`: `str()` of it is a sentence that says what was wrong and, where it
helps, what would be right. Screens show it beside the field or in the pane, the command line
prints it and exits with 1. Nothing else than these leaves the data layer on purpose.
"""

from collections.abc import Mapping


class Refused(Exception):
    """The request was understood and refused; `str()` says why, for people."""


class BadInput(Refused, ValueError):
    """One value that a person gave cannot be accepted."""


class BadFields(Refused):
    """Several named fields of a form; `problems` maps a field's name to its sentence."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


class NotFound(Refused):
    """No such record for this desk; the same answer for one that exists but is out of reach."""


class NotAllowed(Refused):
    """The record may be read by this desk, but not changed in this way."""


class AccessEnded(Refused):
    """The access by which this session came in was removed, or nothing it may see is left."""


class Conflict(Refused):
    """Someone changed the record since it was read; `current` is how it is now.

    `by` is the login of who did, `at` the moment in epoch milliseconds, where that is known.
    """

    def __init__(self, message: str, current: object, by: str = "", at: int | None = None) -> None:
        super().__init__(message)
        self.current = current
        self.by = by
        self.at = at


class JobMoved(Conflict):
    """A text was written for a job in one account, and the job is in another one by now.

    Nothing was saved; `account` is where the job is. What was to be changed may be as it was, so
    there is no `current`.
    """

    def __init__(self, message: str, account: int, by: str = "", at: int | None = None) -> None:
        super().__init__(message, None, by, at)
        self.account = account


class DatabaseBusy(Refused):
    """Another session held the write lock for too long; nothing was written."""


class DatabaseUnusable(Refused):
    """The database cannot be opened, read or written; the sentence names file and reason."""


class NewerDatabase(DatabaseUnusable):
    """The database was written by a newer version of the program."""


class Interrupted(Refused):
    """A search was given up for a newer one."""


class BrokenFile(Refused):
    """A file to import cannot be read; the sentence names file, place and reason."""
