"""What becomes of a made-up job from its first day on, and how it gets into the ledger."""

import datetime
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial

from models.demo.customers import Customer
from models.demo.ledger import Entry, Ledger, Member, Row
from models.demo.office import WORKDAY, Office
from models.drafts import JobDraft, TaskDraft
from models.values import JobStatus, Pricing

SHORTEST = WORKDAY // 2
"""Seconds of work that a job which was begun takes at least."""

_TYPING = 150
"""Seconds from one entry to the next while a job is being written down."""

_PAUSE = 300
"""Seconds between two steps of the work at least."""

_REGRET = 90_000
"""Milliseconds until a mistake is noticed; less than a pause."""

_BILLING = 3 * WORKDAY
"""Seconds of work from the end of a job to its invoice."""

Step = tuple[Member, Callable[[Entry], object]]


class Twist(Enum):
    """Something in the course of a job that does not go straight."""

    REMOVED_JOB = auto()
    REMOVED_TASK = auto()
    REMOVED_NOTE = auto()
    REOPENED = auto()
    HANDED_OVER = auto()


@dataclass(frozen=True, slots=True)
class JobPlan:
    """A job as it stands by now and how it came there; times in seconds of work before today."""

    customer: Customer
    team: tuple[Member, ...]
    """Who works on it; the first one wrote it down."""
    job: JobDraft
    tasks: tuple[TaskDraft, ...]
    """Each is done by now if it says so."""
    status: JobStatus
    started: int
    ended: int
    """When the last thing happened."""
    notes: tuple[tuple[str, bool], ...] = ()
    """Each with whether the customer sees it."""
    last_words: str = ""
    """A note for staff before the last change of the status."""
    due_in_days: int | None = None
    """From today on; negative for overdue."""
    invoice: str = ""
    twist: Twist | None = None


class Storyteller:
    """Writes plans into a ledger, step by step, each step at a moment of its own."""

    def __init__(self, ledger: Ledger, office: Office, rng: random.Random) -> None:
        """Write into `ledger`, at moments of `office` that `rng` picks."""
        self._ledger = ledger
        self._office = office
        self._rng = rng

    def tell(self, plan: JobPlan) -> None:
        """Write down a job and all that happened to it."""
        job, tasks = self._written_down(plan)
        steps = self._steps(plan, job, tasks)
        for (member, step), seconds_ago in zip(steps, self._times(plan, len(steps)), strict=True):
            step(self._entry(seconds_ago, member))
        if plan.invoice:
            entry = self._entry(max(plan.ended - _BILLING, 0), plan.team[0])
            for task in tasks:
                self._ledger.bill(entry, task, plan.invoice)

    def _written_down(self, plan: JobPlan) -> tuple[Row, list[Row]]:
        """Add the job with its tasks, all of them planned."""
        owner = plan.team[0]
        due = ""
        if plan.due_in_days is not None:
            due = (self._office.today + datetime.timedelta(plan.due_in_days)).isoformat()
        draft = replace(plan.job, due=due)
        job = self._ledger.add_job(self._entry(plan.started, owner), plan.customer, draft)
        tasks = [
            self._ledger.add_task(
                self._entry(plan.started - place * _TYPING, owner), job, replace(task, done=False)
            )
            for place, task in enumerate(plan.tasks)
        ]
        return job, tasks

    def _times(self, plan: JobPlan, count: int) -> list[int]:
        """Return when so many steps were taken, the last one at the end."""
        written = plan.started - len(plan.tasks) * _TYPING
        between = range(plan.ended + _PAUSE, written - _PAUSE, _PAUSE)
        times = sorted(self._rng.sample(between, max(count - 1, 0)), reverse=True)
        return [*times, plan.ended][:count] if count else []

    def _entry(self, seconds_ago: int, member: Member) -> Entry:
        return Entry(self._office.moment(seconds_ago), member)

    # -- steps ---------------------------------------------------------------------------------

    def _steps(self, plan: JobPlan, job: Row, tasks: list[Row]) -> list[Step]:
        """Return what happened after the job was written down, in order."""
        owner = plan.team[0]
        notes = self._notes(plan, job)
        if plan.twist is Twist.REMOVED_JOB:
            return [(owner, partial(self._ledger.remove_job, job=job))]
        if plan.status is JobStatus.NEW:
            return notes
        work = [(owner, self._to(job, JobStatus.IN_PROGRESS)), *self._work(plan, tasks)]
        for note in [*notes, *self._detours(plan, job)]:
            work.insert(self._rng.randint(1, len(work)), note)
        return work + self._ending(plan, job, tasks)

    def _to(self, job: Row, status: JobStatus) -> Callable[[Entry], object]:
        return partial(self._ledger.set_status, job=job, status=status)

    def _notes(self, plan: JobPlan, job: Row) -> list[Step]:
        return [
            (
                self._rng.choice(plan.team),
                partial(self._ledger.add_note, job=job, body=body, visible_to_customer=visible),
            )
            for body, visible in plan.notes
        ]

    def _work(self, plan: JobPlan, tasks: list[Row]) -> list[Step]:
        return [
            (self._rng.choice(plan.team), partial(self._ledger.set_done, task=task))
            for task, draft in zip(tasks, plan.tasks, strict=True)
            if draft.done
        ]

    def _detours(self, plan: JobPlan, job: Row) -> list[Step]:
        owner = plan.team[0]
        if plan.twist is Twist.REMOVED_TASK:
            return [(owner, partial(self._task_by_mistake, job=job, draft=plan.tasks[0]))]
        if plan.twist is Twist.REMOVED_NOTE:
            return [(owner, partial(self._note_by_mistake, job=job))]
        if plan.twist is Twist.HANDED_OVER:
            hand_over = partial(self._ledger.hand_over, job=job, old=owner, new=plan.team[-1])
            return [(owner, hand_over)]
        return []

    def _task_by_mistake(self, entry: Entry, job: Row, draft: TaskDraft) -> None:
        task = self._ledger.add_task(entry, job, replace(draft, done=False))
        self._ledger.remove_task(replace(entry, at=entry.at + _REGRET), task)

    def _note_by_mistake(self, entry: Entry, job: Row) -> None:
        note = self._ledger.add_note(entry, job, "Call back after lunch.", False)
        self._ledger.remove_note(replace(entry, at=entry.at + _REGRET), note)

    def _ending(self, plan: JobPlan, job: Row, tasks: list[Row]) -> list[Step]:
        owner = plan.team[0]
        ending: list[Step] = []
        if plan.last_words:
            note = partial(
                self._ledger.add_note, job=job, body=plan.last_words, visible_to_customer=False
            )
            ending.append((owner, note))
        if plan.twist is Twist.REOPENED:
            ending += [
                (owner, self._to(job, plan.status)),
                (owner, self._to(job, JobStatus.IN_PROGRESS)),
                (owner, partial(self._correction, job=job, tasks=tasks)),
            ]
        if plan.status is not JobStatus.IN_PROGRESS:
            ending.append((owner, self._to(job, plan.status)))
        return ending

    def _correction(self, entry: Entry, job: Row, tasks: list[Row]) -> None:
        """Add work that was forgotten and is done at once, free of charge."""
        draft = TaskDraft("Correction", Pricing.FREE, time="0:20", done=True)
        tasks.append(self._ledger.add_task(entry, job, draft))
