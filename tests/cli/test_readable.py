"""The answers for people: plain, aligned, complete, and harmless."""

from collections.abc import Callable
from typing import Any

import pytest

from models.staff.desk import StaffDesk
from tui.cli.text_table import Column, cell_width, facts, table

Run = Callable[..., Any]

HOSTILE = "[bold]x[/] [@click=app.quit]y[/] \x1b[31mred\x9b \u202etxt"


def test_search(run: Run, desk: StaffDesk, acme: int, add_account: Callable[..., int]) -> None:
    other = add_account(desk, "東京acme", company="カフェ")
    text = run("account", "search", "acme").text
    head, first, second, count = text.splitlines()
    assert head.split() == ["ID", "User", "Domain", "Person", "Company", "Plan", "Status"]
    assert first.split()[:3] == [str(acme), "acme", "acme.example"]
    assert second.split()[:2] == [str(other), "東京acme"]
    assert count == "2 of 2"
    columns = {cell_width(line[: line.index(word)]) for line, word in
               ((head, "Status"), (first, "suspended"), (second, "active"))}  # fmt: skip
    assert len(columns) == 1


def test_search_for_several_words_without_quotation_marks(run: Run, acme: int) -> None:
    assert "1 of 1" in run("account", "search", "acme", "gmbh").text
    assert run("account", "search", "acme", "ltd").text == "No account matches.\n"


def test_account(run: Run, acme: int) -> None:
    lines = run("account", "show", acme).text.splitlines()
    assert f"Account ID   {acme}" in lines
    assert "Domains      acme.example, shop.acme.example" in lines
    assert "Status       suspended (unpaid)" in lines
    assert "Balance      -12.00 USD" in lines
    assert "Agreed rate  75.00 USD/h" in lines
    assert "Open jobs    0" in lines
    assert not any(line.startswith("Reseller") for line in lines)


def test_task_says_how_its_amount_came_about(run: Run, job: int) -> None:
    text = run("task", "add", job, "Wireframes", "--rate", "75,00", "--time", "2.5").text
    assert "Amount  2:30 h x 75.00 USD/h = 187.50 USD\n" in text
    assert "State   planned\n" in text
    text = run("task", "add", job, "Discount", "--fixed", "-12,50", "--done").text
    assert "Amount  fixed -12.50 USD\n" in text
    assert "State   done 20" in text
    text = run("task", "add", job, "Call", "--free", "--time", "15m", "--rate", "80").text
    assert "Amount  no charge (0:15 h, would be 20.00 USD)\n" in text


def test_job(run: Run, job: int, acme: int) -> None:
    run("task", "add", job, "Wireframes", "--rate", "75", "--time", "2:30", "--done")
    run("task", "add", job, "Theme", "--time", "8", "--planned", "--note", "dark")
    run("job", "note", job, "called Jane\ntwice", "--customer")
    text = run("job", "show", job).text
    for line in (
        "Job       #1 Site redesign\n",
        f"Account   {acme}\n",
        "Status    New\n",
        "Customer  sees this job\n",
        "Total     10:30 h, 787.50 USD\n",
        "Done      2:30 h, 187.50 USD\n",
        "2:30 h x 75.00 USD/h = 187.50 USD  done 20",
        "8:00 h x 75.00 USD/h = 600.00 USD  planned",
        " by anna, the customer sees it\n  called Jane\n  twice\n",
    ):
        assert line in text


def test_job_list(run: Run, job: int, acme: int) -> None:
    run("job", "add", acme, "Shop", "--due", "2030-01-02", "--assignee", "ben")
    head, first, second, count = run("job", "list").text.splitlines()
    titles = ["ID", "Account", "Description", "Status", "Time", "Total", "Due", "Assignee"]
    assert head.split() == titles
    assert first.split() == f"1 {acme} Site redesign New 0:00 0.00 USD".split()
    assert second.split() == f"2 {acme} Shop New 0:00 0.00 USD 2030-01-02 ben".split()
    assert count == "2 jobs"
    assert run("job", "list", "--status", "finished").text == "There are no custom jobs here.\n"


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_hostile_texts_are_shown_as_text(
    run: Run, desk: StaffDesk, add_account: Callable[..., int], form: list[str]
) -> None:
    """Even those that came into the database by another way than the desk."""
    account = add_account(desk, "evil", person=HOSTILE, company=HOSTILE, status_reason=HOSTILE)
    outputs = [
        run("account", "show", account, *form).text,
        run("account", "search", "evil", *form).text,
        run("job", "add", account, HOSTILE, "--details", HOSTILE, *form).text,
        run("task", "add", 1, HOSTILE, "--fixed", "5", "--note", HOSTILE, *form).text,
        run("job", "note", 1, HOSTILE, *form).text,
        run("job", "show", 1, *form).text,
        run("job", "list", *form).text,
    ]
    for output in outputs:
        assert "[bold]x[/] [@click=app.quit]y[/]" in output or "[bold]" in output
        assert output.replace("\n", "").isprintable()


def test_nul_and_a_newline_in_one_line_of_text(run: Run, acme: int) -> None:
    job = run("job", "add", acme, "one\x00two\nthree\tfour", "--json").json
    assert job["description"] == "one␀two three four"


def test_words_that_are_no_utf_8(run: Run, acme: int) -> None:
    """As they come from the arguments of a process in another encoding."""
    job = run("job", "add", acme, "caf\udce9", "--json").json
    assert job["description"] == "caf\ufffd"


def test_a_table_fits_and_leaves_out_what_is_empty() -> None:
    columns = [Column("ID", right=True), Column("Text", elastic=True), Column("None")]
    rows = [("7", "word " * 40, ""), ("1234", "東" * 60, "")]
    lines = table(columns, rows, 60)
    assert lines[0] == "  ID  Text"
    assert lines[1].startswith("   7  word word")
    assert all(line.endswith("…") for line in lines[1:])
    assert [cell_width(line) for line in lines[1:]] == [60, 59]


def test_a_table_keeps_columns_that_are_not_elastic() -> None:
    columns = [Column("Amount"), Column("Text", elastic=True)]
    (_, line) = table(columns, [("2:30 h x 75.00 USD/h = 187.50 USD", "a long remark")], 20)
    assert line == "2:30 h x 75.00 USD/h = 187.50 USD  a long …"


def test_facts_leave_out_what_is_empty() -> None:
    assert facts([("Job", "x"), ("Due", ""), ("Status", "New\n")]) == ["Job     x", "Status  New␤"]
    assert facts([]) == []


def test_widths() -> None:
    assert cell_width("abc") == 3
    assert cell_width("東京") == 4
    assert cell_width("ＡＢ") == 4
    assert cell_width("e\u0301") == 1
