"""`customjobs task`: adding tasks to a job, and marking them as done."""

from argparse import Namespace

from models.drafts import TaskDraft
from models.staff.desk import StaffDesk
from models.values import Pricing, Task
from tui.cli import readable, shapes
from tui.cli.answers import answer, answer_json
from tui.cli.invocation import staff_desk


def add(options: Namespace) -> int:
    """Add a task to a job and answer with it."""
    pricing = _pricing(options)
    with staff_desk(options) as desk:
        task = desk.tasks.add(options.job, _draft(options, pricing, desk))
    _answer_task(options, task)
    return 0


def done(options: Namespace) -> int:
    """Mark a task as done and answer with it."""
    with staff_desk(options) as desk:
        task = desk.tasks.set_done(options.task, done=True)
    _answer_task(options, task)
    return 0


def _pricing(options: Namespace) -> Pricing:
    """Return how the task is charged, or leave for wrong usage."""
    if options.free:
        return Pricing.FREE
    if options.fixed is not None:
        if options.rate is not None:
            options.parser.error("argument --rate: not allowed with argument --fixed")
        return Pricing.FIXED
    if options.time is None:
        missing = "--time" if options.rate is not None else "--time, --fixed or --free"
        options.parser.error(f"the following argument is required: {missing}")
    return Pricing.HOURLY


def _draft(options: Namespace, pricing: Pricing, desk: StaffDesk) -> TaskDraft:
    """Return the task as typed; what the options leave open is as in the panel's form."""
    usual = desk.tasks.defaults(options.job)
    rate = options.rate
    if rate is None:
        rate = usual.rate if pricing is Pricing.HOURLY else ""
    return TaskDraft(
        description=options.description,
        pricing=pricing,
        rate=rate,
        time=options.time or "",
        amount=options.fixed or "",
        note=options.note,
        done=options.done or (usual.done and not options.planned),
        worked_on=options.worked_on,
        worked_by=options.by,
    )


def _answer_task(options: Namespace, task: Task) -> None:
    if options.json:
        answer_json(shapes.task(task))
    else:
        answer(readable.task(task))
