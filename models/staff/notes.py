"""The notes on a job, as staff read and write them."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from peewee import Expression, ModelSelect, fn

from models.composed import Composed, given
from models.drafts import check_note
from models.refusals import NotFound
from models.staff.changes import conflict, require_in_account, update_versioned
from models.staff.session import StaffSession
from models.tables import Job, Note, Staff
from models.values import EventKind, Page
from models.values import Note as NoteValue


class Notes:
    """Reads and writes notes within the scope of a session."""

    def __init__(self, session: StaffSession) -> None:
        """Work in the scope of `session`."""
        self._session = session

    def page(self, job_id: int, offset: int = 0, limit: int = 50) -> Page[NoteValue]:
        """Return a window of a job's notes, oldest first, or raise `NotFound`."""
        with self._session.reading():
            self._session.job_in_reach(job_id)
            database = self._session.database
            ((total,),) = self._count.rows(database, job=job_id)
            window = {"job": job_id, "limit": limit, "offset": offset}
            return Page(_values(self._window.rows(database, **window)), offset, total)

    def add(
        self,
        job_id: int,
        body: str,
        *,
        visible_to_customer: bool = False,
        account: int | None = None,
    ) -> NoteValue:
        """Add a note, for staff only unless it is said to be for the customer too.

        `account` is the one in which the person saw the job; None: whichever it is in.

        Raises:
            JobMoved: the job is in another account by now.
            BadFields: the text is empty or too long.
            NotFound, NotAllowed: the job is out of reach, or may only be read.
        """
        with self._session.writing():
            job = self._session.job_to_change(job_id)
            require_in_account(self._session, job, account)
            text = check_note(body)
            note_id = Note.insert(
                job=job.id,
                author=self._session.acting_staff(),
                body=text,
                visible_to_customer=visible_to_customer,
                at=self._session.clock(),
            ).execute()
            after = {"body": text, "visible_to_customer": visible_to_customer}
            self._session.record(EventKind.NOTE_ADDED, job=job, record=note_id, after=after)
        return self._after_change(note_id)

    def set_visible(
        self, note_id: int, visible_to_customer: bool, *, seen: int | None = None
    ) -> NoteValue:
        """Show a note to the customer, or keep it for staff only.

        `seen` is the version that the person saw; another one by now is a `Conflict`.
        """
        with self._session.writing():
            note, job = self._to_change(note_id)
            self._require_seen(note, job, seen)
            if note.visible_to_customer != visible_to_customer:
                update_versioned(
                    Note, note_id, note.version, visible_to_customer=visible_to_customer
                )
                self._session.record(
                    EventKind.NOTE_CHANGED,
                    job=job,
                    record=note_id,
                    before={"visible_to_customer": note.visible_to_customer},
                    after={"visible_to_customer": visible_to_customer},
                )
        return self._after_change(note_id)

    def remove(self, note_id: int, *, seen: int | None = None) -> None:
        """Take a note off its job; undoing it brings it back.

        `seen` is the version that the person saw; another one by now is a `Conflict`.
        """
        with self._session.writing():
            note, job = self._to_change(note_id)
            self._require_seen(note, job, seen)
            removed_at = self._session.clock()
            update_versioned(Note, note_id, note.version, removed_at=removed_at)
            self._session.record(
                EventKind.NOTE_REMOVED,
                job=job,
                record=note_id,
                before={"body": note.body},
                after={"removed_at": removed_at},
            )

    def _require_seen(self, note: Note, job: Job, version: int | None) -> None:
        if version not in (None, note.version):
            raise conflict(self._session, job, note, self._read(note.id))

    def _to_change(self, note_id: int) -> tuple[Note, Job]:
        note: Note | None = (
            Note.select()
            .join(Job, on=(Note.job == Job.id))
            .where(Note.id == note_id, Note.removed_at.is_null(), self._session.notes_in_reach())
            .first()
        )
        if note is None:
            raise NotFound(f"There is no note {note_id}.")
        try:
            return note, self._session.job_to_change(note.job_id)
        except NotFound as error:
            raise NotFound(f"There is no note {note_id}.") from error

    def _after_change(self, note_id: int) -> NoteValue:
        """Return a note that was just changed; read when others may write already."""
        with self._session.reading():
            return self._read(note_id)

    def _read(self, note_id: int) -> NoteValue:
        return _values(self._one.rows(self._session.database, note=note_id))[0]

    @cached_property
    def _count(self) -> Composed:
        counted = Note.select(fn.COUNT(Note.id)).join(Job, on=(Note.job == Job.id))
        return Composed(counted.where(self._of_job()))

    @cached_property
    def _window(self) -> Composed:
        listed = _select().where(self._of_job()).order_by(Note.id)
        return Composed(listed.limit(given("limit")).offset(given("offset")))

    @cached_property
    def _one(self) -> Composed:
        return Composed(_select().where(Note.id == given("note")))

    def _of_job(self) -> Expression:
        """Return the condition for the notes of a given job that this desk may read."""
        of_job = (Note.job == given("job")) & Note.removed_at.is_null()
        reach: Expression = of_job & self._session.notes_in_reach()
        return reach


def _select() -> "ModelSelect[Note]":
    return (
        Note.select(
            Note.id,
            Note.body,
            Note.visible_to_customer,
            Staff.login,
            Staff.display_name,
            Note.at,
            Note.version,
        )
        .join(Staff, on=(Note.author == Staff.id))
        .join_from(Note, Job, on=(Note.job == Job.id))
    )


def _values(rows: Iterable[tuple[Any, ...]]) -> tuple[NoteValue, ...]:
    return tuple(
        NoteValue(id_, body, bool(visible), login, name or login, at, version)
        for id_, body, visible, login, name, at, version in rows
    )
