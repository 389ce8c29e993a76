"""The JSON that scripts rely on: every key, in its order, with its meaning."""

import re
from collections.abc import Callable
from typing import Any

import pytest

import models.staff.search
from models.staff.desk import StaffDesk
from models.tables import Staff, Task

Run = Callable[..., Any]

ACCOUNT_KEYS = [
    "id", "username", "domain", "domains", "person", "company", "email", "phone", "address",
    "plan", "status", "status_reason", "created", "currency", "balance", "reseller",
    "is_reseller", "open_jobs",
]  # fmt: skip
JOB_KEYS = [
    "id", "account", "provider", "description", "details", "status", "currency", "assignee",
    "due", "reference", "shown_to_customer", "created", "created_by", "finished",
    "tasks", "notes", "time", "total", "done_total",
]  # fmt: skip
TASK_KEYS = [
    "id", "description", "pricing", "rate", "time", "amount", "note", "done", "worked_on",
    "worked_by", "billed", "entered", "entered_by",
]  # fmt: skip
NOTE_KEYS = ["id", "body", "visible_to_customer", "author", "at"]

JOB_KEYS_ALONE = [key for key in JOB_KEYS if key not in ("tasks", "notes")]
MOMENT = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+00:00")
TODAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")


def is_moment(value: object) -> bool:
    return bool(MOMENT.fullmatch(str(value)))


def test_account(run: Run, acme: int) -> None:
    shown = run("account", "show", acme, "--json").json
    assert list(shown) == ACCOUNT_KEYS
    assert list(shown["address"]) == ["street", "city", "region", "postcode", "country"]
    assert shown == {
        "id": acme,
        "username": "acme",
        "domain": "acme.example",
        "domains": ["acme.example", "shop.acme.example"],
        "person": "Jane Roe",
        "company": "Acme GmbH",
        "email": "jane@acme.example",
        "phone": "+49 30 1234",
        "address": {
            "street": "Weg 1",
            "city": "Berlin",
            "region": "BE",
            "postcode": "10115",
            "country": "DE",
        },
        "plan": "Pro",
        "status": "suspended",
        "status_reason": "unpaid",
        "created": "2024-02-01T00:00:00+00:00",
        "currency": "USD",
        "balance": {"minor": -1200, "currency": "USD", "text": "-12.00 USD"},
        "reseller": None,
        "is_reseller": False,
        "open_jobs": 0,
    }


def test_account_of_which_nothing_is_known(
    run: Run, desk: StaffDesk, add_account: Callable[..., int]
) -> None:
    owner = add_account(desk, "hoster", is_reseller=True)
    bare = add_account(desk, "bare", currency="JPY", reseller=owner)
    shown = run("account", "show", bare, "--json").json
    assert list(shown) == ACCOUNT_KEYS
    empty = ["domain", "person", "company", "email", "phone", "plan", "status_reason"]
    assert [shown[key] for key in empty] == [""] * len(empty)
    assert shown["domains"] == []
    assert set(shown["address"].values()) == {""}
    assert (shown["created"], shown["balance"], shown["reseller"]) == (None, None, owner)
    assert run("account", "show", owner, "--json").json["is_reseller"] is True


def test_search_answers_with_whole_accounts_in_the_order_of_the_search(
    run: Run, desk: StaffDesk, acme: int, add_account: Callable[..., int]
) -> None:
    second = add_account(desk, "acmeweb")
    found = run("account", "search", "acme", "--json").json
    assert list(found) == ["items", "count"]
    assert [item["id"] for item in found["items"]] == [acme, second]
    assert [list(item) for item in found["items"]] == [ACCOUNT_KEYS, ACCOUNT_KEYS]
    assert found["count"] == {"value": 2, "exact": True}
    assert list(found["count"]) == ["value", "exact"]


def test_search_counts_more_than_it_answers_with(
    run: Run,
    desk: StaffDesk,
    add_account: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(5):
        add_account(desk, f"user{number}")
    found = run("account", "search", "user", "--limit", 2, "--json").json
    assert [item["username"] for item in found["items"]] == ["user0", "user1"]
    assert found["count"] == {"value": 5, "exact": True}
    monkeypatch.setattr(models.staff.search, "COUNT_LIMIT", 3)
    found = run("account", "search", "user", "--limit", 2, "--json").json
    assert found["count"] == {"value": 3, "exact": False}
    assert run("account", "search", "user").text.endswith("3 of more than 3\n")
    nothing = run("account", "search", "nobody", "--json").json
    assert nothing == {"items": [], "count": {"value": 0, "exact": True}}


def test_job_as_added(run: Run, acme: int) -> None:
    job = run(
        "job", "add", acme, "Site redesign", "--details", "Two pages\nand a form",
        "--due", "2030-01-02", "--assignee", "ben", "--reference", "T-9", "--hidden", "--json",
    ).json  # fmt: skip
    assert list(job) == JOB_KEYS_ALONE
    assert is_moment(job.pop("created"))
    assert job == {
        "id": 1,
        "account": acme,
        "provider": None,
        "description": "Site redesign",
        "details": "Two pages\nand a form",
        "status": "new",
        "currency": "USD",
        "assignee": "ben",
        "due": "2030-01-02",
        "reference": "T-9",
        "shown_to_customer": False,
        "created_by": "anna",
        "finished": None,
        "time": {"minutes": 0, "text": "0:00"},
        "total": {"minor": 0, "currency": "USD", "text": "0.00 USD"},
        "done_total": {"minor": 0, "currency": "USD", "text": "0.00 USD"},
    }


def test_job_without_what_is_optional(run: Run, job: int) -> None:
    shown = run("job", "show", job, "--json").json
    assert (shown["assignee"], shown["due"]) == (None, None)
    assert (shown["details"], shown["reference"]) == ("", "")
    assert shown["shown_to_customer"] is True


def test_job_show_has_all_tasks_and_notes(run: Run, desk: StaffDesk, job: int) -> None:
    run("task", "add", job, "Wireframes", "--rate", "75", "--time", "2:30", "--done")
    run("task", "add", job, "Theme", "--time", "8", "--planned")
    run("job", "note", job, "called Jane")
    shown = run("job", "show", job, "--json").json
    assert list(shown) == JOB_KEYS
    assert [list(task) for task in shown["tasks"]] == [TASK_KEYS, TASK_KEYS]
    assert [list(note) for note in shown["notes"]] == [NOTE_KEYS]
    assert shown["time"] == {"minutes": 630, "text": "10:30"}
    assert shown["total"] == {"minor": 78750, "currency": "USD", "text": "787.50 USD"}
    assert shown["done_total"] == {"minor": 18750, "currency": "USD", "text": "187.50 USD"}


def test_job_show_reads_beyond_one_page(
    run: Run, desk: StaffDesk, job: int, add_account: Callable[..., int]
) -> None:
    with desk.session.writing():
        anna = desk.session.acting_staff()
        Task.insert_many(
            {
                "job": job,
                "description": f"Step {number}",
                "pricing": "fixed",
                "amount_minor": number,
                "entered_at": 1_800_000_000_000,
                "entered_by": anna,
            }
            for number in range(1001)
        ).execute()
    tasks = run("job", "show", job, "--json").json["tasks"]
    assert [task["description"] for task in tasks] == [f"Step {number}" for number in range(1001)]


def test_task_as_added_planned(run: Run, job: int) -> None:
    task = run(
        "task", "add", job, "Wireframes", "--rate", "75", "--time", "2:30", "--planned", "--json"
    ).json
    assert list(task) == TASK_KEYS
    assert is_moment(task.pop("entered"))
    assert task == {
        "id": 1,
        "description": "Wireframes",
        "pricing": "hourly",
        "rate": {"minor": 7500, "currency": "USD", "text": "75.00 USD"},
        "time": {"minutes": 150, "text": "2:30"},
        "amount": {"minor": 18750, "currency": "USD", "text": "187.50 USD"},
        "note": "",
        "done": None,
        "worked_on": None,
        "worked_by": None,
        "billed": None,
        "entered_by": "anna",
    }
    assert list(run("task", "done", 1, "--json").json) == TASK_KEYS


def test_task_done_by_someone_on_some_day(run: Run, job: int) -> None:
    task = run(
        "task", "add", job, "Call", "--free", "--time", "15m", "--note", "with Jane", "--done",
        "--worked-on", "2025-05-06", "--by", "ben", "--json",
    ).json  # fmt: skip
    assert is_moment(task["done"])
    assert (task["worked_on"], task["worked_by"], task["note"]) == (
        "2025-05-06",
        "ben",
        "with Jane",
    )
    assert (task["pricing"], task["rate"]) == ("free", None)
    assert task["amount"] == {"minor": 0, "currency": "USD", "text": "0.00 USD"}


def test_task_done_today_by_the_actor(run: Run, job: int) -> None:
    task = run("task", "add", job, "Set-up", "--fixed", "-50", "--done", "--json").json
    assert TODAY.fullmatch(task["worked_on"])
    assert (task["worked_by"], task["time"], task["rate"]) == ("anna", None, None)
    assert task["amount"] == {"minor": -5000, "currency": "USD", "text": "-50.00 USD"}


def test_task_that_is_billed(run: Run, desk: StaffDesk, job: int) -> None:
    run("task", "add", job, "Set-up", "--fixed", "50", "--done")
    with desk.session.writing():
        biller = Staff.insert(login="carl").execute()
        Task.update(billed_at=1_800_000_000_000, billed_by=biller, billed_reference="R-7").execute()
    billed = run("job", "show", job, "--json").json["tasks"][0]["billed"]
    assert list(billed) == ["at", "by", "reference"]
    assert billed == {"at": "2027-01-15T08:00:00+00:00", "by": "carl", "reference": "R-7"}


def test_note(run: Run, job: int) -> None:
    note = run("job", "note", job, "called\nJane", "--customer", "--json").json
    assert list(note) == NOTE_KEYS
    assert is_moment(note.pop("at"))
    assert note == {"id": 1, "body": "called\nJane", "visible_to_customer": True, "author": "anna"}
    assert run("job", "note", job, "x", "--json").json["visible_to_customer"] is False


def test_status_answers_with_the_job(run: Run, job: int) -> None:
    changed = run("job", "status", job, "finished", "--json").json
    assert list(changed) == JOB_KEYS_ALONE
    assert changed["status"] == "finished"
    assert is_moment(changed["finished"])


def test_job_list(run: Run, desk: StaffDesk, acme: int, add_account: Callable[..., int]) -> None:
    other = add_account(desk, "other", currency="JPY")
    for account, text in ((acme, "One"), (other, "Two"), (acme, "Three")):
        run("job", "add", account, text)
    run("job", "status", 3, "on-hold")
    listed = run("job", "list", "--json").json
    assert list(listed) == ["items", "count"]
    assert [list(item) for item in listed["items"]] == [JOB_KEYS_ALONE] * 3
    assert [item["description"] for item in listed["items"]] == ["One", "Two", "Three"]
    assert listed["count"] == {"value": 3, "exact": True}
    of_acme = run("job", "list", acme, "--json").json
    assert [item["id"] for item in of_acme["items"]] == [1, 3]
    on_hold = run("--json", "job", "list", "--status", "on-hold", acme).json
    assert [item["id"] for item in on_hold["items"]] == [3]
    assert run("job", "list", other, "--json").json["items"][0]["total"]["text"] == "0 JPY"
