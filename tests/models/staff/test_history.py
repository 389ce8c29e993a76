"""Reading the history of an account and of a job."""

from collections.abc import Callable

import pytest

from models.drafts import JobDraft
from models.refusals import NotFound
from models.staff.desk import StaffDesk
from models.staff.session import EventKind
from models.tables import Account
from models.values import Change, JobStatus
from tests.conftest import insert_account
from tests.models.desks import Clock, fixed, hourly


def test_the_history_says_who_did_what_and_when(
    desk: StaffDesk, acme: int, job: int, clock: Clock, open_desk: Callable[..., StaffDesk]
) -> None:
    clock.pass_days(1)
    open_desk("ben", display_name="").jobs.set_status(job, JobStatus.IN_PROGRESS)
    newest, oldest = desk.history.of_account(acme).rows
    assert (newest.actor, newest.actor_name, newest.session) == ("ben", "ben", "session of ben")
    assert (newest.at, newest.at - oldest.at) == (clock.now, 86_400_000)
    assert (newest.kind, newest.account, newest.job, newest.record) == (
        EventKind.JOB_STATUS,
        acme,
        job,
        job,
    )
    assert newest.summary == f"#{job}: New → In progress"
    assert newest.changes == (Change("Status", "New", "In progress"),)
    assert (oldest.actor, oldest.actor_name) == ("anna", "Anna")
    assert oldest.summary == f"#{job} added: Site redesign"


def test_changes_are_in_words_of_the_jobs_currency(desk: StaffDesk, acme: int) -> None:
    yen = insert_account(desk, "tanaka", currency="JPY")
    for account, rates, words in (
        (acme, ("75", "80.50"), ("75.00 USD", "80.50 USD")),
        (yen, ("9000", "9500"), ("9000 JPY", "9500 JPY")),
    ):
        job = desk.jobs.add(account, JobDraft("Logo"), hourly(rates[0], "2:00"))
        task = desk.tasks.page(job.id).rows[0]
        with desk.session.writing():
            Account.update(currency="EUR").where(Account.id == account).execute()
        desk.tasks.edit(task.id, 1, hourly(rates[1], "1:30", note="Jane", done=False))
        event = desk.history.of_job(job.id).rows[0]
        assert event.changes[:2] == (Change("Rate", *words), Change("Time", "2:00", "1:30"))
        assert event.changes[-1] == Change("Note", "", "Jane")
        assert event.summary == f"#{job.id}: task changed: rate, time, amount, note"


def test_the_history_of_a_job_is_its_own(desk: StaffDesk, acme: int, job: int) -> None:
    other = desk.jobs.add(acme, JobDraft("Other"), fixed("10"))
    desk.notes.add(job, "Call Jane\nsoon")
    of_job = desk.history.of_job(job)
    assert [event.summary for event in of_job.rows] == [
        f"#{job}: note added: Call Jane",
        f"#{job} added: Site redesign",
    ]
    assert of_job.total == 2
    assert desk.history.of_job(other.id).total == 2
    assert desk.history.of_account(acme).total == 4


def test_the_history_is_read_in_windows_newest_first(desk: StaffDesk, acme: int, job: int) -> None:
    for number in range(4):
        desk.notes.add(job, f"Note {number}")
    page = desk.history.of_account(acme, offset=1, limit=2)
    assert [event.summary for event in page.rows] == [
        f"#{job}: note added: Note 2",
        f"#{job}: note added: Note 1",
    ]
    assert (page.offset, page.total) == (1, 5)
    ids = [event.id for event in desk.history.of_account(acme).rows]
    assert ids == sorted(ids, reverse=True)


def test_the_account_remembers_removed_jobs(desk: StaffDesk, acme: int, job: int) -> None:
    desk.jobs.remove(job)
    assert desk.history.of_account(acme).rows[0].summary == f"#{job} removed: Site redesign"
    with pytest.raises(NotFound):
        desk.history.of_job(job)


def test_the_history_of_nothing_is_not_found(desk: StaffDesk) -> None:
    with pytest.raises(NotFound, match="There is no account 77"):
        desk.history.of_account(77)
    with pytest.raises(NotFound, match="There is no job #77"):
        desk.history.of_job(77)
