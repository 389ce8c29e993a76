"""A change and its history are one thing: both are there, or neither."""

from collections.abc import Callable
from pathlib import Path

import pytest
from peewee import IntegrityError

from models.drafts import JobDraft
from models.refusals import BadInput, DatabaseBusy, Interrupted, NewerDatabase, NotAllowed
from models.staff.desk import StaffDesk
from models.tables import Staff
from tests.models.desks import READINGS, WRITINGS, Ids, contents, entries, fill, hourly, undone


@pytest.fixture
def work(desk: StaffDesk, acme: int) -> Ids:
    """Something to change."""
    return fill(desk, acme)


def test_a_change_whose_entry_fails_is_not_made(desk: StaffDesk, work: Ids, path: Path) -> None:
    """The trigger fires after the entry was written: it must vanish with the change."""
    before = contents(path)
    desk.database.execute_sql(
        "CREATE TEMP TRIGGER broken AFTER INSERT ON main.event BEGIN"
        " SELECT RAISE(ABORT, 'broken on purpose'); END"
    )
    for name, operation in WRITINGS.items():
        with pytest.raises(IntegrityError, match="broken on purpose"):
            operation(desk, work)
        assert contents(path) == before, name
    desk.database.execute_sql("DROP TRIGGER broken")
    WRITINGS["tasks.add"](desk, work)
    assert contents(path) != before


def test_every_change_writes_its_entries_with_it(
    desk: StaffDesk, work: Ids, open_desk: Callable[..., StaffDesk]
) -> None:
    ben = open_desk("ben")
    before = entries(ben)
    for name, operation in WRITINGS.items():
        with undone(ben):
            operation(ben, work)
            written = entries(ben)[len(before) :]
            assert written, name
            assert {(one.actor, one.session) for one in written} == {("ben", "session of ben")}
        assert not ben.database.write_lock.held
    assert entries(desk) == before


def test_no_desk_writes_into_a_newer_database_but_all_read_on(
    desk: StaffDesk, work: Ids, path: Path
) -> None:
    desk.database.user_version = 99
    for name, operation in WRITINGS.items():
        with pytest.raises(NewerDatabase, match="Start the newer program") as refused:
            operation(desk, work)
        assert str(path) in str(refused.value), name
    for operation in READINGS.values():
        operation(desk, work)
    desk.database.user_version = 1


def test_a_desk_waits_no_longer_than_it_was_told_and_writes_nothing(
    desk: StaffDesk, work: Ids, path: Path, open_desk: Callable[..., StaffDesk]
) -> None:
    hasty = open_desk("ben", write_timeout=0.05)
    before = contents(path)
    with desk.session.writing():
        for operation in WRITINGS.values():
            with pytest.raises(DatabaseBusy, match="nothing was saved"):
                operation(hasty, work)
        for operation in READINGS.values():
            operation(hasty, work)
    assert contents(path) == before
    hasty.notes.add(work.job, "Now")


def test_a_view_does_not_change_while_it_is_held(
    desk: StaffDesk, work: Ids, open_desk: Callable[..., StaffDesk]
) -> None:
    with desk.session.reading():
        assert desk.tasks.page(work.job).total == 1
        open_desk("ben").tasks.add(work.job, hourly())
        assert desk.tasks.page(work.job).total == 1
        assert desk.jobs.get(work.job).totals.tasks == 1
    assert desk.tasks.page(work.job).total == 2


def test_another_sessions_commit_is_noticed_and_ones_own_is_not(
    desk: StaffDesk, work: Ids, open_desk: Callable[..., StaffDesk]
) -> None:
    ben = open_desk("ben")
    seen = desk.data_version()
    desk.notes.add(work.job, "Mine")
    assert desk.data_version() == seen
    ben.notes.add(work.job, "Yours")
    assert desk.data_version() != seen


def test_a_failure_to_look_for_changes_is_a_refusal_in_words(desk: StaffDesk) -> None:
    desk.database.connection().set_progress_handler(lambda: 1, 1)
    with pytest.raises(Interrupted):
        desk.data_version()


def test_a_person_whose_access_was_switched_off_changes_nothing(
    desk: StaffDesk, work: Ids, path: Path
) -> None:
    switch_off(desk, "anna")
    before = contents(path)
    for operation in WRITINGS.values():
        with pytest.raises(NotAllowed, match="The access of anna was switched off"):
            operation(desk, work)
    assert contents(path) == before


def test_work_of_people_who_left_can_still_be_corrected(desk: StaffDesk, acme: int) -> None:
    job = desk.jobs.add(acme, JobDraft("Logo", assignee="ben"), hourly(worked_by="ben"))
    task = desk.tasks.page(job.id).rows[0]
    switch_off(desk, "ben")
    assert desk.jobs.edit(job.id, 1, JobDraft("Logos", assignee="ben")).assignee == "ben"
    assert desk.tasks.edit(task.id, 1, hourly("80", worked_by="ben")).worked_by == "ben"
    assert desk.tasks.set_done(task.id, True).worked_by == "ben"
    with pytest.raises(NotAllowed, match="The access of ben was switched off"):
        desk.jobs.add(acme, JobDraft("More", assignee="ben"))


def switch_off(desk: StaffDesk, login: str) -> None:
    """End the access of a person."""
    with desk.session.writing():
        assert Staff.update(active=False).where(Staff.login == login).execute() == 1


def test_a_display_name_is_kept_when_the_person_was_first_named_by_someone_else(
    desk: StaffDesk, acme: int, open_desk: Callable[..., StaffDesk]
) -> None:
    job = desk.jobs.add(acme, JobDraft("Logo", assignee="ben")).id
    assert desk.jobs.get(job).assignee_name == "ben"
    open_desk("ben", display_name="Ben Benson").notes.add(job, "Mine")
    assert desk.jobs.get(job).assignee_name == "Ben Benson"
    for other in ("", "Someone"):
        open_desk("ben", display_name=other).notes.add(job, "Mine")
        assert desk.jobs.get(job).assignee_name == "Ben Benson"


def test_who_acts_is_cleaned_like_all_text(
    acme: int, desk: StaffDesk, open_desk: Callable[..., StaffDesk]
) -> None:
    eve = open_desk(" eve\x1b[2J\n", display_name="Eve\u202e")
    job = eve.jobs.add(acme, JobDraft("Logo"))
    assert entries(desk)[0].actor == "eve␛[2J"
    assert entries(desk)[0].session == "session of  eve␛[2J"
    assert eve.notes.add(job.id, "Mine").author_name == "Eve\ufffd"
    with pytest.raises(BadInput, match="Your name has 501 characters"):
        open_desk("x" * 501)
