"""Setting a job's status: one key and a choice, and a question where planned tasks are left."""

from models.staff.tasks import PlannedTasks
from models.values import Job, JobStatus
from tui.dialogs.choice import Choice, Offer
from tui.lower_frame.pane import StaffPane


async def change_status(pane: StaffPane, job: Job) -> None:
    """Let the person choose a status and set it."""
    offers = [Offer(status.value, status.label) for status in JobStatus]
    chosen = await pane.panel.ask(Choice(f"Status of #{job.id}", offers, job.status))
    if chosen is None or chosen == job.status:
        return
    planned: PlannedTasks | None = PlannedTasks.KEEP
    if chosen == JobStatus.FINISHED and job.totals.planned_tasks:
        planned = await _ask_about_planned(pane, job)
    if planned is not None:
        status, settled = JobStatus(chosen), planned
        await pane.change(
            lambda it: it.jobs.set_status(job.id, status, seen=job.status, planned=settled)
        )


async def _ask_about_planned(pane: StaffPane, job: Job) -> PlannedTasks | None:
    count = job.totals.planned_tasks
    tasks = "1 task is" if count == 1 else f"{count} tasks are"
    them = "it" if count == 1 else "them"
    offers = [
        Offer(PlannedTasks.DONE.value, f"Mark {them} as done today"),
        Offer(PlannedTasks.KEEP.value, f"Keep {them} as planned"),
        Offer(PlannedTasks.REMOVE.value, f"Remove {them} (u brings {them} back)"),
    ]
    answer = await pane.panel.ask(Choice(f"{tasks} still planned:", offers))
    return None if answer is None else PlannedTasks(answer)
