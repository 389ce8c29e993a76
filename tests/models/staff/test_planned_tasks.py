"""What becomes of planned tasks when their job is finished."""

import pytest

from models.staff.desk import StaffDesk
from models.staff.tasks import PlannedTasks
from models.values import JobStatus
from tests.models.desks import Clock, entries, free, hourly


@pytest.mark.parametrize(
    ("choice", "tasks", "done", "kinds"),
    [
        (PlannedTasks.KEEP, 3, 1, []),
        (PlannedTasks.DONE, 3, 3, ["task-done", "task-done"]),
        (PlannedTasks.REMOVE, 1, 1, ["task-removed", "task-removed"]),
    ],
)
def test_finishing_a_job_does_with_its_planned_tasks_as_was_chosen(
    desk: StaffDesk, job: int, choice: PlannedTasks, tasks: int, done: int, kinds: list[str]
) -> None:
    desk.tasks.add(job, hourly(description="Done already", done=True))
    planned = [desk.tasks.add(job, draft).id for draft in (hourly(), free())]
    before = len(entries(desk))

    totals = desk.jobs.set_status(job, JobStatus.FINISHED, planned=choice).totals

    assert (totals.tasks, totals.done_tasks, totals.planned_tasks) == (tasks, done, tasks - done)
    written = entries(desk)[before:]
    assert [entry.kind for entry in written] == ["job-status", *kinds]
    assert [entry.record for entry in written[1:]] == (planned if kinds else [])


def test_only_finishing_settles_planned_tasks(desk: StaffDesk, job: int) -> None:
    desk.tasks.add(job, hourly())
    for status in (JobStatus.CANCELED, JobStatus.ON_HOLD):
        totals = desk.jobs.set_status(job, status, planned=PlannedTasks.REMOVE).totals
        assert (totals.tasks, totals.done_tasks) == (1, 0)


def test_removed_tasks_stay_removed_when_planned_ones_are_done(desk: StaffDesk, job: int) -> None:
    desk.tasks.remove(desk.tasks.add(job, hourly()).id)
    finished = desk.jobs.set_status(job, JobStatus.FINISHED, planned=PlannedTasks.DONE)
    assert finished.totals.tasks == 0
    assert entries(desk)[-1].kind == "job-status"


def test_tasks_done_with_their_job_are_todays_and_the_actors(
    desk: StaffDesk, job: int, clock: Clock
) -> None:
    mine = desk.tasks.add(job, hourly())
    bens = desk.tasks.add(job, hourly(worked_by="ben"))
    clock.pass_days(2)
    desk.jobs.set_status(job, JobStatus.FINISHED, planned=PlannedTasks.DONE)
    for task, worker in ((mine, "anna"), (bens, "ben")):
        settled = desk.tasks.get(task.id)
        assert (settled.done, settled.worked_on) == (clock.now, clock.today)
        assert settled.worked_by == worker
