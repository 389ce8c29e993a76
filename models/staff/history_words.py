"""Entries of the history in words."""

from collections.abc import Mapping

from models.currency import Currency
from models.duration import format_time
from models.money import format_minor
from models.staff.session import EventKind
from models.values import Change, JobStatus

Fields = Mapping[str, object]

_NAMES = {
    "rate_minor": "Rate",
    "minutes": "Time",
    "amount_minor": "Amount",
    "worked_on": "Worked on",
    "worked_by": "Worked by",
    "shown_to_customer": "Shown to customer",
    "visible_to_customer": "Visible to customer",
    "created_at": "Created",
    "balance_minor": "Balance",
}


def summary(kind: EventKind, job: int | None, before: Fields, after: Fields, currency: str) -> str:
    """Say in one line what happened, such as `#57: New → In progress`."""
    place = f"#{job}" if job else "Account"
    if kind is EventKind.JOB_STATUS:
        return f"{place}: {_status(before)} → {_status(after)}"
    if kind is EventKind.IMPORT_RUN:
        counts = ", ".join(f"{count} {name}" for name, count in after.items())
        return f"Import: {counts}"
    if kind in (EventKind.ACCESS_ADDED, EventKind.ACCESS_REMOVED):
        return _access(kind, after or before)
    noun, verb = kind.value.split("-")
    name = str(after.get("description") or before.get("description") or "")
    if kind in (EventKind.NOTE_ADDED, EventKind.NOTE_REMOVED):
        name = str(after.get("body") or before.get("body") or "").partition("\n")[0]
    if kind in (EventKind.JOB_CHANGED, EventKind.ACCOUNT_CHANGED, EventKind.TASK_CHANGED):
        name = ", ".join(
            change.field.lower() for change in changes_in_words(before, after, currency)
        )
    what = noun if noun != "job" and job else ""
    return " ".join(part for part in (f"{place}:" if what else place, what, verb) if part) + (
        f": {name}" if name else ""
    )


def changes_in_words(before: Fields, after: Fields, currency: str) -> tuple[Change, ...]:
    """Return each field that an entry holds, as it was and as it became."""
    changes = (
        Change(
            _NAMES.get(name, name.replace("_", " ").capitalize()),
            _in_words(name, before.get(name), currency),
            _in_words(name, after.get(name), currency),
        )
        for name in dict.fromkeys([*before, *after])
    )
    return tuple(change for change in changes if change.before != change.after)


def _access(kind: EventKind, fields: Fields) -> str:
    verb = "added" if kind is EventKind.ACCESS_ADDED else "removed"
    key = fields.get("comment") or fields.get("fingerprint")
    return f"Access {fields.get('access')} {verb}: {key}"


def _status(fields: Fields) -> str:
    return JobStatus(str(fields["status"])).label


def _in_words(name: str, value: object, currency: str) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name.endswith("_minor") and isinstance(value, int) and currency:
        return f"{format_minor(value, Currency.of(currency))} {currency}"
    if name == "minutes" and isinstance(value, int):
        return format_time(value)
    if name == "status" and value in list(JobStatus):
        return JobStatus(str(value)).label
    return str(value)
