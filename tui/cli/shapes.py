"""The JSON shapes of the records: what scripts may rely on, key by key and in this order.

What is not there is null; a text that may be empty stays the empty text.
"""

from collections.abc import Sequence

from models.access.grants import Grant
from models.duration import format_time
from models.moments import iso
from models.money import Money
from models.values import Account, Event, Job, JobHit, Note, Task

Shape = dict[str, object]


def listing(items: Sequence[Shape], total: int, *, exact: bool = True) -> Shape:
    """Return a list with the number of all there are; inexact means more than that."""
    return {"items": list(items), "count": {"value": total, "exact": exact}}


def account(value: Account) -> Shape:
    """Return an account."""
    return {
        "id": value.id,
        "username": value.username,
        "domain": value.domain,
        "domains": list(value.domains),
        "person": value.person,
        "company": value.company,
        "email": value.email,
        "phone": value.phone,
        "address": {
            "street": value.address.street,
            "city": value.address.city,
            "region": value.address.region,
            "postcode": value.address.postcode,
            "country": value.address.country,
        },
        "plan": value.plan,
        "status": value.status.value,
        "status_reason": value.status_reason,
        "created": _moment(value.created),
        "currency": value.currency,
        "balance": _money(value.balance),
        "reseller": value.reseller,
        "is_reseller": value.is_reseller,
        "open_jobs": value.open_jobs,
    }


def job(value: Job) -> Shape:
    """Return a job without its tasks and notes."""
    return _job_head(value) | _job_totals(value)


def job_hit(value: JobHit) -> Shape:
    """Return a job that a search found, and what matched where its description does not."""
    return {
        "id": value.id,
        "account": value.account,
        "username": value.username,
        "customer": value.customer,
        "description": value.description,
        "status": value.status.value,
        "found": value.found and {"where": value.found.where, "text": value.found.text},
    }


def whole_job(value: Job, tasks: Sequence[Task], notes: Sequence[Note]) -> Shape:
    """Return a job with all its tasks and notes."""
    contents: Shape = {"tasks": list(map(task, tasks)), "notes": list(map(note, notes))}
    return _job_head(value) | contents | _job_totals(value)


def task(value: Task) -> Shape:
    """Return a task."""
    billed = value.billed
    return {
        "id": value.id,
        "description": value.description,
        "pricing": value.pricing.value,
        "rate": _money(value.rate),
        "time": _time(value.minutes),
        "amount": _money(value.amount),
        "note": value.note,
        "done": _moment(value.done),
        "worked_on": value.worked_on or None,
        "worked_by": value.worked_by or None,
        "billed": billed and {"at": iso(billed.at), "by": billed.by, "reference": billed.reference},
        "entered": iso(value.entered),
        "entered_by": value.entered_by,
    }


def note(value: Note) -> Shape:
    """Return a note."""
    return {
        "id": value.id,
        "body": value.body,
        "visible_to_customer": value.visible_to_customer,
        "author": value.author,
        "at": iso(value.at),
    }


def grant(value: Grant) -> Shape:
    """Return an access."""
    return {
        "id": value.id,
        "staff": value.staff or None,
        "reseller": value.reseller,
        "accounts": list(value.accounts),
        "key_type": value.key.kind,
        "fingerprint": value.key.fingerprint,
        "comment": value.key.comment,
        "created": iso(value.created),
    }


def event(value: Event) -> Shape:
    """Return an entry of the history; its changes are in words."""
    return {
        "id": value.id,
        "at": iso(value.at),
        "actor": value.actor,
        "actor_name": value.actor_name,
        "session": value.session,
        "kind": value.kind,
        "account": value.account,
        "job": value.job,
        "record": value.record,
        "summary": value.summary,
        "changes": [
            {"field": it.field, "before": it.before, "after": it.after} for it in value.changes
        ],
        "undoes": value.undoes,
    }


def _job_head(value: Job) -> Shape:
    return {
        "id": value.id,
        "account": value.account,
        "provider": value.provider,
        "description": value.description,
        "details": value.details,
        "status": value.status.value,
        "currency": value.currency,
        "assignee": value.assignee or None,
        "due": value.due or None,
        "reference": value.reference,
        "shown_to_customer": value.shown_to_customer,
        "created": iso(value.created),
        "created_by": value.created_by,
        "finished": _moment(value.finished),
    }


def _job_totals(value: Job) -> Shape:
    return {
        "time": _time(value.totals.minutes),
        "total": _money(value.totals.total),
        "done_total": _money(value.totals.done_total),
    }


def _money(value: Money | None) -> Shape | None:
    if value is None:
        return None
    return {"minor": value.minor, "currency": value.currency.code, "text": value.text}


def _time(minutes: int | None) -> Shape | None:
    return None if minutes is None else {"minutes": minutes, "text": format_time(minutes)}


def _moment(ms: int | None) -> str | None:
    return None if ms is None else iso(ms)
