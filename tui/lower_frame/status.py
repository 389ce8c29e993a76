"""Setting a job's status: one key and a choice, and a question where planned tasks are left."""

from models.refusals import Refused
from models.staff.desk import StaffDesk
from models.staff.tasks import PlannedTasks
from models.values import Job, JobStatus
from tui.desk_line import DeskLine
from tui.dialogs.choice import Choice, Offer
from tui.lower_frame.pane import LowerPane


async def change_status(pane: LowerPane, desk: DeskLine[StaffDesk], job: Job) -> bool:
    """Let the person choose a status and set it; return whether it was set."""
    if not job.writable:
        pane.say_read_only()
        return False
    offers = [Offer(status.value, status.label) for status in JobStatus]
    chosen = await pane.panel.ask(Choice(f"Status of #{job.id}", offers, job.status))
    if chosen is None or chosen == job.status:
        return False
    planned = PlannedTasks.KEEP
    if chosen == JobStatus.FINISHED and job.totals.planned_tasks:
        answer = await _ask_about_planned(pane, job)
        if answer is None:
            return False
        planned = answer
    try:
        await desk.ask(
            lambda it: it.jobs.set_status(
                job.id, JobStatus(chosen), seen=job.status, planned=planned
            )
        )
    except Refused as error:
        pane.say(error)
        pane.refresh_data()
        return False
    return True


async def _ask_about_planned(pane: LowerPane, job: Job) -> PlannedTasks | None:
    count = job.totals.planned_tasks
    tasks = "1 task is" if count == 1 else f"{count} tasks are"
    them = "it" if count == 1 else "them"
    offers = [
        Offer(PlannedTasks.DONE.value, f"Mark {them} as done today"),
        Offer(PlannedTasks.KEEP.value, f"Keep {them} as planned"),
        Offer(PlannedTasks.REMOVE.value, f"Remove {them} (the history can bring {them} back)"),
    ]
    answer = await pane.panel.ask(Choice(f"{tasks} still planned:", offers))
    return None if answer is None else PlannedTasks(answer)
