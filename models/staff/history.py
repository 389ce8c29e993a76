"""The history, as staff read it: of an account, of a job, or overall."""

import json
from collections.abc import Sequence
from typing import Any

from peewee import Expression, ModelSelect, fn

from models.history_filter import HistoryFilter
from models.lists import Columns, count_on, sorted_by
from models.staff.history_words import Entry, changes_in_words, summary
from models.staff.reversible import REVERSIBLE, taken_back
from models.staff.session import StaffSession
from models.tables import Account, Event, Job, Staff, rows
from models.values import Event as EventValue
from models.values import EventKind, Order, Page

SORTED_BY: Columns = {"when": ()}
"""By what a history can be sorted: entries are numbered as they are written."""

NEWEST_FIRST = Order("when", descending=True)


class History:
    """Reads the history within the scope of a session."""

    def __init__(self, session: StaffSession) -> None:
        """Work in the scope of `session`."""
        self._session = session

    def page(
        self,
        filter: HistoryFilter | None = None,
        offset: int = 0,
        limit: int = 50,
        order: Order | None = None,
    ) -> Page[EventValue]:
        """Return a window of the history, of what the filter asks for.

        The newest comes first, unless `order` is by `when`, and not descending. A long history
        is counted some way on from the window, to its end from a window behind it. A job that was
        moved stands in the histories of both accounts, once in each, and once in every other one.

        Raises:
            NotFound: no such account or job for this desk.
        """
        with self._session.reading():
            listed, order = self._listed(filter or HistoryFilter()), order or NEWEST_FIRST
            chosen = listed.order_by(*sorted_by(SORTED_BY, order, Event.id))
            ids = [id_ for (id_,) in rows(chosen.limit(limit).offset(offset))]
            if ids:
                behind = Event.id < ids[-1] if order.descending else Event.id > ids[-1]
                total, exact = count_on(listed.where(behind), offset + len(ids))
            else:
                total, exact = listed.count(), True
            found = {event.id: event for event in self._values(ids)}
            return Page(tuple(found[id_] for id_ in ids), offset, total, exact)

    def newer_than(self, event_id: int, limit: int = 50) -> list[EventValue]:
        """Return what other sessions wrote into the history after an entry, oldest first."""
        with self._session.reading():
            ids: list[int] = []
            last = event_id
            while len(ids) < limit:
                found = rows(
                    Event.select(Event.id, fn.COALESCE(Event.change, Event.id))
                    .where(Event.id > last, self._session.events_in_reach())
                    .order_by(Event.id)
                    .limit(limit)
                )
                ids += [id_ for id_, change in found if not self._session.changes.are(change)]
                if len(found) < limit:
                    break
                last = found[-1][0]
            return self._values(ids[:limit])

    def newest(self) -> int:
        """Return the number of the newest entry there is, in reach or not; 0 before the first."""
        with self._session.reading():
            return int(Event.select(fn.COALESCE(fn.MAX(Event.id), 0)).scalar())

    def _listed(self, asked: HistoryFilter) -> "ModelSelect[Event]":
        """Return the query for the numbers of the entries that are asked for."""
        wanted = self._session.events_in_reach() & self._asked_for(asked)
        listed: ModelSelect[Event] = Event.select(Event.id).where(wanted)
        return listed

    def _asked_for(self, asked: HistoryFilter) -> Expression:
        wanted: Expression = Event.id.is_null(False)
        if asked.account is not None:
            self._session.account_in_reach(asked.account)
            wanted &= Event.account == asked.account
        else:
            wanted &= Event.kind != EventKind.JOB_RECEIVED.value
        if asked.job is not None:
            self._session.job_in_reach(asked.job)
            wanted &= Event.job == asked.job
        if asked.actor:
            people = Staff.select(Staff.id).where(Staff.login == asked.actor)
            wanted &= Event.actor.in_(people)
        if asked.kinds:
            wanted &= Event.kind.in_(sorted(kind.value for kind in asked.kinds))
        if asked.since is not None:
            wanted &= Event.at >= asked.since
        if asked.until is not None:
            wanted &= Event.at < asked.until
        return wanted

    def _values(self, ids: Sequence[int]) -> list[EventValue]:
        """Return the entries with these numbers, oldest first."""
        undone, root = Event.alias(), Event.alias()
        found = rows(
            Event.select(
                Event.id,
                Event.at,
                Staff.login,
                Staff.display_name,
                Event.session,
                Event.kind,
                Event.account,
                Event.job,
                Event.record,
                Event.before,
                Event.after,
                Event.undoes,
                fn.COALESCE(root.kind, undone.kind, ""),
                root.id.is_null(False),
                taken_back(fn.COALESCE(root.id, Event.id)),
                fn.COALESCE(Job.currency, Account.currency, ""),
                fn.COALESCE(Job.provider, 0),
                fn.COALESCE(Account.reseller, 0),
            )
            .join(Staff, on=(Event.actor == Staff.id))
            .left_outer_join(Job, on=(Event.job == Job.id), src=Event)
            .left_outer_join(Account, on=(Event.account == Account.id), src=Event)
            .left_outer_join(undone, on=(Event.undoes == undone.id), src=Event)
            .left_outer_join(root, on=(undone.undoes == root.id), src=undone)
            .where(Event.id.in_(ids))
            .order_by(Event.id)
        )
        return [self._value(row) for row in found]

    def _value(self, row: tuple[Any, ...]) -> EventValue:
        (
            id_, at, login, name, session, kind, account, job, record, before, after,
            undoes, undone_kind, again, is_taken_back, currency, *owners,
        ) = row  # fmt: skip
        own = [self._session.provider or 0] * 2
        old, new = json.loads(before), json.loads(after)
        entry = Entry(kind, job, record, old, new, currency, undone_kind, bool(again))
        return EventValue(
            id=id_,
            at=at,
            actor=login,
            actor_name=name or login,
            session=session,
            kind=kind,
            account=account,
            job=job,
            record=record,
            summary=summary(entry),
            changes=changes_in_words(old, new, currency),
            undoes=undoes,
            reversible=kind in REVERSIBLE and owners == own and not is_taken_back,
        )
