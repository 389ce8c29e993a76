"""The accounts of a file that is being imported, kept on the disk until they are applied.

A million accounts do not fit into the memory of a small server, and only the whole file says who
is whose reseller.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import compress
from types import TracebackType
from typing import Any, Final

from models.importing.records import TEXT_FIELDS, Record, checked_columns
from models.importing.stored import chunks
from models.sqlite.database import PanelDatabase
from models.sqlite.staging_file import StagingFile

Progress = Callable[[str, int, int | None], None]
"""Told what is going on (`parsed`, `compared` or `written`), how many accounts are done, and of how
many; None as long as nobody knows."""

TEXT_COLUMNS: Final = tuple(TEXT_FIELDS.values())

TABLES: Final = (
    # An account as the file describes it, NULL where it does not say; then the domains of an
    # account that is new, the primary one first.
    f"""CREATE TABLE staged (
        place INTEGER PRIMARY KEY, key TEXT NOT NULL, username TEXT NOT NULL, domain TEXT,
        domains TEXT, {", ".join(f"{column} TEXT" for column in TEXT_COLUMNS)}, status TEXT,
        status_reason TEXT, created_at INTEGER, currency TEXT, balance TEXT, reseller TEXT,
        is_reseller INTEGER, wanted_id INTEGER,
        names TEXT NOT NULL)""",
)

INDEXES: Final = (
    "CREATE INDEX staged_key ON staged(key)",
    "CREATE INDEX staged_reseller ON staged(reseller) WHERE reseller <> ''",
    "CREATE INDEX staged_wanted ON staged(wanted_id) WHERE wanted_id IS NOT NULL",
)

AT_ONCE: Final = 500
"""Accounts that are checked, written into the file, and told of, at a time."""

_RECORD: Final = (
    "place", "key", "username", "domain", "domains", *TEXT_COLUMNS, "status", "status_reason",
    "created_at", "currency", "balance", "reseller", "is_reseller", "wanted_id",
)  # fmt: skip
_TEXTS: Final = slice(5, 5 + len(TEXT_COLUMNS))


class AccountList:
    """What was read from a file: accounts, those refused with the reason, and remarks."""

    def __init__(self, progress: Progress) -> None:
        """Begin an empty list; `progress` is told how it grows."""
        self.where: Callable[[int], str] = str
        """Names a place in the file for people."""
        self.knows_account_ids = False
        """Whether a reseller may also be named by its Account ID."""
        self.refused: dict[int, str] = {}
        """Why accounts were left out, by their place."""
        self.refused_names: set[str] = set()
        """Keys and user names of refused accounts: nobody can be their customer in this run."""
        self.notes: list[str] = []
        self.count = 0
        """Accounts in the file, the refused ones too."""
        self._progress = progress
        self._file = StagingFile()
        self._file.make(TABLES)

    def __enter__(self) -> "AccountList":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(
        self,
        places: Sequence[int],
        usernames: Sequence[str],
        given: Mapping[str, Sequence[str | None]],
    ) -> None:
        """Take those of the accounts at `places` into the list that can be accepted.

        Their user names are cleaned; `given` is by field what the source says of each.
        """
        columns, refused = checked_columns(usernames, given)
        columns["place"] = places
        if refused:
            for index, reason in refused.items():
                self.leave_out(places[index], reason, (columns["key"][index], usernames[index]))
            accepted = [index not in refused for index in range(len(places))]
            columns = {name: [*compress(values, accepted)] for name, values in columns.items()}
        self._file.insert("staged", columns)
        self._counted(len(places))

    def refuse(self, place: int, reason: object, names: Iterable[str]) -> None:
        """Do not take the account at `place`, which goes by `names`, into the list."""
        self.leave_out(place, reason, names)
        self._counted(1)

    def leave_out(self, place: int, reason: object, names: Iterable[str]) -> None:
        """Say that an account is not imported, and why."""
        self.refused[place] = str(reason)
        self.refused_names.update(names)

    def _counted(self, number: int) -> None:
        self.count += number
        if self.count % AT_ONCE == 0:
            self._progress("parsed", self.count, None)

    @contextmanager
    def attached(self, database: PanelDatabase) -> Iterator[None]:
        """Let the accounts be asked for on the connection of `database` within the block."""
        self._file.make(INDEXES)
        with self._file.attached(database):
            yield


def records(database: PanelDatabase, places: Sequence[int]) -> list[Record]:
    """Return the staged accounts at these places, in their order."""
    marks = ", ".join("?" * len(places))
    query = f"SELECT {', '.join(_RECORD)} FROM staged WHERE place IN ({marks})"
    found = {row[0]: _record(row) for row in database.execute_sql(query, places)}
    return [found[place] for place in places]


def _record(row: tuple[Any, ...]) -> Record:
    domains = None if row[4] is None else tuple(row[4].split())
    is_reseller = None if row[-2] is None else bool(row[-2])
    after = row[_TEXTS.stop : -2]
    return Record._make([*row[:4], domains, row[_TEXTS], *after, is_reseller, row[-1]])


def keys_with_reseller(database: PanelDatabase, keys: Sequence[str]) -> set[str]:
    """Return those of the keys of which the file says whose customers they are."""
    return {
        key
        for chunk in chunks(keys)
        for (key,) in database.execute_sql(
            "SELECT key FROM staged WHERE reseller IS NOT NULL"
            f" AND key IN ({', '.join('?' * len(chunk))})",
            chunk,
        )
    }
