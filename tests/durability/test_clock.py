"""A clock that goes backwards: nothing is refused, and order is that of what happened."""

import random
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from models.drafts import JobDraft
from models.moments import ago
from models.opening import open_for_staff
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.values import JobStatus
from tests.models.desks import READINGS, WRITINGS, fill, hourly, undone
from tests.models.import_files import counts, load, whm, whm_account

NOW = 1_768_910_400_000
DAY = 86_400_000
YEAR = 365 * DAY

Clock = Callable[[], int]


@contextmanager
def desk_with(clock: Clock, path: Path, login: str = "anna") -> Iterator[StaffDesk]:
    with closing(open_for_staff(path)) as database:
        yield StaffDesk(database, Actor(login), clock=clock)


def always_back() -> Clock:
    """A clock that is a day earlier each time one looks."""
    moments = iter(range(NOW, 0, -DAY))
    return lambda: next(moments)


def jumping() -> Clock:
    """A clock that is set again and again, by seconds and by hours."""
    chance = random.Random(1)
    return lambda: NOW + chance.choice((1, 60, 3600)) * chance.randint(-5000, 5000)


@pytest.mark.parametrize("kind_of_clock", [always_back, jumping])
def test_every_operation_works_by_a_clock_that_goes_backwards(
    path: Path, kind_of_clock: Callable[[], Clock]
) -> None:
    with desk_with(kind_of_clock(), path) as desk:
        ids = fill(desk, 1001)
        for operation in READINGS.values():
            operation(desk, ids)
        for operation in WRITINGS.values():
            with undone(desk):
                operation(desk, ids)
        assert counts(load(desk, "whm", whm(whm_account("a")))) == (1, 0, 0, 0)
        assert desk.database.integrity_problems() == []


def test_the_history_is_in_the_order_of_what_happened(path: Path) -> None:
    with desk_with(lambda: NOW, path) as now, desk_with(lambda: NOW - YEAR, path, "ben") as before:
        job = now.jobs.add(1001, JobDraft("Site redesign"))
        before.jobs.set_status(job.id, JobStatus.ON_HOLD)
        now.tasks.add(job.id, hourly())
        before.tasks.add(job.id, hourly(description="Later, by a clock that is slow"))
        history = now.history.page().rows
        newest_two = now.history.page(limit=2).rows
        tasks = now.tasks.page(job.id).rows
    assert [(entry.kind, entry.actor, entry.at) for entry in history] == [
        ("task-added", "ben", NOW - YEAR),
        ("task-added", "anna", NOW),
        ("job-status", "ben", NOW - YEAR),
        ("job-added", "anna", NOW),
    ]
    assert [entry.id for entry in history] == [4, 3, 2, 1]
    assert newest_two == history[:2]
    assert [task.description for task in tasks] == ["Wireframes", "Later, by a clock that is slow"]


def test_a_job_may_be_finished_before_it_was_added(path: Path) -> None:
    with desk_with(lambda: NOW, path) as now, desk_with(lambda: NOW - YEAR, path) as before:
        job = now.jobs.add(1001, JobDraft("Site redesign"), hourly())
        finished = before.jobs.set_status(job.id, JobStatus.FINISHED).finished
        assert (job.created, finished) == (NOW, NOW - YEAR)
        assert now.jobs.page(1001).rows[0].finished == NOW - YEAR


def test_what_is_still_to_come_by_the_clock_was_just_now() -> None:
    for later in (1, 60_000, DAY, YEAR):
        assert ago(NOW + later, NOW) == ago(NOW, NOW) == "just now"
