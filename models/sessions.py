"""Who has a panel open on a database right now, and at which job.

Each open panel has a file of its own in the folder `<database>.sessions/`, which it keeps locked
as long as it lives: the kernel gives the lock back when the process ends, however it ends, so that
no file can speak for a session that is gone (flock(2)). Whoever comes upon such a file removes it.

Presence is a courtesy. Nothing here raises for a folder that cannot be read or written; then it is
simply not known who else is there. The folder may be deleted at any time: each session puts its
file back when it next says where it is or asks who is with it.
"""

import fcntl
import json
import os
import re
import secrets
import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from models.moments import now_ms
from models.sharing import group_bits
from models.text import clean_line

_SESSION_NAME = re.compile(r"[0-9a-f]{32}")

_RECORD_SIZE = 1024
"""Bytes of a record, always: it is overwritten in place."""

_CHECKSUM_SIZE = 8

_LONGEST_NAME = 100
"""Characters of a login or a name in a record, so that any of them fit."""


@dataclass(frozen=True, slots=True)
class Companion:
    """A person with a panel open; `provider` None is the hosting company.

    `started` is when the panel was, in UTC epoch milliseconds, and never in the future.
    """

    login: str
    name: str
    provider: int | None
    started: int


@dataclass(frozen=True, slots=True)
class Presence:
    """What the file of a session says."""

    session: str
    companion: Companion
    job: int | None


class Sessions:
    """The open panels of one database; safe to use from any thread."""

    def __init__(self, database_path: Path) -> None:
        """Look at the sessions of the database `database_path`, which need not be there."""
        self._database = Path(os.path.realpath(database_path))
        self._folder = self._database.with_name(self._database.name + ".sessions")

    @staticmethod
    def enter(
        database_path: Path, login: str, display_name: str, provider: int | None
    ) -> "Session":
        """Let others see that this person, who works for `provider`, has a panel open.

        Files of sessions that are gone are removed. Never raises: where no file can be made,
        nobody sees this session.
        """
        sessions = Sessions(database_path)
        person = Companion(_shown(login), _shown(display_name or login), provider, now_ms())
        sessions.clean_up()
        return Session(sessions, person)

    def living(self, wanted: Callable[[Presence], bool]) -> list[Companion]:
        """Return the people of the living sessions whose record is `wanted`, by their start.

        Only files of wanted records are tested for their lock. A record that is being written at
        this moment is left out.
        """
        found = []
        for session in self._names():
            with suppress(OSError), self._opened(session) as file:
                record = _read(file, session)
                if record and wanted(record) and not self._is_left_behind(file, session):
                    found.append(record.companion)
        return sorted(found, key=lambda person: (person.started, person.login))

    def is_alive(self, session: str) -> bool:
        """Tell whether a session of this name lives; True as well where that cannot be known."""
        if not _SESSION_NAME.fullmatch(session):
            return False
        try:
            with self._opened(session) as file:
                return not self._is_left_behind(file, session)
        except FileNotFoundError:
            # Without the folder there is no telling.
            return not os.path.isdir(self._folder)
        except OSError:
            return True

    def clean_up(self) -> None:
        """Remove the files of sessions that are gone."""
        for session in self._names():
            self.is_alive(session)

    def path_of(self, session: str) -> str:
        """Return the file of a session."""
        return f"{self._folder}/{session}"

    def take_place(self, session: str) -> int:
        """Make the file of a session and return it open and locked.

        Raises:
            OSError: it cannot be made.
        """
        shared = group_bits(self._database)
        self._make_folder(shared)
        path = self.path_of(session)
        # Locked before it bears the name: nobody ever finds it without the lock.
        unnamed = f"{path}.new"
        file = os.open(unnamed, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Said once more, since the umask took away from what is asked for at the opening.
            os.fchmod(file, 0o600 | shared)
            os.rename(unnamed, path)
        except BaseException:
            os.close(file)
            with suppress(OSError):
                os.unlink(unnamed)
            raise
        return file

    def holds_place(self, file: int, session: str) -> bool:
        """Tell whether the open `file` is the one that others find under the session's name."""
        try:
            found = os.stat(self.path_of(session), follow_symlinks=False)
        except FileNotFoundError:
            return False
        return os.path.samestat(found, os.fstat(file))

    def _make_folder(self, shared: int) -> None:
        with suppress(FileExistsError):
            self._folder.mkdir(0o700)
        mode = stat.S_IMODE(self._folder.stat().st_mode)
        # A folder that hands on its group goes on doing so.
        wanted = 0o700 | shared | (stat.S_IXGRP if shared else 0) | mode & stat.S_ISGID
        if mode != wanted:
            # It may be another person's folder, who sees to that.
            with suppress(PermissionError):
                self._folder.chmod(wanted)

    def _names(self) -> list[str]:
        try:
            found = os.listdir(self._folder)
        except OSError:
            return []
        return [name for name in found if _SESSION_NAME.fullmatch(name)]

    @contextmanager
    def _opened(self, session: str) -> Iterator[int]:
        # Not blocking, not following: what lies in the folder need not be a file.
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW
        file = os.open(self.path_of(session), flags)
        try:
            yield file
        finally:
            os.close(file)

    def _is_left_behind(self, file: int, session: str) -> bool:
        """Tell whether the session that made `file` is gone, and remove its file if so."""
        try:
            # Shared: several who look at once do not take each other for the session.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        if self.holds_place(file, session):
            with suppress(OSError):
                os.unlink(self.path_of(session))
            return True
        # Removed by someone else, or else put back by its session, which gave up this one.
        return not os.path.exists(self.path_of(session))


class Session:
    """One open panel, for the others to see; used by one thread, but for `is_alive`."""

    def __init__(self, sessions: Sessions, person: Companion) -> None:
        """Make the file of this `person`'s new session, if that is possible."""
        self.name = secrets.token_hex(16)
        self._sessions = sessions
        self._person = person
        self._job: int | None = None
        self._file: int | None = None
        self._written = b""
        self._has_left = False
        self._show()

    @property
    def login(self) -> str:
        """The login of this session's person, as the others see it."""
        return self._person.login

    def be_at(self, job: int | None) -> None:
        """Let others know which job is open here, or that none is."""
        self._job = job
        self._show()

    def others_at(self, job: int) -> tuple[Companion, ...]:
        """Return who else has the job open, one for each session, the longest there first.

        That may be the same person in another window. A reseller's staff see their own people
        only, the hosting company's see everyone.
        """
        self._show()
        provider = self._person.provider

        def is_with_me(record: Presence) -> bool:
            return (
                record.job == job
                and record.session != self.name
                and (provider is None or record.companion.provider == provider)
            )

        return tuple(self._sessions.living(is_with_me))

    def is_alive(self, name: str) -> bool:
        """Tell whether the session `name` lives; False only when it is sure that it does not."""
        return (name == self.name and not self._has_left) or self._sessions.is_alive(name)

    def leave(self) -> None:
        """Let others know that this panel is closed."""
        self._has_left = True
        if self._file is None:
            return
        # Removed while it is locked: nobody can take it for one left behind meanwhile.
        with suppress(OSError):
            os.unlink(self._sessions.path_of(self.name))
        os.close(self._file)
        self._file = None

    def _show(self) -> None:
        """Write where this session is, into a new file if the old one was taken away."""
        if self._has_left:
            return
        with suppress(OSError):
            if self._file is None or not self._sessions.holds_place(self._file, self.name):
                self._take_place()
            record = _packed(self._person, self._job)
            if self._file is not None and record != self._written:
                os.pwrite(self._file, record, 0)
                self._written = record

    def _take_place(self) -> None:
        file = self._sessions.take_place(self.name)
        # Only now: whoever locks the old file finds the new one in its place.
        if self._file is not None:
            os.close(self._file)
        self._file = file
        self._written = b""


def sessions_of(database_path: Path) -> list[Companion]:
    """Return the people with a panel open on a database, of all providers, by their start.

    One for each session whose file can be read; needs no session of its own.
    """
    return Sessions(database_path).living(lambda _record: True)


def _shown(text: str) -> str:
    """Return a name as others may see it: clean, and not too long for a record."""
    line = clean_line(text)
    return line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1] + "…"


def _packed(person: Companion, job: int | None) -> bytes:
    """Return the record of a session: a checksum, then JSON filled up with blanks."""
    fields = {
        "login": person.login,
        "name": person.name,
        "provider": person.provider,
        "pid": os.getpid(),
        "started": person.started,
        "job": job,
    }
    text = json.dumps(fields, ensure_ascii=False).encode()
    body = text.ljust(_RECORD_SIZE - _CHECKSUM_SIZE)
    return _checksum(body) + body


def _checksum(body: bytes) -> bytes:
    return b"%08x" % zlib.crc32(body)


def _read(file: int, session: str) -> Presence | None:
    """Return the record in a file; None while it is being written, or if it is no record.

    Raises:
        OSError: the file cannot be read.
    """
    return _unpacked(os.pread(file, _RECORD_SIZE, 0), session)


# Whoever asks every second mostly reads what was there before.
@lru_cache(maxsize=256)
def _unpacked(packed: bytes, session: str) -> Presence | None:
    body = packed[_CHECKSUM_SIZE:]
    if len(packed) != _RECORD_SIZE or _checksum(body) != packed[:_CHECKSUM_SIZE]:
        return None
    try:
        match json.loads(body):
            case {
                "login": str(login),
                "name": str(name),
                "provider": int() | None as provider,
                "started": int(started),
                "job": int() | None as job,
            }:
                # A clock may have been turned back.
                person = Companion(_shown(login), _shown(name), provider, min(started, now_ms()))
                return Presence(session, person, job)
    except (ValueError, RecursionError):
        pass
    return None
