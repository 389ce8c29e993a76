"""Filters in Search: what each leaves, together, and within whose reach."""

from collections.abc import Callable

import pytest

import models.staff.search
from models.drafts import JobDraft
from models.moments import span
from models.staff.desk import StaffDesk
from models.tables import Account, Task
from models.values import AccountRow, Count, JobHit, JobStatus
from tests.conftest import insert_account
from tests.models.desks import free, hourly


def found(desk: StaffDesk, text: str) -> list[str]:
    """Return the user names that a search finds, in its order."""
    page = desk.search.page(text)
    assert desk.search.count(text) == Count(len(page.rows))
    return [row.username for row in page.rows]


@pytest.fixture(params=[10_000, -1], ids=["few", "many"])
def company(
    desk: StaffDesk, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> StaffDesk:
    """A desk with some accounts, of which few or many are met by any filter."""
    for name in ("FEW_TO_LIST", "FEW_TO_RANK"):
        monkeypatch.setattr(models.staff.search, name, request.param)
    insert_account(
        desk,
        "acme",
        ["acme.example", "shop.xn--mller-kva.example"],
        plan="Pro XL",
        email="Jané@mail.example",
        created_at=span("2026-01-15")[0],
        person="Zoe",
    )
    insert_account(
        desk, "bigacme", ["big.example"], plan="pro", status="suspended", email="jan@x.example",
        created_at=span("2026-02-28")[1] - 1,
    )  # fmt: skip
    insert_account(desk, "closed1", plan="Big Pro", status="closed", company="Acme")
    insert_account(desk, "late", ["acmeshop.example"], created_at=span("2026-03-01")[0])
    return desk


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("user:acme", ["acme", "bigacme"]),
        ("user:a", ["acme", "bigacme", "late"]),
        ("user:c", ["closed1", "acme", "bigacme"]),
        ("user:ig", ["bigacme"]),
        ("domain:acme", ["acme", "late"]),
        ("domain:SHOP", ["acme", "late"]),
        ("domain:müller.ex", ["acme"]),
        ("domain:xn--mller", ["acme"]),
        ("email:jan", ["acme", "bigacme"]),
        ("email:x.ex", ["bigacme"]),
        ("email:é@", ["acme"]),
        ("plan:pro", ["acme", "bigacme", "closed1"]),
        ('plan:"pro x"', ["acme"]),
        ("plan:big", ["closed1"]),
        ("status:suspended", ["bigacme"]),
        ("status:active", ["acme", "late"]),
        ("status:closed", ["closed1"]),
        ("created:2026-01", ["acme"]),
        ("created:2026-01..2026-02", ["acme", "bigacme"]),
        ("created:2026-02..", ["bigacme", "late"]),
        ("created:..2026-02", ["acme", "bigacme"]),
        ("created:2026-03-01", ["late"]),
        ("created:2025", []),
        ("plan:pro status:suspended", ["bigacme"]),
        ("user:acme domain:big", ["bigacme"]),
        ("plan:pro acme", ["acme", "closed1", "bigacme"]),
        ("status:closed acme", ["closed1"]),
        ("user:acme zoe", ["acme"]),
        ("plan:gold", []),
        ("user:acme status:closed", []),
    ],
)
def test_each_filter_leaves_what_it_says(company: StaffDesk, text: str, names: list[str]) -> None:
    assert found(company, text) == names


def test_accounts_with_open_jobs_and_with_unbilled_work(
    company: StaffDesk, open_desk: Callable[..., StaffDesk]
) -> None:
    desk = company
    ids = {row.username: row.id for row in desk.search.page("").rows}
    job = desk.jobs.add(ids["acme"], JobDraft("Logo")).id
    assert found(desk, "has:open-jobs") == ["acme"]
    assert found(desk, "has:unbilled") == []
    desk.tasks.add(job, free(time="1", done=True))
    task = desk.tasks.add(job, hourly())
    assert found(desk, "has:unbilled") == []
    desk.tasks.set_done(task.id, True)
    assert found(desk, "has:unbilled acme") == ["acme"]
    desk.jobs.set_status(job, JobStatus.FINISHED)
    assert found(desk, "has:open-jobs") == []
    assert found(desk, "has:unbilled") == ["acme"]
    with desk.session.writing():
        Task.update(billed_at=1, billed_by=desk.session.acting_staff()).execute()
    assert found(desk, "has:unbilled") == []
    desk.jobs.set_status(job, JobStatus.NEW)
    desk.jobs.remove(job)
    assert found(desk, "has:open-jobs") == []


def test_a_reseller_sees_no_filter_met_by_what_is_the_hosts(
    company: StaffDesk, open_desk: Callable[..., StaffDesk]
) -> None:
    desk = company
    hub = insert_account(desk, "hub", is_reseller=True)
    mine = insert_account(desk, "mine", reseller=hub, plan="Pro", status="suspended")
    rosa = open_desk("rosa", hub)
    rosa.jobs.add(mine, JobDraft("Own work"))
    taken_over = insert_account(desk, "taken-over")
    desk.jobs.add(taken_over, JobDraft("Work of the host"), hourly(done=True))
    with desk.session.writing():
        Account.update(reseller=hub).where(Account.id == taken_over).execute()
    for text in ("plan:pro", "status:suspended", "user:m", "has:open-jobs"):
        assert found(rosa, text) == ["mine"], text
    assert found(rosa, f"reseller:{hub}") == ["mine", "taken-over"]
    assert found(rosa, "domain:acme") == []
    assert found(rosa, "has:unbilled") == []
    assert found(desk, "has:open-jobs") == ["mine", "taken-over"]
    assert found(desk, "has:unbilled") == ["taken-over"]


def test_what_a_text_means_first(desk: StaffDesk) -> None:
    account = insert_account(desk, "acme")
    insert_account(desk, str(account))
    job = desk.jobs.add(account, JobDraft("Logo")).id
    first = desk.search.first(str(account))
    assert isinstance(first, AccountRow)
    assert first.id == account
    hit = desk.search.first(f"#{job}")
    assert isinstance(hit, JobHit)
    assert hit.id == job
    assert desk.search.first("nobody") is None
    assert desk.search.first("#999") is None
