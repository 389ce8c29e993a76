"""Draws the work that customers of the made-up company order, as plans."""

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from models.currency import Currency
from models.demo.customers import DAY_MS, RATES, Customer
from models.demo.ledger import Member
from models.demo.office import WORKDAY
from models.demo.plans import SHORTEST, JobPlan, Twist
from models.demo.work import CANCELLATIONS, HOLDUPS, Kind, Piece
from models.drafts import JobDraft, TaskDraft
from models.duration import format_time
from models.money import format_minor, hourly_amount
from models.values import AccountStatus, JobStatus, Pricing

Choice = TypeVar("Choice")

_MOST_WORKDAYS = 500
"""How long ago the first work was ordered: two years."""

_SETTLING_DAYS = 5
"""Workdays from a customer's coming to the first order at least."""

_LONGEST_WORK = 25 * WORKDAY
_LONGEST_SILENCE = 8 * WORKDAY
_BILLED_AFTER = 8 * WORKDAY

_INVOICES = 31_400
"""The number that the next invoice would have."""

_STATUSES = (
    (3, {JobStatus.NEW: 14, JobStatus.IN_PROGRESS: 5, JobStatus.FINISHED: 1}),
    (
        20,
        {
            JobStatus.NEW: 6,
            JobStatus.IN_PROGRESS: 24,
            JobStatus.ON_HOLD: 6,
            JobStatus.FINISHED: 11,
            JobStatus.CANCELED: 3,
        },
    ),
    (
        60,
        {
            JobStatus.IN_PROGRESS: 9,
            JobStatus.ON_HOLD: 6,
            JobStatus.FINISHED: 31,
            JobStatus.CANCELED: 4,
        },
    ),
    (
        _MOST_WORKDAYS + 1,
        {
            JobStatus.IN_PROGRESS: 1,
            JobStatus.ON_HOLD: 2,
            JobStatus.FINISHED: 88,
            JobStatus.CANCELED: 9,
        },
    ),
)
"""How many of the jobs up to so many workdays old have which status."""

_TWISTS: dict[Twist | None, int] = {
    Twist.REMOVED_JOB: 2,
    Twist.REMOVED_TASK: 3,
    Twist.REMOVED_NOTE: 2,
    Twist.REOPENED: 3,
    Twist.HANDED_OVER: 4,
    None: 86,
}


class Orders:
    """Draws the jobs of customers."""

    def __init__(self, rng: random.Random, now_ms: int) -> None:
        """Draw by `rng` jobs that were begun before `now_ms`."""
        self._rng = rng
        self._now_ms = now_ms

    def draw(
        self, customer: Customer, team: tuple[Member, ...], kinds: tuple[Kind, ...]
    ) -> JobPlan:
        """Return a job of one of the `kinds`, done by people of the `team`."""
        rng = self._rng
        people = tuple(rng.sample(team, 2))
        kind = rng.choice(kinds)
        started = self._started(customer)
        status = self._status(customer, started)
        ended = self._ended(status, started)
        twist = self._twist(status)
        return JobPlan(
            customer=customer,
            team=people,
            job=self._job(kind, customer, people, twist),
            tasks=self._tasks(kind, customer, people, status),
            status=status,
            started=started,
            ended=ended,
            notes=self._notes(kind, customer),
            last_words=_told(self._last_words(status), customer),
            due_in_days=self._due(status, started, ended),
            invoice=self._invoice(status, ended, twist),
            twist=twist,
        )

    # -- course --------------------------------------------------------------------------------

    def _started(self, customer: Customer) -> int:
        """Return a time since the customer came; more of them are recent."""
        stay = (self._now_ms - customer.created_at) // DAY_MS
        workdays = min(stay * 5 // 7 - _SETTLING_DAYS, _MOST_WORKDAYS)
        return SHORTEST + self._rng.randrange(self._rng.randrange(1, workdays * WORKDAY))

    def _status(self, customer: Customer, started: int) -> JobStatus:
        status = self._drawn(
            next(shares for workdays, shares in _STATUSES if started <= workdays * WORKDAY)
        )
        if customer.status == AccountStatus.CLOSED and not status.is_closed:
            return JobStatus.CANCELED
        return status

    def _ended(self, status: JobStatus, started: int) -> int:
        latest = started - SHORTEST
        if status.is_closed:
            return max(latest - self._rng.randrange(_LONGEST_WORK), 0)
        return self._rng.randrange(min(latest, _LONGEST_SILENCE) + 1)

    def _twist(self, status: JobStatus) -> Twist | None:
        twist = self._drawn(_TWISTS)
        return None if twist is Twist.REOPENED and status is not JobStatus.FINISHED else twist

    def _due(self, status: JobStatus, started: int, ended: int) -> int | None:
        if self._rng.random() < 0.4:
            return None
        if status.is_closed:
            return self._rng.randrange(-2, 8) - _days(ended)
        return self._rng.randrange(max(-12, -_days(started)), 30)

    def _invoice(self, status: JobStatus, ended: int, twist: Twist | None) -> str:
        recent = ended < _BILLED_AFTER
        if status is not JobStatus.FINISHED or twist is Twist.REMOVED_JOB or recent:
            return ""
        return f"Invoice {_INVOICES - ended // (WORKDAY // 4)}" if self._rng.random() < 0.8 else ""

    # -- texts ---------------------------------------------------------------------------------

    def _job(
        self, kind: Kind, customer: Customer, people: tuple[Member, ...], twist: Twist | None
    ) -> JobDraft:
        rng = self._rng
        description = kind.description
        if rng.random() < 0.2:
            description += f", {rng.choice(customer.domains)}"
        assigned = twist is Twist.HANDED_OVER or rng.random() < 0.7
        return JobDraft(
            description=description,
            details=kind.details if rng.random() < 0.8 else "",
            assignee=people[0].login if assigned else "",
            reference=f"Ticket {rng.randrange(10_400, 98_000)}" if rng.random() < 0.4 else "",
            shown_to_customer=rng.random() < 0.94,
        )

    def _tasks(
        self, kind: Kind, customer: Customer, people: tuple[Member, ...], status: JobStatus
    ) -> tuple[TaskDraft, ...]:
        count = max(len(kind.pieces) - self._rng.choice((0, 0, 1)), 1)
        pieces = [
            kind.pieces[place] for place in sorted(self._rng.sample(range(len(kind.pieces)), count))
        ]
        done = {JobStatus.FINISHED: count, JobStatus.NEW: 0}.get(status, self._rng.randrange(count))
        return tuple(
            self._task(piece, customer, people, done=place < done)
            for place, piece in enumerate(pieces)
        )

    def _task(
        self, piece: Piece, customer: Customer, people: tuple[Member, ...], *, done: bool
    ) -> TaskDraft:
        rng = self._rng
        currency = Currency.of(customer.currency)
        note = rng.choice(piece.notes) if piece.notes and rng.random() < 0.7 else ""
        draft = TaskDraft(
            description=_told(piece.description, customer),
            pricing=piece.pricing,
            note=_told(note, customer),
            done=done,
            worked_by=people[1].login if rng.random() < 0.15 else "",
        )
        usual = RATES[customer.currency]
        if piece.pricing is Pricing.FIXED:
            price = hourly_amount(usual, abs(piece.minutes))
            amount = format_minor(price if piece.minutes > 0 else -price, currency)
            return replace(draft, amount=amount)
        minutes = max(piece.minutes * rng.choice((3, 4, 4, 4, 5, 6)) // 20 * 5, 5)
        rate = customer.agreed_rate_minor or usual
        shown = piece.pricing is Pricing.HOURLY or rng.random() < 0.5
        return replace(
            draft,
            rate=format_minor(rate, currency) if shown else "",
            time=format_time(minutes),
        )

    def _notes(self, kind: Kind, customer: Customer) -> tuple[tuple[str, bool], ...]:
        texts = [(text, True) for text in kind.for_customer]
        texts += [(text, False) for text in kind.for_staff]
        return tuple(
            (_told(text, customer), seen) for text, seen in texts if self._rng.random() < 0.6
        )

    def _last_words(self, status: JobStatus) -> str:
        if status is JobStatus.ON_HOLD:
            return self._rng.choice(HOLDUPS)
        if status is JobStatus.CANCELED:
            return self._rng.choice(CANCELLATIONS)
        return ""

    def _drawn(self, shares: Mapping[Choice, int]) -> Choice:
        return self._rng.choices(tuple(shares), tuple(shares.values()))[0]


def _told(text: str, customer: Customer) -> str:
    """Return a text of the word lists with the customer's name and domain in it."""
    return text.replace("{given}", customer.given_name).replace("{domain}", customer.domains[0])


def _days(seconds_of_work: int) -> int:
    return seconds_of_work // WORKDAY * 7 // 5
