"""Totals are sums of stored amounts, whatever the tasks; two currencies never meet."""

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.currency import Currency
from models.drafts import JobDraft, TaskDraft
from models.duration import TIME_LIMIT, format_time
from models.money import AMOUNT_LIMIT, RATE_LIMIT, Money, format_minor, hourly_amount
from models.staff.desk import StaffDesk
from models.values import Pricing, Task
from tests.conftest import insert_account
from tests.models.desks import fixed, free, hourly

CURRENCIES = ("USD", "JPY", "KWD", "CLF")

RATES = st.one_of(st.integers(0, RATE_LIMIT), st.sampled_from([0, 1, 3333, 9999, RATE_LIMIT]))
TIMES = st.one_of(st.integers(1, TIME_LIMIT), st.sampled_from([1, 5, 20, 44, 59, TIME_LIMIT]))
AMOUNTS = st.one_of(
    st.integers(-AMOUNT_LIMIT, AMOUNT_LIMIT), st.sampled_from([0, -1, AMOUNT_LIMIT])
)


@st.composite
def tasks(draw: st.DrawFn) -> tuple[TaskDraft, int]:
    """A task as typed in a currency without decimals, and what it must cost."""
    pricing = draw(st.sampled_from(Pricing))
    rate, minutes, amount = draw(RATES), draw(TIMES), draw(AMOUNTS)
    typed: dict[str, Any] = {
        "time": format_time(minutes),
        "done": draw(st.booleans()),
        "description": "x",
    }
    if pricing is Pricing.HOURLY:
        return hourly(str(rate), **typed), hourly_amount(rate, minutes)
    if pricing is Pricing.FIXED:
        return fixed(str(amount), **typed), amount
    return free(rate=str(rate), **typed), 0


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(tasks(), max_size=6), st.sets(st.integers(0, 5), max_size=2))
def test_totals_are_the_sums_of_what_is_stored(
    desk: StaffDesk, drafts: list[tuple[TaskDraft, int]], removed: set[int]
) -> None:
    account = insert_account(desk, "tanaka", currency="JPY")
    job = desk.jobs.add(account, JobDraft("Logo")).id
    kept: list[Task] = []
    for number, (draft, amount) in enumerate(drafts):
        task = desk.tasks.add(job, draft)
        assert task.amount == Money(amount, Currency.of("JPY"))
        if number in removed:
            desk.tasks.remove(task.id)
        else:
            kept.append(task)
    totals = desk.jobs.get(job).totals
    done = [task for task in kept if task.done is not None]
    assert (totals.tasks, totals.done_tasks) == (len(kept), len(done))
    assert totals.minutes == sum(task.minutes or 0 for task in kept)
    assert totals.done_minutes == sum(task.minutes or 0 for task in done)
    assert totals.total.minor == sum(task.amount.minor for task in kept)
    assert totals.done_total.minor == sum(task.amount.minor for task in done)


@pytest.mark.parametrize(
    ("rate", "time", "amount"),
    [
        ("60.00", "0:05", "5.00"),
        ("50.00", "0:44", "36.67"),
        ("65.00", "0:44", "47.67"),
        ("100.00", "0:50", "83.33"),
        ("33.33", "0:20", "11.11"),
        ("99.99", "0:15", "25.00"),
        ("75,00", "2.5", "187.50"),
    ],
)
def test_amounts_are_rounded_once_for_each_task(
    desk: StaffDesk, rate: str, time: str, amount: str
) -> None:
    job = desk.jobs.add(insert_account(desk, "acme"), JobDraft("Logo"), hourly(rate, time)).id
    desk.tasks.add(job, hourly(rate, time))
    one = desk.tasks.page(job).rows[0].amount
    assert one.plain == amount
    assert desk.jobs.get(job).totals.total == one + one


@pytest.mark.parametrize("code", CURRENCIES)
def test_money_is_in_the_minor_units_of_its_currency(desk: StaffDesk, code: str) -> None:
    currency = Currency.of(code)
    account = insert_account(desk, "acme", currency=code)
    highest = format_minor(RATE_LIMIT, currency)
    job = desk.jobs.add(account, JobDraft("Logo"), hourly(highest, "9999:00"))
    assert job.totals.total == Money(AMOUNT_LIMIT, currency)


def test_two_currencies_never_meet(
    desk: StaffDesk,
) -> None:
    jobs = []
    for code in CURRENCIES:
        account = insert_account(desk, code.lower(), currency=code)
        jobs.append(desk.jobs.add(account, JobDraft("Logo"), hourly("10", "1:00")))
    for job in jobs:
        money = {job.totals.total.currency.code, job.totals.done_total.currency.code}
        (task,) = desk.tasks.page(job.id).rows
        assert money | {task.amount.currency.code, job.currency} == {job.currency}
    for one, other in itertools.combinations(jobs, 2):
        with pytest.raises(ValueError, match="have no sum"):
            one.totals.total + other.totals.total
