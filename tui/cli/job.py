"""`customjobs job`: adding, listing, showing, changing and moving custom jobs."""

from argparse import Namespace

from models.drafts import JobDraft
from models.values import Job
from tui.cli import readable, shapes
from tui.cli.answers import answer, answer_json, tell
from tui.cli.every_page import every
from tui.cli.invocation import staff_desk


def add(options: Namespace) -> int:
    """Add a job to an account and answer with it."""
    draft = JobDraft(
        description=options.description,
        details=options.details,
        assignee=options.assignee,
        due=options.due,
        reference=options.reference,
        shown_to_customer=not options.hidden,
    )
    with staff_desk(options) as desk:
        job = desk.jobs.add(options.account, draft)
    _answer_job(options, job)
    return 0


def list_jobs(options: Namespace) -> int:
    """Answer with the jobs of an account, or of all accounts in reach."""
    with staff_desk(options) as desk, desk.session.reading():
        jobs = every(
            lambda offset, limit: desk.jobs.page(options.account, options.status, offset, limit)
        )
    if options.json:
        answer_json(shapes.listing(list(map(shapes.job, jobs)), len(jobs)))
    else:
        answer(readable.jobs(jobs, desk.provider))
    return 0


def search(options: Namespace) -> int:
    """Answer with the jobs in which all the words occur, the newest first."""
    text = f"job: {' '.join(options.text)}"
    with staff_desk(options) as desk, desk.session.reading():
        page = desk.search.jobs(text, limit=options.limit)
        count = desk.search.count(text)
    if options.json:
        items = list(map(shapes.job_hit, page.rows))
        answer_json(shapes.listing(items, count.total, exact=count.exact))
    else:
        answer(readable.job_hits(page.rows, count))
    return 0


def show(options: Namespace) -> int:
    """Answer with a job, its tasks and its notes, as they were at one moment."""
    with staff_desk(options) as desk, desk.session.reading():
        job = desk.jobs.get(options.job)
        tasks = every(lambda offset, limit: desk.tasks.page(job.id, offset, limit))
        notes = every(lambda offset, limit: desk.notes.page(job.id, offset, limit))
    if options.json:
        answer_json(shapes.whole_job(job, tasks, notes))
    else:
        answer(readable.whole_job(job, tasks, notes))
    return 0


def set_status(options: Namespace) -> int:
    """Set the status of a job and answer with the job; planned tasks stay planned."""
    with staff_desk(options) as desk:
        job = desk.jobs.set_status(options.job, options.status)
    _answer_job(options, job)
    planned = job.totals.planned_tasks
    if job.status.is_closed and planned:
        tell(f"#{job.id} still has {planned} planned {'task' if planned == 1 else 'tasks'}.")
    return 0


def move(options: Namespace) -> int:
    """Move a job to another account and answer with it."""
    with staff_desk(options) as desk:
        job = desk.jobs.move(options.job, options.account)
    _answer_job(options, job)
    return 0


def add_note(options: Namespace) -> int:
    """Add a note to a job and answer with it."""
    with staff_desk(options) as desk:
        note = desk.notes.add(options.job, options.text, visible_to_customer=options.customer)
    if options.json:
        answer_json(shapes.note(note))
    else:
        answer(readable.note(note))
    return 0


def _answer_job(options: Namespace, job: Job) -> None:
    if options.json:
        answer_json(shapes.job(job))
    else:
        answer(readable.job(job))
