"""Reading the history: of an account, of a job, overall, and of certain entries alone."""

from collections.abc import Callable
from typing import Any

import pytest

from models.drafts import JobDraft
from models.history_filter import HistoryFilter
from models.refusals import NotFound
from models.staff.desk import StaffDesk
from models.tables import Account, Event
from models.values import Change, EventKind, JobStatus
from tests.conftest import insert_account
from tests.models.desks import Clock, fixed, hourly, newest_event


def test_the_history_says_who_did_what_and_when(
    desk: StaffDesk, acme: int, job: int, clock: Clock, open_desk: Callable[..., StaffDesk]
) -> None:
    clock.pass_days(1)
    open_desk("ben", display_name="").jobs.set_status(job, JobStatus.IN_PROGRESS)
    newest, oldest = desk.history.page(HistoryFilter(account=acme)).rows
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
        event = desk.history.page(HistoryFilter(job=job.id)).rows[0]
        assert event.changes[:2] == (Change("Rate", *words), Change("Time", "2:00", "1:30"))
        assert event.changes[-1] == Change("Note", "", "Jane")
        assert event.summary == f"#{job.id}: task changed: rate, time, amount, note"


def test_the_history_of_a_job_is_its_own(desk: StaffDesk, acme: int, job: int) -> None:
    other = desk.jobs.add(acme, JobDraft("Other"), fixed("10"))
    desk.notes.add(job, "Call Jane\nsoon")
    of_job = desk.history.page(HistoryFilter(job=job))
    assert [event.summary for event in of_job.rows] == [
        f"#{job}: note added: Call Jane",
        f"#{job} added: Site redesign",
    ]
    assert of_job.total == 2
    assert desk.history.page(HistoryFilter(job=other.id)).total == 2
    assert desk.history.page(HistoryFilter(account=acme)).total == 4


def test_the_history_is_read_in_windows_newest_first(desk: StaffDesk, acme: int, job: int) -> None:
    for number in range(4):
        desk.notes.add(job, f"Note {number}")
    page = desk.history.page(HistoryFilter(account=acme), offset=1, limit=2)
    assert [event.summary for event in page.rows] == [
        f"#{job}: note added: Note 2",
        f"#{job}: note added: Note 1",
    ]
    assert (page.offset, page.total) == (1, 5)
    ids = [event.id for event in desk.history.page(HistoryFilter(account=acme)).rows]
    assert ids == sorted(ids, reverse=True)


def test_the_account_remembers_removed_jobs(desk: StaffDesk, acme: int, job: int) -> None:
    desk.jobs.remove(job)
    assert (
        desk.history.page(HistoryFilter(account=acme)).rows[0].summary
        == f"#{job} removed: Site redesign"
    )
    with pytest.raises(NotFound):
        desk.history.page(HistoryFilter(job=job))


def test_the_history_of_nothing_is_not_found(desk: StaffDesk) -> None:
    with pytest.raises(NotFound, match="There is no account 77"):
        desk.history.page(HistoryFilter(account=77))
    with pytest.raises(NotFound, match="There is no job #77"):
        desk.history.page(HistoryFilter(job=77))


def summaries(desk: StaffDesk, asked: HistoryFilter | None = None) -> list[str]:
    """Return the history in words, newest first."""
    return [event.summary for event in desk.history.page(asked).rows]


def test_the_overall_history_holds_everything_in_reach(
    desk: StaffDesk, acme: int, job: int, open_desk: Callable[..., StaffDesk]
) -> None:
    reseller = insert_account(desk, "hub", is_reseller=True)
    rosa = open_desk("rosa", reseller)
    theirs = rosa.jobs.add(insert_account(desk, "cust", reseller=reseller), JobDraft("Shop")).id
    with desk.session.writing():
        desk.session.record(EventKind.IMPORT_RUN, record=1, after={"added": 2})
    assert summaries(desk) == [
        "Import: 2 added",
        f"#{theirs} added: Shop",
        f"#{job} added: Site redesign",
    ]
    assert summaries(rosa) == [f"#{theirs} added: Shop"]
    assert rosa.history.page(HistoryFilter(actor="anna")).total == 0


def test_the_history_is_read_by_person_kind_and_time(
    desk: StaffDesk, acme: int, job: int, clock: Clock, open_desk: Callable[..., StaffDesk]
) -> None:
    began = clock.now
    clock.pass_days(1)
    ben = open_desk("ben")
    task = ben.tasks.add(job, hourly()).id
    ben.tasks.set_done(task, True)
    clock.pass_days(1)
    desk.notes.add(job, "Call Jane")
    note, done, added, first = (event.id for event in desk.history.page().rows)

    def found(**asked: Any) -> list[int]:
        page = desk.history.page(HistoryFilter(**asked))
        assert page.total == len(page.rows)
        return [event.id for event in page.rows]

    assert found(actor="ben") == [done, added]
    assert found(actor="nobody") == []
    assert found(kinds=frozenset({EventKind.TASK_DONE, EventKind.NOTE_ADDED})) == [note, done]
    assert found(since=began + 1) == [note, done, added]
    assert found(since=began) == [note, done, added, first]
    assert found(until=began + 1) == [first]
    assert found(until=began) == []
    assert found(actor="ben", account=acme, job=job, since=began, until=clock.now) == [done, added]
    assert found(job=job, kinds=frozenset({EventKind.JOB_ADDED})) == [first]


def test_a_kind_that_only_a_newer_program_knows_is_its_plain_word(
    desk: StaffDesk, acme: int, job: int, open_desk: Callable[..., StaffDesk]
) -> None:
    reseller = insert_account(desk, "hub", is_reseller=True)
    rosa = open_desk("rosa", reseller)
    theirs = rosa.jobs.add(insert_account(desk, "cust", reseller=reseller), JobDraft("Shop")).id
    for kind, where, provider in (
        ("task-split-up", job, None),
        ("weather", job, None),
        ("job-painted", job, None),
        ("note-pinned", theirs, reseller),
    ):
        account = desk.jobs.get(where).account
        with desk.session.writing():
            Event.insert(
                at=1, actor=1, kind=kind, account=account, job=where, record=1, provider=provider,
                before="{}", after='{"status": "asleep", "colour": ["blue"]}',
            ).execute()  # fmt: skip
    rows = desk.history.page(HistoryFilter(account=acme)).rows[:3]
    assert [event.summary for event in rows] == [
        f"#{job} painted",
        f"#{job}: weather",
        f"#{job}: task split up",
    ]
    assert Change("Status", "", "asleep") in rows[0].changes
    assert not any(event.reversible for event in rows)
    for event in rows:
        assert "Only changes of jobs, tasks and notes" in desk.undo.of_event(event.id).refusal
    assert "note-pinned" not in {event.kind for event in desk.history.page().rows}
    assert "note-pinned" in {event.kind for event in rosa.history.page().rows}


def test_a_desk_hears_what_other_sessions_did_and_not_what_it_did_itself(
    desk: StaffDesk, job: int, open_desk: Callable[..., StaffDesk]
) -> None:
    ben, again = open_desk("ben"), open_desk("anna")
    seen = desk.history.newest()
    assert desk.history.newer_than(seen) == []
    ben.notes.add(job, "His")
    desk.notes.add(job, "Mine")
    again.notes.add(job, "Mine, elsewhere")
    ben.jobs.set_status(job, JobStatus.ON_HOLD)
    desk.undo.undo()
    ben.undo.undo()
    assert [event.summary for event in desk.history.newer_than(seen)] == [
        f"#{job}: note added: His",
        f"#{job}: note added: Mine, elsewhere",
        f"#{job}: New → On hold",
        f"#{job}: undone: status On hold → New",
    ]
    first = [event.summary for event in desk.history.newer_than(seen, 2)]
    assert first == [f"#{job}: note added: His", f"#{job}: note added: Mine, elsewhere"]
    assert desk.history.newer_than(desk.history.newest()) == []
    assert desk.history.newest() == newest_event(desk)


def test_a_desk_hears_nothing_of_what_is_out_of_reach(
    desk: StaffDesk, job: int, open_desk: Callable[..., StaffDesk]
) -> None:
    reseller = insert_account(desk, "hub", is_reseller=True)
    rosa = open_desk("rosa", reseller)
    theirs = rosa.jobs.add(insert_account(desk, "cust", reseller=reseller), JobDraft("Shop")).id
    rosa.notes.add(theirs, "SECRET")
    assert rosa.history.newer_than(0) == []
    assert [event.kind for event in desk.history.newer_than(0)] == ["job-added"]
    desk.notes.add(job, "SECRET")
    assert rosa.history.newer_than(0) == []


def test_the_newest_entry_of_a_new_database_is_none(desk: StaffDesk) -> None:
    assert desk.history.newest() == 0
    assert desk.history.page().total == 0


def test_a_long_history_is_read_without_reading_all_of_it_again_for_each_row(
    desk: StaffDesk, job: int
) -> None:
    """The page is found by an index, and only its rows are put together."""
    entry = {
        "at": 1, "actor": 1, "kind": "job-status", "job": job, "record": job,
        "before": '{"status": "new"}', "after": '{"status": "on-hold"}',
    }  # fmt: skip
    with desk.session.writing():
        account = desk.jobs.get(job).account
        for _ in range(10):
            Event.insert_many([entry | {"account": account}] * 1000).execute()
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    for offset in (0, 5_000, 9_990):
        steps = 0
        desk.database.connection().set_progress_handler(count, 1000)
        page = desk.history.page(HistoryFilter(job=job), offset)
        desk.database.connection().set_progress_handler(None, 1000)
        assert (page.total, page.exact) == ((10_001, True) if offset == 9_990 else (10_000, False))
        assert len(page.rows) == min(50, 10_001 - offset)
        assert steps < 1000
