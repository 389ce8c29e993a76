"""What is refused: one sentence on standard error, nothing on standard output, nothing written."""

from collections.abc import Callable
from typing import Any

import pytest

from models.staff.desk import StaffDesk

Run = Callable[..., Any]


@pytest.fixture
def resellers_job(
    run: Run, desk: StaffDesk, add_account: Callable[..., int]
) -> tuple[int, int, int]:
    """A reseller, a customer of the reseller's, and a job that the reseller does there."""
    reseller = add_account(desk, "hoster", is_reseller=True, company="Hoster Ltd")
    customer = add_account(desk, "bakery", reseller=reseller)
    job = run("job", "add", customer, "Shop", "--reseller", reseller, "--json").json
    assert job["provider"] == reseller
    return reseller, customer, job["id"]


def test_records_that_are_not_there(run: Run, job: int) -> None:
    for words, said in [
        ("account show 999", "There is no account 999."),
        ("job show 999", "There is no job #999."),
        ("job add 999 x", "There is no account 999."),
        ("job list 999", "There is no account 999."),
        ("job status 999 new", "There is no job #999."),
        ("job note 999 x", "There is no job #999."),
        ("task add 999 x --free", "There is no job #999."),
        ("task done 999", "There is no task 999."),
        ("job list --reseller 999", "There is no reseller 999."),
        ("account show 999999999999", "There is no account 999999999999."),
    ]:
        for form in ([], ["--json"]):
            assert run(*words.split(), *form).refusal == f"customjobs: {said}\n"


def test_host_staff_only_read_what_a_reseller_does(
    run: Run, resellers_job: tuple[int, int, int]
) -> None:
    _, customer, job = resellers_job
    assert run("job", "show", job, "--json").json["description"] == "Shop"
    for words in (
        ("job", "add", customer, "x"),
        ("job", "status", job, "finished"),
        ("job", "note", job, "x"),
        ("task", "add", job, "x", "--free"),
    ):
        assert "here it can only be read" in run(*words).refusal
    assert run("job", "show", job, "--json").json["tasks"] == []


def test_a_resellers_staff_find_only_the_resellers_customers(
    run: Run, resellers_job: tuple[int, int, int], job: int, acme: int
) -> None:
    reseller, customer, own_job = resellers_job
    scope = ("--reseller", reseller, "--json")
    listed = run("job", "list", *scope).json
    assert [item["id"] for item in listed["items"]] == [own_job]
    found = run("account", "search", "", *scope).json
    assert [item["id"] for item in found["items"]] == [customer]
    assert "There is no job" in run("job", "show", job, *scope).refusal
    assert "There is no account" in run("job", "add", acme, "x", *scope).refusal


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--rate", "nan", "--time", "1"], "--rate: "),
        (["--rate", "1e9", "--time", "1"], "--rate: "),
        (["--rate", "75.005", "--time", "1"], "--rate: USD has 2 decimals"),
        (["--rate", "-5", "--time", "1"], "--rate: A rate cannot be negative"),
        (["--rate", "inf", "--time", "1"], "--rate: "),
        (["--rate", "", "--time", "1"], "--rate: The rate is empty"),
        (["--rate", "9" * 40, "--time", "1"], "--rate: The rate is too high"),
        (["--rate", "٧٥", "--time", "1"], "--rate: Write the rate with the digits 0 to 9"),
        (["--rate", "75 USD", "--time", "1"], "--rate: Write only the number"),
        (["--rate", "75", "--time", "1:75"], "--time: "),
        (["--rate", "75", "--time", "-1"], "--time: A time cannot be negative"),
        (["--rate", "75", "--time", "0"], "--time: That is less than a minute"),
        (["--time", "1e9", "--rate", "75"], "--time: "),
        (["--fixed", "abc"], "--fixed: "),
        (["--fixed", "-12,505"], "--fixed: "),
        (["--fixed", "5", "--worked-on", "2025-02-30"], "--worked-on: 2025-02 has no day 30"),
        (["--fixed", "5", "--note", "n" * 501], "--note: Note has 501 characters"),
        (["--fixed", "5", "--by", "n" * 501], "--by: "),
    ],
)
def test_a_task_that_cannot_be_accepted(run: Run, job: int, words: list[str], said: str) -> None:
    refusal = run("task", "add", job, "Theme", *words).refusal
    assert refusal.startswith(f"customjobs: {said}")
    assert refusal.count("\n") == 1
    assert run("job", "show", job, "--json").json["tasks"] == []


def test_every_wrong_field_has_its_line(run: Run, job: int) -> None:
    refusal = run("task", "add", job, " ", "--rate", "x", "--time", "y").refusal
    starts = ["customjobs: DESCRIPTION: ", "customjobs: --rate: ", "customjobs: --time: "]
    lines = refusal.splitlines()
    assert len(lines) == len(starts)
    assert all(map(str.startswith, lines, starts))


@pytest.mark.parametrize("text", ["", "   ", "\t\n", "x" * 10_000, "\u200b\u200d"])
def test_a_description_that_says_nothing_or_too_much(run: Run, acme: int, text: str) -> None:
    refusal = run("job", "add", acme, "--", text).refusal
    assert refusal.startswith("customjobs: DESCRIPTION: ")
    assert run("job", "list", "--json").json["count"]["value"] == 0


def test_other_fields_of_a_job_and_a_note(run: Run, job: int, acme: int) -> None:
    refusal = run("job", "add", acme, "x", "--due", "31.12.2030", "--details", "d" * 20_001).refusal
    assert "customjobs: --due: Write the date as 2030-12-31." in refusal
    assert "customjobs: --details: Details has 20,001 characters" in refusal
    assert run("job", "note", job, " ").refusal.startswith("customjobs: TEXT: ")


def test_an_hourly_task_without_any_known_rate(
    run: Run, desk: StaffDesk, add_account: Callable[..., int]
) -> None:
    account = add_account(desk, "norate")
    job = run("job", "add", account, "x", "--json").json["id"]
    assert run("task", "add", job, "x", "--time", "1").refusal.startswith("customjobs: --rate: ")


def test_a_currency_without_decimals(
    run: Run, desk: StaffDesk, add_account: Callable[..., int]
) -> None:
    account = add_account(desk, "tokyo", currency="JPY")
    job = run("job", "add", account, "x", "--json").json["id"]
    refusal = run("task", "add", job, "x", "--rate", "75.5", "--time", "1").refusal
    assert refusal.startswith("customjobs: --rate: JPY has no decimals")
    task = run("task", "add", job, "x", "--rate", "129360", "--time", "1m", "--json").json
    assert task["amount"] == {"minor": 2156, "currency": "JPY", "text": "2156 JPY"}


def test_a_closed_job_takes_no_tasks(run: Run, job: int) -> None:
    run("task", "add", job, "Theme", "--fixed", "5")
    assert run("job", "status", job, "on-hold").text
    outcome = run("job", "status", job, "canceled", "--json")
    assert outcome.code == 0
    assert outcome.err == f"customjobs: #{job} still has 1 planned task.\n"
    for words in (("task", "add", job, "x", "--free"), ("task", "done", 1)):
        assert "is canceled: reopen it" in run(*words).refusal


def test_a_refusal_repeats_no_controls(run: Run, job: int) -> None:
    hostile = "\x1b[31m1\u202e"
    for words in (
        ("task", "add", job, "x", "--rate", hostile, "--time", "1"),
        ("job", "list", "--database", hostile),
    ):
        refusal = run(*words).refusal
        assert "␛[31m1\ufffd" in refusal
        assert refusal.rstrip("\n").isprintable()
