"""Taking one change of the history back: whether that can be done, in words, and doing it."""

import json
from dataclasses import dataclass, field

from models.pricing import amount_of
from models.refusals import Conflict, NotAllowed, NotFound, Refused
from models.staff.changes import update_versioned
from models.staff.history_words import Entry, deed, effect, thing_of, when
from models.staff.jobs import require_movable
from models.staff.reversible import (
    INVERSE,
    REVERSIBLE,
    TABLES,
    UNKNOWN,
    Fields,
    Record,
    noun_of,
    taken_back,
    values_of,
    written,
)
from models.staff.session import StaffSession
from models.staff.tasks import require_open, require_unbilled
from models.tables import Account, Event, Job, Note, Task
from models.values import EventKind, JobStatus, Pricing, Reversal

_PRICE = ("pricing", "rate_minor", "minutes", "amount_minor")


@dataclass
class _Step:
    """What becomes of one record: the fields that the change wrote, and what they will be."""

    noun: str
    row: Record
    now: Fields
    wrote: Fields = field(default_factory=dict)
    will_be: Fields = field(default_factory=dict)

    @property
    def result(self) -> Fields:
        """All fields, as they will be."""
        return self.now | self.will_be

    @property
    def name(self) -> str:
        """What people called the record: its description, or the first line of a note."""
        row = self.row
        return row.body.partition("\n")[0] if isinstance(row, Note) else row.description


class TakingBack:
    """One change of the history, which is to be taken back; used within one transaction.

    To take back what took a change back is to do that change again.
    """

    def __init__(self, session: StaffSession, number: int) -> None:
        """Read the change whose first entry has this `number`.

        Raises:
            NotAllowed: changes of this kind are not taken back.
        """
        self._session = session
        self.id = number
        of_change = (Event.id == number) | (Event.change == number)
        self._entries = list(Event.select().where(of_change).order_by(Event.id))
        if not all(entry.kind in REVERSIBLE for entry in self._entries):
            raise NotAllowed("Only changes of jobs, tasks and notes can be taken back.")
        undone = {entry.undoes_id for entry in self._entries if entry.undoes_id is not None}
        before = {it.id: it.undoes_id for it in Event.select().where(Event.id.in_(undone))}
        first = self._entries[0]
        self.takes_back = first.undoes_id is not None and before[first.undoes_id] is None
        """Whether it took an earlier change back itself."""
        self._named = {it.id: before.get(it.undoes_id or 0) or it.id for it in self._entries}
        self._job: Job = Job.get_by_id(first.job_id)
        self._steps = self._net_effect()

    def is_in_force(self) -> bool:
        """Tell whether it was not taken back yet."""
        named = self._named[self._entries[0].id]
        return not Event.select().where(Event.id == named, taken_back(Event.id)).exists()

    def is_refused(self) -> bool:
        """Tell whether something is in the way of taking it back."""
        try:
            self._require_reach()
            self._require_possible()
        except Refused:
            return True
        return False

    def described(self, *, again: bool, done: bool = False) -> Reversal:
        """Say what taking it back does, and what is in the way unless it is `done` already.

        What is out of reach by now keeps its words to itself.
        """
        name = "Redo" if again else "Undo"
        refusal = ""
        try:
            self._require_reach()
            if not done:
                self._require_possible()
        except NotFound as error:
            return Reversal(self.id, f"{name}: a change out of reach", str(error), None, None)
        except Refused as error:
            refusal = str(error)
        words = f"{name}: {self._words(again=again)}"
        return Reversal(self.id, words, refusal, self._job.account_id, self._job.id)

    def carry_out(self) -> None:
        """Take it back, within a write transaction.

        Raises:
            NotFound, NotAllowed, Conflict: see `Undo.undo`.
        """
        self._require_reach()
        self._require_possible()
        for step in self._steps.values():
            columns = self._columns(step)
            update_versioned(type(step.row), step.row.id, step.row.version, **columns)
        for entry in reversed(self._entries):
            self._record(entry)
        self._job = Job.get_by_id(self._job.id)

    # -- what it does --------------------------------------------------------------------------

    def _net_effect(self) -> dict[tuple[str, int], _Step]:
        """Return what taking back all entries does, record by record."""
        steps: dict[tuple[str, int], _Step] = {}
        for entry in self._entries:
            key = _key(entry)
            if key not in steps:
                row = TABLES[key[0]].get_by_id(key[1])
                steps[key] = _Step(key[0], row, values_of(row))
            step = steps[key]
            before, after = written(entry)
            if before.get("removed_at") is UNKNOWN:
                before |= {"removed_at": self._session.clock()}
            step.wrote |= after
            step.will_be = before | step.will_be
        return steps

    def _columns(self, step: _Step) -> dict[str, object]:
        """Return the columns of a record that get another value."""
        columns = {
            name: value for name, value in step.will_be.items() if value != step.now.get(name)
        }
        for name in ("assignee", "worked_by"):
            if login := columns.get(name):
                columns[name] = self._session.staff_id(str(login))
            elif name in columns:
                columns[name] = None
        return columns

    def _record(self, entry: Event) -> None:
        """Write the entry that takes one back."""
        step, kind = self._steps[_key(entry)], INVERSE[EventKind(entry.kind)]
        moves = kind in (EventKind.JOB_MOVED, EventKind.JOB_RECEIVED)
        before, after = _inverse(kind, step)
        self._session.record(
            kind,
            job=self._job,
            account=entry.account_id if moves else None,
            record=entry.record,
            before=before,
            after=after,
            undoes=self._named[entry.id],
        )

    def _words(self, *, again: bool) -> str:
        # What happened to the job goes before what that did to its tasks.
        first = min(self._entries, key=lambda entry: noun_of(entry) != "job")
        step = self._steps[_key(first)]
        inverse = Entry(
            INVERSE[EventKind(first.kind)],
            first.job_id,
            first.record,
            json.loads(first.after),
            json.loads(first.before),
            self._job.currency,
        )
        words = effect(inverse, step.name, again=again)
        others = len(self._steps) - 1
        return words + (f", with {others} task{'s' if others > 1 else ''}" if others else "")

    # -- whether it can be done ----------------------------------------------------------------

    def _require_reach(self) -> None:
        """Make sure that the whole change may be read here, and its job's account as well."""
        numbers = [entry.id for entry in self._entries]
        in_reach = Event.select().where(Event.id.in_(numbers), self._session.events_in_reach())
        if in_reach.count() != len(numbers):
            raise NotFound(f"There is no entry {self.id} in the history.")
        reach = self._session.accounts_in_reach()
        if not Account.select().where(Account.id == self._job.account_id, reach).exists():
            raise NotFound(f"There is no job #{self._job.id}.")

    def _require_possible(self) -> None:
        """Raise what is in the way of taking it back, if anything is."""
        self._session.require_own(self._job)
        if not self.is_in_force():
            again = "done again" if self.takes_back else "taken back"
            raise NotAllowed(f"This was {again} already.")
        for step in self._steps.values():
            self._require_place(step)
            self._require_as_written(step)
            self._require_rules(step)

    def _require_place(self, step: _Step) -> None:
        """Refuse what cannot be changed in its job as that is, or as this makes it."""
        if isinstance(step.row, Job):
            return
        of_job = self._steps.get(("job", self._job.id))
        if of_job is None and self._job.removed_at is not None:
            raise NotAllowed(f"Its job #{self._job.id} is removed: bring that back first.")
        if isinstance(step.row, Task):
            require_unbilled(step.row)
            if of_job is None or JobStatus(of_job.result["status"]).is_closed:
                require_open(self._job)

    def _require_as_written(self, step: _Step) -> None:
        """Refuse to touch a field that somebody changed since, or a record that is gone since."""
        for name, value in ({"removed_at": None} | step.wrote).items():
            now = step.now.get(name)
            if value is UNKNOWN:
                differs = now is None or self._later(step, {name}) is not None
            else:
                differs = now != value
            if differs:
                raise self._conflict(step, self._later(step, {name}))

    def _require_rules(self, step: _Step) -> None:
        """Refuse what no change may do."""
        if UNKNOWN in step.will_be.values():
            raise NotAllowed(
                f"It is not known when {_thing(step)} was done: an older program did not keep it."
            )
        if isinstance(step.row, Task) and not _adds_up(step.result):
            raise self._conflict(step, self._later(step, set(_PRICE)))
        if isinstance(step.row, Job) and step.result["account"] != step.now["account"]:
            account = self._session.account_to_change(step.result["account"])
            require_movable(step.row, account)
        if step.result["removed_at"] and not step.row.removed_at:
            self._require_as_left(step)
        self._columns(step)

    def _require_as_left(self, step: _Step) -> None:
        """Refuse to take off what is not as the change left it; with a job goes what is on it.

        Only values count: what was changed and is as it was again is no reason to refuse.
        """
        later = self._later_entries()
        left: dict[tuple[str, int], Fields] = {}
        for event in later:
            left[_key(event)] = left.get(_key(event), {}) | written(event)[0]
        differs: dict[tuple[str, int], set[str]] = {}
        for key, row in self._going_with(step).items():
            if key in left:
                now = values_of(row)
                differs[key] = {name for name, was in left[key].items() if now.get(name) != was}
        for event in later:
            if differs.get(_key(event), set()) & _names_of(event):
                raise self._conflict(step, event)

    def _going_with(self, step: _Step) -> dict[tuple[str, int], Record]:
        """Return what people do not see any more when a record is taken off: what is there."""
        gone: dict[tuple[str, int], Record] = {(step.noun, step.row.id): step.row}
        if isinstance(step.row, Job):
            for noun, table in (("task", Task), ("note", Note)):
                there = table.select().where(table.job == step.row.id, table.removed_at.is_null())
                gone |= {(noun, row.id): row for row in there}
        return gone

    def _later(self, step: _Step, names: set[str]) -> Event | None:
        """Return the newest entry after the change that wrote one of a record's fields."""
        for event in self._later_entries():
            if _key(event) == (step.noun, step.row.id) and names & _names_of(event):
                return event
        return None

    def _later_entries(self) -> list[Event]:
        """Return what was done on the job after the change, newest first."""
        return list(
            Event.select()
            .where(
                Event.job == self._job.id,
                Event.id > self._entries[-1].id,
                Event.kind.in_(sorted(REVERSIBLE)),
            )
            .order_by(Event.id.desc())
        )

    def _conflict(self, step: _Step, later: Event | None) -> Conflict:
        """Say who is in the way, by what and since when, as far as the history tells."""
        if later is None:
            return Conflict(f"{_capital(_thing(step))} was changed since.", None)
        entry = Entry(
            later.kind,
            later.job_id,
            later.record,
            json.loads(later.before),
            json.loads(later.after),
            self._job.currency,
        )
        moment = when(later.at, self._session.clock())
        by = later.actor.login
        return Conflict(f"{by} {deed(entry)} {moment} since.", None, by, later.at)


def _key(entry: Event) -> tuple[str, int]:
    return noun_of(entry), int(entry.record or 0)


def _names_of(entry: Event) -> set[str]:
    """Return the names of the fields that an entry wrote."""
    before, after = written(entry)
    return {*before, *after}


def _thing(step: _Step) -> str:
    job = step.row.id if isinstance(step.row, Job) else step.row.job_id
    return thing_of(step.noun, job, step.row.id)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _adds_up(task: Fields) -> bool:
    """Tell whether a task's amount is what follows from its price, as the database demands."""
    pricing, rate, minutes, amount = (task[name] for name in _PRICE)
    complete = {
        Pricing.HOURLY: rate is not None and minutes is not None,
        Pricing.FIXED: rate is None,
        Pricing.FREE: True,
    }
    return complete[pricing] and amount_of(Pricing(pricing), rate, minutes, amount) == amount


def _inverse(kind: EventKind, step: _Step) -> tuple[Fields, Fields]:
    """Return the fields of an entry that takes one back, like those of others of its kind."""
    now, result = step.now, step.result
    named = "body" if step.noun == "note" else "description"
    match kind.value.partition("-")[2]:
        case "removed":
            amount = {"amount_minor": now["amount_minor"]} if step.noun == "task" else {}
            return {named: now[named]} | amount, {"removed_at": result["removed_at"]}
        case "restored":
            return {"removed_at": now["removed_at"]}, {"description": now[named][:500]}
    names = [name for name in step.will_be if now.get(name) != result[name]]
    before, after = ({name: it[name] for name in names} for it in (now, result))
    if "done_at" in names:
        before["done"], after["done"] = (it["done_at"] is not None for it in (now, result))
    if step.noun == "task" or "account" in names:
        # It says which one it was, even where that did not change.
        before, after = ({"description": now["description"]} | it for it in (before, after))
    return before, after
