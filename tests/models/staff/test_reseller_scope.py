"""A reseller's desk reaches that reseller's customers; what lies beyond answers like nothing."""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from models.drafts import JobDraft
from models.history_filter import HistoryFilter
from models.refusals import NotAllowed, NotFound, Refused
from models.staff.desk import StaffDesk
from models.tables import Account, Note
from models.values import EventKind, JobStatus
from tests.conftest import insert_account
from tests.models.desks import (
    READINGS,
    WRITINGS,
    Ids,
    Operation,
    contents,
    fill,
    hourly,
    newest_event,
    undone,
)

EVERYTHING = READINGS | WRITINGS
NOWHERE = Ids(90_001, 90_001, 90_001, 90_001, 90_001, 90_001, 90_001)

SEARCHES: dict[str, Operation] = {
    "search.count": lambda desk, ids: desk.search.count(f"reseller:0{ids.account} job:"),
    "search.first": lambda desk, ids: desk.search.first(str(ids.account)),
    "search.jobs": lambda desk, ids: desk.search.jobs(f"#{ids.job}"),
    "search.page": lambda desk, ids: desk.search.page(str(ids.account)),
    "search.page reseller": lambda desk, ids: desk.search.page(f"reseller:{ids.account}"),
}
"""What asks for an account or a job and answers with a list, a number, or nothing."""

WITHOUT_A_RECORD = {
    "account_count",
    "close",
    "data_version",
    "history.newer_than",
    "history.newest",
    "jobs.open_count",
    "log_mark",
    "open",
    "require_access",
    "require_current",
    "search.prepare",
    "staff",
    "tasks.insert",
    "tasks.settle_planned",
    "undo.last",
    "undo.last_undone",
    "undo.redo",
    "undo.undo",
}
"""What a desk does without being told a record of one account; parts of `tasks` get its row."""

PARTS = {"session", "settings", "database"}
"""What a desk works with and does not offer."""


@pytest.fixture
def hub(desk: StaffDesk) -> int:
    """A reseller."""
    return insert_account(desk, "hub", is_reseller=True, company="Hub AG")


@pytest.fixture
def rosa(hub: int, open_desk: Callable[..., StaffDesk]) -> StaffDesk:
    """The desk of the reseller's staff."""
    return open_desk("rosa", hub)


@pytest.fixture
def customer(rosa: StaffDesk, hub: int) -> Ids:
    """Work of the reseller for a customer of its own."""
    return fill(rosa, insert_account(rosa, "cust", ["cust.example"], reseller=hub))


def beyond(kind: str, desk: StaffDesk, hub: int, open_desk: Callable[..., StaffDesk]) -> Ids:
    """Return work that exists, but not for the reseller's staff."""
    if kind == "of another reseller":
        other = insert_account(desk, "rival", is_reseller=True)
        rival = open_desk("rick", other)
        return fill(rival, insert_account(desk, "theirs", reseller=other))
    if kind == "of the reseller itself":
        return fill(desk, hub)
    work = fill(desk, insert_account(desk, "acme", ["acme.example"]))
    if kind == "of the host for what is an own customer by now":
        move(desk, work.account, hub)
        return replace(work, account=NOWHERE.account)
    return work


def removed(what: str, rosa: StaffDesk, customer: Ids) -> Ids:
    """Remove work of the reseller and return it; its entries in the history stay in reach."""
    if what == "job":
        rosa.jobs.remove(customer.job)
        return replace(NOWHERE, job=customer.job, task=customer.task, note=customer.note)
    rosa.tasks.remove(customer.task)
    rosa.notes.remove(customer.note)
    return replace(NOWHERE, task=customer.task, note=customer.note)


@pytest.mark.parametrize(
    "kind",
    [
        "of the host",
        "of another reseller",
        "of the reseller itself",
        "of the host for what is an own customer by now",
    ],
)
def test_what_is_out_of_reach_answers_like_what_is_not_there(
    desk: StaffDesk,
    hub: int,
    rosa: StaffDesk,
    customer: Ids,
    open_desk: Callable[..., StaffDesk],
    path: Path,
    kind: str,
) -> None:
    foreign = beyond(kind, desk, hub, open_desk)
    entries_of_a_note = (newest_note_event(desk, foreign), NOWHERE.removed_task_event)
    before = contents(path)
    for name, operation in EVERYTHING.items():
        assert answer(operation, rosa, foreign) == answer(operation, rosa, NOWHERE), name
    for name, operation in SEARCHES.items():
        # All customers of the reseller itself are its own.
        if name not in ("search.page reseller", "search.count") or foreign.account != hub:
            assert operation(rosa, foreign) == operation(rosa, NOWHERE), name
    seen, missing = (
        answer(WRITINGS["undo.reverse"], rosa, replace(NOWHERE, removed_task_event=event))
        for event in entries_of_a_note
    )
    assert seen == missing
    assert contents(path) == before


@pytest.mark.parametrize("what", ["job", "task and note"])
def test_what_was_removed_answers_like_what_is_not_there(
    rosa: StaffDesk, customer: Ids, path: Path, what: str
) -> None:
    gone = removed(what, rosa, customer)
    before = contents(path)
    for name, operation in EVERYTHING.items():
        if what != "job" and ".job" in name:
            continue
        assert answer(operation, rosa, gone) == answer(operation, rosa, NOWHERE), name
    assert contents(path) == before


def newest_note_event(desk: StaffDesk, ids: Ids) -> int:
    """Return an entry of the history on a note of this work."""
    row = desk.database.execute_sql(
        "SELECT max(id) FROM event WHERE kind = 'note-added' AND job_id = ?", (ids.job,)
    ).fetchone()
    assert row is not None
    return int(row[0])


def answer(operation: Operation, desk: StaffDesk, ids: Ids) -> tuple[type[Refused], str]:
    """Return the refusal of something that is not there, without its number."""
    with pytest.raises(NotFound) as refused:
        operation(desk, ids)
    return type(refused.value), re.sub("[0-9]+", "…", str(refused.value))


def test_a_reseller_does_everything_for_its_own_customers(rosa: StaffDesk, customer: Ids) -> None:
    for operation in EVERYTHING.values():
        with undone(rosa):
            operation(rosa, customer)


def test_the_host_reads_what_resellers_do_but_changes_nothing_of_it(
    desk: StaffDesk, rosa: StaffDesk, customer: Ids, path: Path
) -> None:
    with rosa.session.writing():
        Note.update(visible_to_customer=True).execute()
    before = contents(path)
    for operation in READINGS.values():
        operation(desk, customer)
    for name, operation in WRITINGS.items():
        with pytest.raises(NotAllowed) as refused:
            operation(desk, customer)
        assert f"Account {customer.account} belongs to reseller" in str(refused.value), name
    assert contents(path) == before
    assert not desk.accounts.get(customer.account).writable
    assert not desk.jobs.get(customer.job).writable


def test_every_operation_of_a_desk_is_tried_here(desk: StaffDesk) -> None:
    tried = {name.partition(" ")[0] for name in EVERYTHING | SEARCHES}
    assert set(offered(desk)) - WITHOUT_A_RECORD == tried


def offered(desk: StaffDesk) -> Iterator[str]:
    """Yield the public methods of a desk and of its counters."""
    yield from public_methods(desk)
    for noun, counter in vars(desk).items():
        if noun not in PARTS and type(counter).__module__.startswith("models."):
            yield from (f"{noun}.{name}" for name in public_methods(counter))


def public_methods(it: object) -> list[str]:
    """Return the names of what anybody may call."""
    members = inspect.getmembers(it, inspect.ismethod)
    return [name for name, _ in members if not name.startswith("_")]


def test_lists_of_a_reseller_hold_its_own_alone(
    desk: StaffDesk, rosa: StaffDesk, customer: Ids
) -> None:
    acme = fill(desk, insert_account(desk, "acme", ["acme.example"]))
    assert [job.id for job in rosa.jobs.page().rows] == [customer.job]
    assert [job.id for job in desk.jobs.page().rows] == [customer.job, acme.job]
    assert (rosa.jobs.open_count(), desk.jobs.open_count()) == (1, 1)
    assert rosa.jobs.get(customer.job).writable


def test_an_account_that_moves_leaves_its_old_jobs_with_the_old_provider(
    desk: StaffDesk, rosa: StaffDesk, customer: Ids, path: Path
) -> None:
    rosa.notes.set_visible(customer.note, True)
    move(desk, customer.account, None)
    for name, operation in EVERYTHING.items():
        assert answer(operation, rosa, customer) == answer(operation, rosa, NOWHERE), name

    old = desk.jobs.get(customer.job)
    assert (old.provider, old.writable) == (rosa.provider, False)
    before = contents(path)
    for name, operation in WRITINGS.items():
        if name != "jobs.add":
            with pytest.raises(NotAllowed, match=f"is a job of reseller {rosa.provider}: "):
                operation(desk, customer)
    assert contents(path) == before

    new = desk.jobs.add(customer.account, JobDraft("New"), hourly())
    assert (new.provider, new.writable) == (None, True)
    assert [job.id for job in desk.jobs.page(customer.account).rows] == [old.id, new.id]

    move(desk, customer.account, rosa.provider)
    assert [job.id for job in rosa.jobs.page(customer.account).rows] == [old.id]
    assert rosa.accounts.get(customer.account).open_jobs == 1
    foreign = replace(customer, job=new.id, task=desk.tasks.page(new.id).rows[0].id)
    for name in ("jobs.get", "jobs.set_status", "tasks.get", "tasks.page", "history.page job"):
        with pytest.raises(NotFound):
            EVERYTHING[name](rosa, foreign)
    seen = {event.job for event in rosa.history.page(HistoryFilter(account=customer.account)).rows}
    assert old.id in seen
    assert new.id not in seen


def move(desk: StaffDesk, account: int, reseller: int | None) -> None:
    """Let an account belong to another reseller, as an import does."""
    with desk.session.writing():
        Account.update(reseller=reseller).where(Account.id == account).execute()


def test_people_of_two_providers_with_one_login_are_two_people(
    rosa: StaffDesk, acme: int, customer: Ids, open_desk: Callable[..., StaffDesk]
) -> None:
    host_rosa = open_desk("rosa", display_name="Rosa of the host")
    job = host_rosa.jobs.add(acme, JobDraft("Logo")).id
    assert host_rosa.notes.add(job, "Mine").author_name == "Rosa of the host"
    assert rosa.notes.page(customer.job).rows[0].author_name == "Rosa"


def test_the_host_never_sees_the_notes_for_the_staff_of_a_reseller(
    desk: StaffDesk, rosa: StaffDesk, customer: Ids
) -> None:
    """Nor how many there are, nor what happened to them."""
    job, secret = customer.job, customer.note
    shown = rosa.notes.add(job, "Dear customer", visible_to_customer=True)
    taken = rosa.notes.add(job, "SECRET taken away")
    rosa.notes.remove(taken.id)
    removal = newest_event(rosa)
    back = rosa.notes.add(job, "SECRET brought back")
    rosa.notes.remove(back.id)
    rosa.undo.reverse(newest_event(rosa))

    assert [note.id for note in rosa.notes.page(job).rows] == [secret, shown.id, back.id]
    assert rosa.jobs.get(job).notes == 3
    page = desk.notes.page(job)
    assert (page.total, [note.id for note in page.rows]) == (1, [shown.id])
    assert desk.notes.page(job, offset=1).rows == ()
    assert desk.jobs.get(job).notes == 1
    assert [it.notes for it in desk.jobs.page(customer.account).rows] == [1]

    for asked in (
        HistoryFilter(),
        HistoryFilter(account=customer.account),
        HistoryFilter(job=job),
        HistoryFilter(kinds=frozenset(EventKind)),
    ):
        history = desk.history.page(asked, limit=100)
        on_notes = [event.record for event in history.rows if event.kind.startswith("note-")]
        assert on_notes == [shown.id]
        assert history.total == len(history.rows)
        assert not re.search("SECRET|Call Jane", str(history))

    for name in ("notes.remove", "notes.set_visible"):
        hidden = answer(WRITINGS[name], desk, replace(NOWHERE, note=secret))
        assert hidden == answer(WRITINGS[name], desk, NOWHERE)
        with pytest.raises(NotAllowed):
            WRITINGS[name](desk, replace(NOWHERE, note=shown.id))
    hidden_event = replace(NOWHERE, removed_task_event=removal)
    restore = WRITINGS["undo.reverse"]
    assert answer(restore, desk, hidden_event) == answer(restore, desk, NOWHERE)


def test_a_note_that_is_kept_back_later_is_hidden_with_all_its_history(
    desk: StaffDesk, rosa: StaffDesk, customer: Ids
) -> None:
    def kinds() -> list[str]:
        rows = desk.history.page(HistoryFilter(job=customer.job)).rows
        return [event.kind for event in rows if event.kind.startswith("note-")]

    rosa.notes.set_visible(customer.note, True)
    assert kinds() == ["note-changed", "note-added"]
    rosa.notes.set_visible(customer.note, False)
    assert kinds() == []
    rosa.notes.set_visible(customer.note, True)
    rosa.notes.remove(customer.note)
    assert kinds() == ["note-removed", "note-changed", "note-changed", "note-changed", "note-added"]
    with pytest.raises(NotAllowed):
        desk.undo.reverse(newest_event(rosa))


def test_an_account_that_moves_keeps_the_old_staffs_notes_to_them(
    desk: StaffDesk, rosa: StaffDesk, customer: Ids
) -> None:
    mine = fill(desk, insert_account(desk, "acme"))
    move(desk, customer.account, None)
    move(desk, mine.account, rosa.provider)
    assert desk.notes.page(customer.job).rows == ()
    assert desk.jobs.get(customer.job).notes == 0
    assert [note.id for note in desk.notes.page(mine.job).rows] == [mine.note]
    with pytest.raises(NotFound):
        rosa.notes.page(mine.job)


def test_a_reseller_reads_nothing_of_its_own_account(
    desk: StaffDesk, rosa: StaffDesk, hub: int, customer: Ids
) -> None:
    fill(desk, hub)
    own = [customer.account, customer.other]
    assert [row.id for row in rosa.search.page("").rows] == own
    assert rosa.search.page("hub").rows == ()
    assert (rosa.account_count(), rosa.jobs.open_count()) == (2, 1)
    assert {member.login for member in rosa.staff()} == {"rosa"}
    events = rosa.history.page(HistoryFilter(account=customer.account))
    assert {event.actor for event in events.rows} == {"rosa"}


def test_bringing_back_work_of_a_reseller_is_refused_by_whose_it_is(
    desk: StaffDesk, rosa: StaffDesk, customer: Ids
) -> None:
    """Whatever else would be in the way of it."""
    rosa.jobs.set_status(customer.job, JobStatus.FINISHED)
    rosa.undo.reverse(customer.removed_job_event)
    for event in (customer.removed_task_event, customer.removed_job_event):
        with pytest.raises(NotAllowed, match=f"belongs to reseller {rosa.provider}"):
            desk.undo.reverse(event)
