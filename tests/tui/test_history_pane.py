"""The history of a job, of an account and of all: filtered, followed, and taken back from."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.drafts import JobDraft, TaskDraft
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.values import JobStatus
from tests.conftest import insert_account
from tests.tui.conftest import SETTINGS, Open, Person
from tui.lower_frame.undoing import Proposal
from tui.widgets.text_view import TextView


def told(person: Person) -> str:
    """What the person was told last."""
    return str(list(person.app._notifications)[-1].message)


def summaries(person: Person) -> list[str]:
    """What the rows of the history say."""
    rows = person.list("history")
    assert rows._window is not None
    return [row.summary for index in range(rows.row_count) if (row := rows._window.row(index))]


def border_title(person: Person) -> str:
    return str(person.app.screen.query_one("#lower-frame").border_title)


async def until(person: Person, is_so: Callable[[], bool]) -> None:
    """Wait until something is so, at most ten seconds."""
    async with asyncio.timeout(10):
        while not is_so():
            await asyncio.sleep(0.02)
            await person.settle()


def write_entry(desk: StaffDesk, kind: str, **fields: Any) -> None:
    """Write an entry past the desk, as another program could."""
    with desk.database.atomic():
        desk.database.execute_sql(
            "INSERT INTO event (at, actor_id, session, kind, account_id, job_id, before, after)"
            " SELECT 1, id, 's', ?, ?, ?, '{}', ? FROM staff WHERE login = 'anna'",
            (kind, 1001, fields.pop("job", None), json.dumps(fields)),
        )


@pytest.fixture
def job_id(desk: StaffDesk, other: Any) -> int:
    """A job that anna added and that ben set to be in progress, beside one of another account."""
    job = desk.jobs.add(1001, JobDraft("Site redesign"), TaskDraft("Work", rate="75", time="1"))
    other.jobs.set_status(job.id, JobStatus.IN_PROGRESS)
    desk.jobs.add(1002, JobDraft("Of another account"))
    return job.id


async def test_the_filter_narrows_the_list_while_it_is_typed(panel: Open, job_id: int) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "h")
        assert len(summaries(anna)) == 3
        await anna.press("f")
        assert anna.focused == "history-filter"
        await anna.type("kind:status")
        assert summaries(anna) == [f"#{job_id}: New → In progress"]
        await anna.type(" who:anna")
        assert summaries(anna) == []
        assert "Nothing in this history fits" in anna.screen_text()
        await anna.press("escape")
        assert anna.focused == "history"
        assert not anna.app.screen.query_one("#history-pane .form-words").display
        await anna.press("escape")
        assert anna.app.screen.query("#jobs-pane")


async def test_what_is_not_understood_is_said_and_the_list_stays(panel: Open, job_id: int) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "h", "f")
        assert "removed" in anna.text("#history-pane .form-words")
        await anna.type("kind:status kin:x")
        words = anna.app.screen.query_one("#history-pane .form-words")
        assert "did you mean kind:?" in str(words.content)
        assert words.has_class("-problem")
        assert anna.app.screen.query_one("#history-filter").has_class("-invalid")
        assert summaries(anna) == [f"#{job_id}: New → In progress"]
        await anna.press("enter")
        assert anna.focused == "history"
        assert words.display


async def test_the_last_date_there_is_is_refused_in_words(panel: Open, job_id: int) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "f5", "f")
        await anna.type("until:9999-12-31")
        assert '"9999-12-31" is out of range' in anna.text("#history-pane .form-words")
        assert f"#{job_id}: New → In progress" in summaries(anna)


@pytest.mark.parametrize("key", ["f5", "H"])
async def test_the_history_of_all_is_a_key_away_and_leads_back(
    panel: Open, job_id: int, key: str
) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", key)
        assert border_title(anna) == "History › all accounts"
        assert summaries(anna)[0].endswith("Of another account")
        assert "1002" in anna.screen_text()
        await anna.press(key, "escape")
        assert anna.app.screen.query("#job-pane")
        await anna.press("v", "f5", "escape")
        assert anna.list("customer-jobs-list").row_count == 1


async def test_the_history_of_all_needs_no_account(panel: Open, job_id: int) -> None:
    async with panel() as anna:
        await anna.press("f5")
        assert len(summaries(anna)) == 4
        await anna.press("escape")
        assert anna.focused == "search"


async def test_enter_opens_the_job_with_its_account_and_esc_leads_back(
    panel: Open, job_id: int
) -> None:
    async with panel() as anna:
        await anna.type("1002")
        await anna.press("enter", "f5", "f")
        await anna.type("1001")
        await anna.press("enter", "down", "enter")
        assert anna.app.screen.query_one("#account-pane").border_title == "Account 1001"
        assert border_title(anna) == f"Custom Jobs › 1001 acme › #{job_id} Site redesign"
        await anna.press("h", "escape")
        assert anna.app.screen.query("#job-pane")
        await anna.press("escape")
        assert anna.app.screen.query_one("#history-filter").value == "1001"
        assert anna.list("history").cursor_index == 1
        await anna.press("escape")
        assert anna.row("jobs").description == "Of another account"
        assert anna.app.screen.query_one("#account-pane").border_title == "Account 1002"


async def test_an_entry_of_an_account_opens_the_account(
    panel: Open, desk: StaffDesk, job_id: int
) -> None:
    write_entry(desk, "account-changed", plan="Pro")
    async with panel() as anna:
        await anna.press("f5", "enter")
        assert anna.app.screen.query_one("#account-pane").border_title == "Account 1001"
        assert anna.row("jobs").description == "Site redesign"


async def test_a_removed_job_cannot_be_opened_and_can_be_brought_back(
    panel: Open, desk: StaffDesk, job_id: int
) -> None:
    desk.jobs.remove(job_id)
    async with panel() as anna:
        await anna.press("f5", "enter")
        assert f"There is no job #{job_id}" in told(anna)
        assert f"#{job_id} Site redesign back in its place" in anna.text("#history-reversal")
        await anna.press("r", "enter", "end", "home")
        assert "undone: job removed" in summaries(anna)[0]
        await anna.press("enter")
        assert anna.app.screen.query("#job-pane")


async def test_a_change_of_another_person_is_taken_back_from_the_history(
    panel: Open, desk: StaffDesk, other: Any, job_id: int
) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", "h")
        assert anna.row("history").actor == "ben"
        assert f"Undo: status of #{job_id} back to New" in anna.text("#history-reversal")
        await anna.press("r")
        assert isinstance(anna.app.screen, Proposal)
        await anna.press("enter")
        assert other.jobs.get(job_id).status is JobStatus.NEW
        assert "undone" in summaries(anna)[0]
        await anna.press("u")
        assert f"status of #{job_id} back to In progress" in anna.text(".dialog-text")


async def test_why_it_cannot_be_taken_back_stands_below_the_entry(
    panel: Open, desk: StaffDesk, other: Any, job_id: int
) -> None:
    other.jobs.set_status(job_id, JobStatus.ON_HOLD)
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", "h", "down")
        assert anna.row("history").summary.endswith("New → In progress")
        assert "Not to be taken back: ben" in anna.text("#history-reversal")
        await anna.press("r")
        assert len(anna.app.screen_stack) == 1
        assert "ben" in told(anna)
        assert other.jobs.get(job_id).status is JobStatus.ON_HOLD


async def test_what_is_no_change_of_ours_is_not_offered_to_be_taken_back(
    panel: Open, desk: StaffDesk, path: Path
) -> None:
    reseller = insert_account(desk, "pixel", is_reseller=True)
    theirs = insert_account(desk, "bakery", reseller=reseller)
    staff = StaffDesk.open(path, Actor("rosa"), reseller, SETTINGS)
    job = staff.jobs.add(theirs, JobDraft("Baked"))
    async with panel() as anna:
        await anna.type("bakery")
        await anna.press("enter", "h")
        offered = anna.app.screen.active_bindings["r"].binding.action
        assert offered == "try_reverse"
        assert anna.text("#history-reversal") == ""
        await anna.press("r")
        assert len(anna.app.screen_stack) == 1
        assert staff.jobs.get(job.id).description == "Baked"
    staff.close()


async def test_new_entries_appear_at_the_top_and_the_cursor_stays_with_its_own(
    panel: Open, other: Any, job_id: int
) -> None:
    for number in range(60):
        other.notes.add(job_id, f"Note {number}")
    async with panel() as anna:
        await anna.press("f5", "down")
        seen = anna.row("history")
        other.notes.add(job_id, "The newest")
        await until(anna, lambda: "The newest" in anna.screen_text())
        assert anna.row("history").id == seen.id
        assert anna.list("history").cursor_index == 2
        await anna.press("pagedown", "pagedown")
        seen, top = anna.row("history"), anna.list("history").scroll_offset.y
        other.notes.add(job_id, "Newer still")
        await until(anna, lambda: anna.list("history").row_count == 66)
        assert anna.row("history").id == seen.id
        assert anna.list("history").scroll_offset.y == top + 1


async def test_only_windows_of_a_long_history_are_read(
    panel: Open, desk: StaffDesk, job_id: int
) -> None:
    with desk.database.atomic():
        desk.database.execute_sql(
            "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
            " INSERT INTO event (at, actor_id, session, kind, account_id, job_id, before, after)"
            " SELECT i, staff.id, '', 'note-added', 1001, ?, '{}', '{}' FROM n, staff"
            " WHERE login = 'anna'",
            (job_id,),
        )
    async with panel() as anna:
        await anna.press("f5")
        assert "of more than 10,000" in anna.text("#history-count")
        await anna.press("end")
        assert "of 100,0" in anna.text("#history-count")
        await anna.press("home", "pagedown")
        assert anna.list("history").rows_held < 1000
        assert "of 100,0" in anna.text("#history-count")


async def test_details_of_any_length_can_be_read_in_a_view_of_bounded_height(
    panel: Open, desk: StaffDesk, job_id: int
) -> None:
    job = desk.jobs.get(job_id)
    text = "\n".join(f"line {number} " + "x" * 90 for number in range(195))
    desk.jobs.edit(job_id, job.version, JobDraft("Site redesign", details=text))
    async with panel(size=(80, 24)) as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", "h")
        view = anna.app.screen.query_one("#history-detail", TextView)
        assert view.max_scroll_y > 100
        assert "r  Undo" in anna.screen_text()
        assert anna.list("history").size.height == 5
        assert "Details, after" in anna.screen_text()
        await anna.press("tab", "end")
        assert "line 194" in anna.screen_text()


async def test_kinds_of_a_newer_program_are_shown_as_they_are(
    panel: Open, desk: StaffDesk, job_id: int
) -> None:
    write_entry(desk, "job-archived", job=job_id, place="[/]shelf 7")
    async with panel() as anna:
        await anna.press("f5")
        assert anna.row("history").kind == "job-archived"
        assert "Place: (empty) → [/]shelf 7" in anna.screen_text()
        assert anna.text("#history-reversal") == ""
        await anna.press("r")
        assert len(anna.app.screen_stack) == 1


async def test_a_filter_for_another_history_leads_there_in_words(panel: Open, job_id: int) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "h", "f")
        await anna.type("1002")
        assert "F5" in anna.text("#history-pane .form-words")
        assert len(summaries(anna)) == 3


async def test_a_resellers_staff_see_only_their_own_in_the_history_of_all(
    desk: StaffDesk, path: Path, job_id: int
) -> None:
    from tui.staff_panel import StaffPanel

    reseller = insert_account(desk, "pixel", is_reseller=True)
    theirs = insert_account(desk, "bakery", reseller=reseller)
    staff = StaffDesk.open(path, Actor("rosa"), reseller, SETTINGS)
    staff.jobs.add(theirs, JobDraft("Baked"))
    desk.close()
    app = StaffPanel(staff, path)
    async with app.run_test(size=(100, 30)) as pilot:
        rosa = Person(pilot)
        await rosa.press("f5")
        assert [it.partition(":")[2] for it in summaries(rosa)] == [" Baked"]
