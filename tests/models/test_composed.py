"""Queries that are composed once: the rows they give, and the records made of them."""

import json

from models.composed import Composed, given, given_ids, record_of
from models.drafts import JobDraft
from models.staff.desk import StaffDesk
from models.tables import Account, Job, bound
from tests.conftest import insert_account
from tests.models.desks import entries


def test_a_record_of_a_row_has_the_values_that_its_fields_have(desk: StaffDesk) -> None:
    insert_account(desk, "hub", is_reseller=True)
    with bound(desk.database):
        (row,) = Composed(Account.select().where(Account.username == given("name"))).rows(
            desk.database, name="hub"
        )
        record = record_of(Account, row)
    assert record.is_reseller is True
    assert (record.username, record.reseller_id) == ("hub", None)


def test_one_question_is_asked_with_other_values(desk: StaffDesk) -> None:
    jobs = [desk.jobs.add(insert_account(desk, "acme"), JobDraft(name)).id for name in "abc"]
    with bound(desk.database):
        of_numbers = Composed(Job.select(Job.description).where(Job.id.in_(given_ids("ids"))))
        found = [
            of_numbers.rows(desk.database, ids=json.dumps(ids)) for ids in ([jobs[0]], jobs[1:], [])
        ]
    assert found == [[("a",)], [("b",), ("c",)], []]


def test_the_history_holds_a_switch_as_what_it_was(desk: StaffDesk) -> None:
    job = desk.jobs.add(insert_account(desk, "acme"), JobDraft("Site redesign"))
    desk.jobs.edit(job.id, job.version, JobDraft("Site redesign", shown_to_customer=False))
    changed = entries(desk)[-1]
    assert changed.before["shown_to_customer"] is True
    assert changed.after["shown_to_customer"] is False
