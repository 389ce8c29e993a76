"""Half-typed work, kept until it is saved or dismissed, whatever ends the session before.

Drafts belong to a person who works for a provider; nobody else gets them from here. They lie in
the file `<database>.drafts`, so that typing wakes none of those who watch the database. What
`keep` returned from survives the end of the process; the last moments may be lost when the power
fails. They are for staff alone: in a shared folder, for all who may write the database.
"""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

from models.moments import now_ms
from models.recent_accounts import RecentAccounts
from models.refusals import Refused
from models.sqlite.database import PanelDatabase
from models.sqlite.draft_file import DraftFile, NotADraftFile, is_damage
from models.sqlite.failures import DATABASE_ERRORS, causes
from models.sqlite.write_lock import LockTimeout

DRAFT_LIMIT: Final = 200_000
"""The most characters that the texts of one draft may have together."""

Texts = Mapping[str, str | bool]
Result = TypeVar("Result")

_Row = tuple[Any, ...]

_BUSY = "another session kept {path} busy for too long"
_UNUSABLE = "{path} cannot be used ({reason})"
_REASONS = {
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
    "SQLITE_FULL": "the disk is full, and {path} could not be written",
    "SQLITE_IOERR": "the disk refused to read or write {path} ({reason})",
    "SQLITE_READONLY": "{path} may not be written by this user",
    "SQLITE_CANTOPEN": "{path} cannot be opened by this user",
    "SQLITE_PERM": "{path} may not be used by this user",
    "SQLITE_CORRUPT": "{path} is damaged",
    "SQLITE_NOTADB": "{path} is damaged",
}


class DraftsNotKept(Refused):
    """What is typed is not kept, or what was kept cannot be read; everything else works."""


@dataclass(frozen=True, slots=True)
class DraftPlace:
    """Where something is being typed: which form, on which record, seen from where.

    `form` and `record` name the place: `job` (on an account), `task` and `note` (on a job),
    `edit-job` (a job), `edit-task` (a task). `account` and `job` are where its form is offered.
    """

    form: str
    record: int
    account: int
    job: int | None


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """What was typed at a place, by field, exactly as it was typed.

    `at` is when it was kept last, in UTC epoch milliseconds, and never in the future. `session` is
    where. `version` and `base` are the record's version and texts from which an edit began.
    """

    place: DraftPlace
    at: int
    session: str
    texts: dict[str, str | bool]
    version: int | None
    base: dict[str, str | bool]


class DraftStore:
    """The drafts of one person in one session; used by one thread at a time.

    `recent_accounts` are in the same file. Every operation may raise `DraftsNotKept`, after which
    the next one tries anew.
    """

    def __init__(
        self,
        file: DraftFile,
        login: str,
        provider: int | None,
        session_name: str,
        is_alive: Callable[[str], bool],
        clock: Callable[[], int],
    ) -> None:
        """Work in an open file; see `open`."""
        self.recent_accounts = RecentAccounts(self._work, login, provider)
        self._file = file
        self._person = (login, provider)
        self._session = session_name
        self._is_alive = is_alive
        self._clock = clock

    @classmethod
    def open(
        cls,
        database_path: Path,
        login: str,
        provider: int | None,
        session_name: str,
        is_alive: Callable[[str], bool],
        clock: Callable[[], int] = now_ms,
    ) -> "DraftStore":
        """Open the drafts kept beside a database, in a new file if there is none.

        A damaged file is moved aside to `<database>.drafts.damaged`, and a new one begun.

        Args:
            database_path: the database's file.
            login: whose drafts.
            provider: for whom this person works; None is the hosting company.
            session_name: the session in which drafts are kept from now on.
            is_alive: tells of a session's name whether it lives; drafts of those are theirs.
            clock: the moment, in UTC epoch milliseconds.

        Raises:
            DraftsNotKept: the file cannot be used, or a newer program made it.
        """
        file = DraftFile(database_path)
        with _explained(file):
            file.open()
        return cls(file, login, provider, session_name, is_alive, clock)

    def keep(
        self,
        place: DraftPlace,
        texts: Texts,
        version: int | None = None,
        base: Texts | None = None,
    ) -> None:
        """Keep what is typed at a place, instead of what this session kept there before.

        `version` and `base` are what an edit began from. The same as is kept already is not
        written again.

        Raises:
            DraftsNotKept: it cannot be written, or is longer than `DRAFT_LIMIT`; what was kept
                before still is.
        """
        length = sum(len(text) for text in texts.values() if isinstance(text, str))
        if length > DRAFT_LIMIT:
            raise DraftsNotKept(
                f"What is typed here has {length:,} characters and is not kept as a draft: that is "
                f"done up to {DRAFT_LIMIT:,}."
            )
        what = (place.account, place.job, _packed(texts), version, _packed(base or {}))
        self._work(lambda database: self._write(database, place, what))

    def forget(self, place: DraftPlace) -> None:
        """Drop what this session kept at a place, since it was saved or given up."""
        self._work(lambda database: self._delete(database, self._session, place))

    def set_aside(self, place: DraftPlace) -> None:
        """Have what this session kept at a place offered as if the session were gone already."""
        aside = f"{_ASIDE}{secrets.token_hex(8)}"
        self._work(lambda database: self._hand_over(database, self._session, place, aside))

    def left_at(self, account: int | None = None, job: int | None = None) -> list[KeptDraft]:
        """Return this person's drafts of sessions that are gone, or set aside, the newest first.

        Args:
            account: only those offered on this account.
            job: only those offered on this job.
        """
        rows = self._work(lambda database: self._rows(database, account, job))
        now = self._clock()
        is_alive = cache(self._is_alive)
        left = []
        for form, record, of_account, of_job, at, session, texts, version, base in rows:
            if not session.startswith(_ASIDE) and is_alive(session):
                continue
            typed, began = _unpacked(texts), _unpacked(base)
            if typed is not None and began is not None:
                place = DraftPlace(form, record, of_account, of_job)
                # A clock may have been turned back.
                left.append(KeptDraft(place, min(at, now), session, typed, version, began))
        return left

    def adopt(self, kept: KeptDraft) -> bool:
        """Make a draft that was left this session's own, instead of what it kept at that place.

        False: another session adopted it first, or it was dismissed.
        """
        return self._work(
            lambda database: self._hand_over(database, kept.session, kept.place, self._session)
        )

    def dismiss(self, kept: KeptDraft) -> None:
        """Drop a draft that was left, unless another session adopted it meanwhile."""
        self._work(lambda database: self._delete(database, kept.session, kept.place))

    def close(self) -> None:
        """Close the file; what is kept stays kept."""
        # Closing tidies up the file, for which a full disk has no room.
        with suppress(*DATABASE_ERRORS):
            self._file.close()

    def _work(self, operation: Callable[[PanelDatabase], Result]) -> Result:
        """Run `operation` on the file that is in place, on a new one if it turns out damaged."""
        with _explained(self._file):
            if not self._file.is_in_place:
                self._file.open()
            try:
                return operation(self._file.connection)
            except DATABASE_ERRORS as error:
                if not is_damage(error):
                    raise
            self._file.open()
            return operation(self._file.connection)

    def _key(self, session: str, place: DraftPlace) -> tuple[object, ...]:
        return (*self._person, session, place.form, place.record)

    def _write(self, database: PanelDatabase, place: DraftPlace, what: tuple[object, ...]) -> None:
        key = self._key(self._session, place)
        kept = database.execute_sql(
            f"SELECT account, job, texts, version, base FROM draft WHERE {_IS_KEY}", key
        )
        if list(kept) == [what]:
            return
        with database.atomic():
            database.execute_sql(
                "INSERT OR REPLACE INTO draft (login, provider, session, form, record, account, "
                "job, texts, version, base, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*key, *what, self._clock()),
            )

    def _delete(self, database: PanelDatabase, session: str, place: DraftPlace) -> None:
        with database.atomic():
            database.execute_sql(f"DELETE FROM draft WHERE {_IS_KEY}", self._key(session, place))

    def _hand_over(self, database: PanelDatabase, session: str, place: DraftPlace, to: str) -> bool:
        with database.atomic():
            moved = database.execute_sql(
                f"UPDATE OR REPLACE draft SET session = ? WHERE {_IS_KEY}",
                (to, *self._key(session, place)),
            )
            return moved.rowcount == 1

    def _rows(self, database: PanelDatabase, account: int | None, job: int | None) -> list[_Row]:
        return list(
            database.execute_sql(
                "SELECT form, record, account, job, at, session, texts, version, base FROM draft "
                "WHERE login = ? AND provider IS ? AND session != ? "
                "AND account = coalesce(?, account) AND job IS coalesce(?, job) "
                "ORDER BY at DESC, rowid DESC",
                (*self._person, self._session, account, job),
            )
        )


_ASIDE = "aside-"
"""How the name under which a draft is set aside begins; no session's name does."""

_IS_KEY = "login = ? AND provider IS ? AND session = ? AND form = ? AND record = ?"


@contextmanager
def _explained(file: DraftFile) -> Iterator[None]:
    """Turn whatever goes wrong with the file into a refusal in words."""
    try:
        yield
    except LockTimeout as error:
        raise _refusal(file, _BUSY, error) from error
    except NotADraftFile as error:
        raise _refusal(file, f"{{path}} {error}", error) from error
    except OSError as error:
        raise _refusal(file, _UNUSABLE, error.strerror) from error
    except DATABASE_ERRORS as error:
        reasons = (
            (reason, cause)
            for code, cause in causes(error)
            for known, reason in _REASONS.items()
            if code == known or code.startswith(known + "_")
        )
        raise _refusal(file, *next(reasons, (_UNUSABLE, error))) from error


def _refusal(file: DraftFile, reason: str, cause: object) -> DraftsNotKept:
    said = reason.format(path=file.path, reason=cause)
    return DraftsNotKept(f"Half-typed work is not kept: {said}.")


def _packed(texts: Texts) -> bytes:
    # Half a character, such as a paste may bring, is kept as well.
    return json.dumps(dict(texts), ensure_ascii=False).encode(errors="surrogatepass")


def _unpacked(packed: bytes) -> dict[str, str | bool] | None:
    """Return the texts of a draft, or None for what this program did not write."""
    try:
        texts = json.loads(packed.decode(errors="surrogatepass"))
    except (ValueError, RecursionError):
        return None
    if isinstance(texts, dict) and all(isinstance(text, str | bool) for text in texts.values()):
        return texts
    return None
