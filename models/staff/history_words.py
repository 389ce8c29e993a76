"""Entries of the history in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.currency import Currency
from models.duration import format_time
from models.moments import short
from models.money import format_minor
from models.values import Change, EventKind, JobStatus

Fields = Mapping[str, object]

LONGEST_NAME = 40
"""Characters that words for a key or a message give to what somebody wrote."""

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

_SPOKEN = {"Shown to customer": "visibility", "Visible to customer": "visibility"}
"""Names of fields that do not go into a sentence."""

_UNSPOKEN = frozenset({"done_at", "finished_at", "removed_at"})
"""Moments that an entry holds to be taken back exactly; people read them off other fields."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the history, as far as words need it.

    `undone` is the kind of the entry that this one takes back, or does `again`; `currency` is that
    of the job or the account.
    """

    kind: str
    job: int | None
    record: int | None
    before: Fields
    after: Fields
    currency: str
    undone: str = ""
    again: bool = False


def summary(entry: Entry) -> str:
    """Say in one line what happened, such as `#57: New → In progress`."""
    place = f"#{entry.job}" if entry.job else "Account"
    if entry.undone:
        return f"{place}: {'redone' if entry.again else 'undone'}: {_undone(entry)}"
    match entry.kind:
        case EventKind.JOB_STATUS:
            return f"{place}: {_from_to('status', entry)}"
        case EventKind.JOB_MOVED:
            return f"{place} moved to account {entry.after.get('account')}: {_name(entry)}"
        case EventKind.JOB_RECEIVED:
            return f"{place} came from account {entry.before.get('account')}: {_name(entry)}"
        case EventKind.IMPORT_RUN:
            counts = ", ".join(f"{count} {name}" for name, count in entry.after.items())
            return f"Import: {counts}"
        case EventKind.ACCESS_ADDED | EventKind.ACCESS_REMOVED:
            return _access(entry)
    noun, _, verb = entry.kind.partition("-")
    if noun == "job" or not entry.job:
        happened = f"{place} {verb if noun in ('job', 'account') else _plain(entry.kind)}"
    else:
        happened = f"{place}: {_plain(entry.kind)}"
    name = _changed_fields(entry) or _name(entry)
    return happened + (f": {name}" if name else "")


def changes_in_words(before: Fields, after: Fields, currency: str) -> tuple[Change, ...]:
    """Return each field that an entry holds, as it was and as it became."""
    changes = (
        Change(
            _field(name),
            _in_words(name, before.get(name), currency),
            _in_words(name, after.get(name), currency),
        )
        for name in dict.fromkeys([*before, *after])
        if name not in _UNSPOKEN
    )
    return tuple(change for change in changes if change.before != change.after)


def deed(entry: Entry) -> str:
    """Say what somebody did, to go on after a name: `set the status of #57 to On hold`."""
    thing = thing_of(entry.kind, entry.job, entry.record)
    fields = _changed_fields(entry).lower()
    match entry.kind.partition("-")[2]:
        case "status":
            return f"set the status of {thing} to {_value('status', entry.after, entry.currency)}"
        case "moved" | "received":
            return f"moved {thing} to account {entry.after.get('account')}"
        case "done" | "planned" as state:
            return f"marked {thing} as {state}"
        case "restored":
            return f"brought back {thing}"
        case "added" | "removed" as verb:
            return f"{verb} {thing}"
    match _shown(entry):
        case True:
            return f"showed {thing} to the customer"
        case False:
            return f"hid {thing} from the customer"
    return f"changed the {shortened(fields)} of {thing}" if fields else f"changed {thing}"


def effect(entry: Entry, name: str, *, again: bool) -> str:
    """Say what the entry will do that takes one back: `status of #57 back to New`.

    `name` is what the record is called, `again` tells that something is done again.
    """
    thing = thing_of(entry.kind, entry.job, entry.record, shortened(name))
    back = "" if again else "back "
    match entry.kind.partition("-")[2]:
        case "status":
            return f"status of {thing_of(entry.kind, entry.job, entry.record)} {back}to " + (
                _value("status", entry.after, entry.currency)
            )
        case "moved" | "received":
            return f"{thing} {back}to account {entry.after.get('account')}"
        case "done" | "planned" as state:
            return f"{thing} {state}" + ("" if again else " again")
        case "restored":
            return thing if again else f"{thing} back in its place"
        case "removed":
            return f"{thing} taken off" + ("" if again else " again")
    shown = _shown(entry)
    if shown is not None:
        readers = "shown to the customer" if shown else "staff only"
        return f"{thing} {readers}" + ("" if again else " again")
    return f"{_change_of(entry)} of {thing}" + _new_value(entry, back)


def thing_of(kind: str, job: int | None, record: int | None, name: str = "") -> str:
    """Name what an entry is about: `#57 Site redesign`, `task 211 Wireframes of #57`."""
    noun = kind.partition("-")[0]
    named = f" {name}" if name else ""
    return f"#{job}{named}" if noun == "job" else f"{noun} {record}{named} of #{job}"


def when(at: int, now: int) -> str:
    """Say when somebody did something: `at 14:02` today, else `on 2026-11-20 at 14:02`."""
    date, time = short(at).split(" ")
    return f"at {time}" if short(now).startswith(date) else f"on {date} at {time}"


def shortened(text: str) -> str:
    """Return a text without most of its end, where it is long."""
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1].rstrip()}…"


def _undone(entry: Entry) -> str:
    """Say what was undone: a changed field with its values, all else by its kind and name."""
    match entry.kind:
        case EventKind.JOB_STATUS:
            return f"status {_from_to('status', entry)}"
        case EventKind.JOB_MOVED | EventKind.JOB_RECEIVED:
            return f"account {_from_to('account', entry)}"
    name = _changed_fields(entry) or _name(entry)
    return _plain(entry.undone) + (f": {name}" if name else "")


def _name(entry: Entry) -> str:
    """Return what the record is called: a description, or the first line of a note."""
    for fields in (entry.after, entry.before):
        if name := fields.get("description") or fields.get("body"):
            return str(name).partition("\n")[0]
    return ""


def _changed_fields(entry: Entry) -> str:
    """Return the names of the fields that a mere change is about."""
    if not entry.kind.endswith("-changed"):
        return ""
    changes = changes_in_words(entry.before, entry.after, entry.currency)
    return ", ".join(_SPOKEN.get(change.field, change.field.lower()) for change in changes)


def _shown(entry: Entry) -> bool | None:
    """Tell what the entry says about who sees something; None if it is about more than that."""
    match list(entry.after):
        case ["visible_to_customer" | "shown_to_customer" as name]:
            return bool(entry.after[name])
    return None


def _change_of(entry: Entry) -> str:
    return shortened(_changed_fields(entry)) or "change"


def _new_value(entry: Entry, back: str) -> str:
    """Return the value that the one changed field gets; nothing where there are several."""
    changes = changes_in_words(entry.before, entry.after, entry.currency)
    if len(changes) != 1:
        return " back as before" if back else ""
    return f" {back}to {shortened(changes[0].after) or 'nothing'}".replace("\n", " ")


def _access(entry: Entry) -> str:
    fields = entry.after or entry.before
    verb = "added" if entry.kind == EventKind.ACCESS_ADDED else "removed"
    key = fields.get("comment") or fields.get("fingerprint")
    return f"Access {fields.get('access')} {verb}: {key}"


def _from_to(field: str, entry: Entry) -> str:
    before, after = (_value(field, it, entry.currency) for it in (entry.before, entry.after))
    return f"{before} → {after}"


def _plain(kind: str) -> str:
    return kind.replace("-", " ")


def _field(name: str) -> str:
    return _NAMES.get(name, name.replace("_", " ").capitalize())


def _value(field: str, fields: Fields, currency: str) -> str:
    return _in_words(field, fields.get(field), currency)


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
