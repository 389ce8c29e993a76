"""Notes: for staff or for the customer, shown, hidden, removed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from models.refusals import BadFields, NotFound
from models.staff.desk import StaffDesk
from models.values import JobStatus, Note
from tests.models.desks import Clock, Entry, contents, entries


def test_a_note_is_for_staff_only_unless_it_is_said_to_be_for_the_customer(
    desk: StaffDesk, acme: int, job: int, clock: Clock
) -> None:
    inside = desk.notes.add(job, "Call Jane\nat noon")
    outside = desk.notes.add(job, "We start on Monday.", visible_to_customer=True)
    assert inside == Note(inside.id, "Call Jane\nat noon", False, "anna", "Anna", clock.now, 1)
    assert outside.visible_to_customer
    assert desk.notes.page(job).rows == (inside, outside)
    assert desk.jobs.get(job).notes == 2
    first, second = ("Call Jane\nat noon", False), ("We start on Monday.", True)
    for entry, note, (body, shown) in zip(
        entries(desk)[1:], (inside, outside), (first, second), strict=True
    ):
        after = {"body": body, "visible_to_customer": shown}
        where = (acme, job, None, note.id)
        assert entry == Entry("note-added", "anna", "session of anna", *where, {}, after)


@pytest.mark.parametrize("body", ["", " \n\t", "\u200b", "x" * 20_001])
def test_a_note_that_cannot_be_accepted_leaves_nothing(
    desk: StaffDesk, job: int, path: Path, body: str
) -> None:
    before = contents(path)
    with pytest.raises(BadFields) as refused:
        desk.notes.add(job, body)
    assert list(refused.value.problems) == ["body"]
    assert contents(path) == before


def test_whom_a_note_is_for_can_be_changed(desk: StaffDesk, acme: int, job: int) -> None:
    note = desk.notes.add(job, "Call Jane")
    assert desk.notes.set_visible(note.id, True).visible_to_customer
    assert not desk.notes.set_visible(note.id, False).visible_to_customer
    before = entries(desk)
    words = [
        ({"visible_to_customer": False}, {"visible_to_customer": True}),
        ({"visible_to_customer": True}, {"visible_to_customer": False}),
    ]
    assert before[2:] == [
        Entry("note-changed", "anna", "session of anna", acme, job, None, note.id, *change)
        for change in words
    ]
    assert desk.notes.set_visible(note.id, False) == replace(note, version=3)
    assert entries(desk) == before


def test_a_removed_note_is_on_no_list(desk: StaffDesk, acme: int, job: int, clock: Clock) -> None:
    note = desk.notes.add(job, "Call Jane")
    desk.notes.remove(note.id)
    assert (desk.notes.page(job).rows, desk.jobs.get(job).notes) == ((), 0)
    before, after = {"body": "Call Jane"}, {"removed_at": clock.now}
    assert entries(desk)[-1] == Entry(
        "note-removed", "anna", "session of anna", acme, job, None, note.id, before, after
    )
    for change in (desk.notes.remove, lambda id_: desk.notes.set_visible(id_, True)):
        with pytest.raises(NotFound, match=f"There is no note {note.id}"):
            change(note.id)


def test_a_closed_job_still_takes_notes(desk: StaffDesk, job: int) -> None:
    desk.jobs.set_status(job, JobStatus.FINISHED)
    note = desk.notes.add(job, "Paid")
    assert desk.notes.set_visible(note.id, True).visible_to_customer
    desk.notes.remove(note.id)


def test_notes_are_listed_oldest_first_in_windows(
    desk: StaffDesk, job: int, open_desk: Callable[..., StaffDesk]
) -> None:
    ben = open_desk("ben", display_name="")
    notes = [writer.notes.add(job, "Note") for writer in (desk, ben, desk)]
    page = desk.notes.page(job, offset=1, limit=1)
    assert (page.rows, page.offset, page.total) == ((notes[1],), 1, 3)
    assert (notes[1].author, notes[1].author_name) == ("ben", "ben")
