"""What is typed and not saved: kept at once, offered again, taken up, thrown away, or kept on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

import tui.draft_keeper
from models.draft_store import DraftPlace, DraftStore, KeptDraft
from models.drafts import JobDraft, TaskDraft
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.values import JobStatus
from tests.tui.conftest import SETTINGS, Person
from tui.dialogs.edit_job import EditJob
from tui.dialogs.kept_drafts import KeptDrafts
from tui.lower_frame.offer_line import OfferLine
from tui.staff_panel import StaffPanel

WAIT = 30
"""Seconds after which a test that waits has failed."""

JOB = DraftPlace("job", 1001, 1001, None)
TASK = DraftPlace("task", 1, 1001, 1)
NOTE = DraftPlace("note", 1, 1001, 1)

Panel = Callable[..., AbstractAsyncContextManager[Person]]


@pytest.fixture
def start(path: Path, desk: StaffDesk) -> Panel:
    """Returns `start(…)`, which opens a panel of its own on a company with two jobs."""
    desk.jobs.add(1001, JobDraft("Site redesign"), TaskDraft("Wireframes", rate="75", time="2"))
    desk.jobs.add(1001, JobDraft("New shop"))
    desk.close()

    @asynccontextmanager
    async def open_panel(
        login: str = "anna", size: tuple[int, int] = (100, 30)
    ) -> AsyncIterator[Person]:
        app = StaffPanel(StaffDesk.open(path, Actor(login), None, SETTINGS), path)
        async with app.run_test(size=size, notifications=True) as pilot:
            person = Person(pilot)
            await person.settle()
            yield person

    return open_panel


def left(path: Path, login: str = "anna") -> list[KeptDraft]:
    """What a session that begins now would be offered if none of the others lived."""
    store = DraftStore.open(path, login, None, "f" * 32, lambda _: False)
    try:
        return store.left_at()
    finally:
        store.close()


def leave(path: Path, *drafts: tuple[DraftPlace, dict[str, str | bool]]) -> None:
    """Be sessions that are gone; each has left a draft, the last one the newest."""
    for number, (place, texts) in enumerate(drafts):
        clock = partial(int, 1_795_348_800_000 + number * 60_000)
        store = DraftStore.open(path, "anna", None, f"{number:032x}", lambda _: False, clock)
        store.keep(place, texts)
        store.close()


async def until(person: Person, condition: Callable[[], object]) -> None:
    """Wait until something has come about."""
    async with asyncio.timeout(WAIT):
        while not condition():
            await person.pilot.pause(0.01)


def offered(person: Person) -> str:
    """The words of the line over the pane."""
    lines = person.app.screen_stack[0].query(OfferLine)
    return str(lines.first().content) if lines else ""


async def test_what_is_typed_is_in_the_store_before_anything_is_pressed(
    start: Panel, path: Path
) -> None:
    async with start() as anna:
        await anna.type("1001")
        await anna.press("enter", "up", "enter", "n")
        await anna.type("Half a tas")
        await until(anna, lambda: left(path))
        [kept] = left(path)
        assert (kept.place, kept.texts["description"]) == (TASK, "Half a tas")
        await anna.press("escape", "a")
        await anna.type("Half a no")
        await until(anna, lambda: len(left(path)) == 2)
        assert left(path)[0].texts == {"body": "Half a no", "visible_to_customer": False}
        await anna.press("f8")
        await until(anna, lambda: left(path)[0].texts["visible_to_customer"])


async def test_a_draft_is_offered_taken_up_saved_and_gone(start: Panel, path: Path) -> None:
    leave(path, (TASK, {"description": "Half a tas", "rate": "80", "time": "1:30", "done": True}))
    async with start() as anna:
        await anna.type("1001")
        await anna.press("enter", "up", "enter")
        await until(anna, lambda: offered(anna))
        assert "a task on #1" in offered(anna)
        assert "Half a tas" in offered(anna)
        await anna.press("f6")
        assert isinstance(anna.app.screen, KeptDrafts)
        await anna.press("enter")
        assert anna.focused == "field-description"
        await until(anna, lambda: not offered(anna))
        await anna.type("k")
        await anna.press("enter")
        task = anna.row("tasks")
        assert (task.description, task.rate.plain, task.minutes) == ("Half a task", "80.00", 90)
        assert task.done is not None
        await until(anna, lambda: not left(path))


# -- the offer -----------------------------------------------------------------------------------


async def test_keys_typed_ahead_go_past_the_offer(start: Panel, path: Path) -> None:
    leave(path, (TASK, {"description": "Of yesterday"}))
    async with start() as anna:
        await anna.type("1001")
        await anna.press("enter", "up", "enter", "n", *"Dd12", "enter")
        await until(anna, lambda: offered(anna))
        assert not isinstance(anna.app.screen, KeptDrafts)
        assert anna.app.screen.query_one("#task-form #field-description LineField").text == "Dd12"


async def test_what_the_form_holds_is_kept_when_a_draft_takes_its_place(
    start: Panel, path: Path
) -> None:
    leave(path, (NOTE, {"body": "Of yesterday"}))
    async with start() as anna:
        await anna.type("1001")
        await anna.press("enter", "up", "enter", "a")
        await anna.type("Of today")
        await anna.press("f6", "1")
        assert anna.app.screen.query_one("#note-form NoteField").text == "Of yesterday"
        await until(anna, lambda: "Of today" in offered(anna))
        await anna.press("f6", "enter")
        assert anna.app.screen.query_one("#note-form NoteField").text == "Of today"
        await until(anna, lambda: "Of yesterday" in offered(anna))


async def test_each_of_several_drafts_is_offered_and_thrown_away_by_itself(
    start: Panel, path: Path
) -> None:
    long = "A long text, which nobody wants to lose by one key."
    leave(path, (NOTE, {"body": long}), (NOTE, {"body": "Short"}), (JOB, {"description": "Third"}))
    async with start() as anna:
        await until(anna, lambda: anna.app._notifications)
        [notice] = anna.app._notifications
        assert notice.message.startswith("A job for 1001 (")
        await anna.press("f2", "f6", "down")
        assert "Short" in anna.screen_text()
        await anna.press("delete")
        assert [kept.texts for kept in left(path)] == [{"description": "Third"}, {"body": long}]
        await anna.press("delete")
        assert "cannot be brought back" in anna.screen_text()
        await anna.press("y", "escape")
        assert [kept.place for kept in left(path)] == [JOB]
        await anna.press("f6", "enter")
        assert anna.focused == "field-description"
        assert anna.app.screen.query_one("#job-form #field-description LineField").text == "Third"


async def test_the_palette_leads_to_the_drafts_and_no_dialog_does(start: Panel, path: Path) -> None:
    leave(path, (NOTE, {"body": "Half a note"}))
    async with start() as anna:
        await anna.type("1001")
        await anna.press("enter", "up", "enter", "s", "f6")
        assert not isinstance(anna.app.screen, KeptDrafts)
        await anna.press("escape", "ctrl+p", "f6")
        assert not isinstance(anna.app.screen, KeptDrafts)
        await anna.type("Drafts")
        await until(anna, lambda: "take it up" in anna.screen_text())
        await anna.press("enter")
        await until(anna, lambda: isinstance(anna.app.screen, KeptDrafts))


async def test_a_draft_of_a_job_that_is_gone_can_be_read_and_copied(
    start: Panel, path: Path
) -> None:
    gone = DraftPlace("note", 77, 1001, 77)
    leave(path, (gone, {"body": "One line\nand another"}))
    async with start() as anna:
        await anna.press("f2", "f6")
        assert "and another" in anna.screen_text()
        await anna.press("c", "enter")
        assert anna.app.clipboard == "One line\nand another"
        assert any("no job #77" in notice.message for notice in anna.app._notifications)
        assert len(left(path)) == 1


async def test_a_draft_of_a_finished_job_is_taken_up_after_it_is_reopened(
    start: Panel, path: Path
) -> None:
    desk = StaffDesk.open(path, Actor("ben"), None, SETTINGS)
    desk.jobs.set_status(1, JobStatus.CANCELED)
    desk.close()
    leave(path, (TASK, {"description": "One more"}))
    async with start() as anna:
        await anna.press("f2", "f6", "enter", "n")
        assert len(left(path)) == 1
        await anna.press("f6", "enter", "y")
        field = anna.app.screen.query_one("#task-form #field-description LineField")
        assert field.text == "One more"


async def test_only_the_person_is_offered_it_and_only_once(start: Panel, path: Path) -> None:
    leave(path, (NOTE, {"body": "Mine"}))
    async with start("ben") as ben:
        await ben.press("f2", "f6")
        assert not isinstance(ben.app.screen, KeptDrafts)
    async with start() as first, start() as second:
        for anna in (first, second):
            await anna.press("f2", "f6")
        await first.press("enter")
        await second.press("enter")
        assert first.app.screen.query_one("#note-form NoteField").text == "Mine"
        assert second.app.screen.query_one("#note-form NoteField").text == ""
        assert any("in another window" in it.message for it in second.app._notifications)


# -- leaving -------------------------------------------------------------------------------------


async def begin_note(anna: Person) -> None:
    await anna.type("1001")
    await anna.press("enter", "up", "enter", "a")
    await anna.type("Half a note")


async def test_text_is_kept_for_later_and_offered_when_one_comes_back(
    start: Panel, path: Path
) -> None:
    async with start() as anna:
        await begin_note(anna)
        await anna.press("escape", "escape", "enter")
        assert anna.focused == "jobs"
        assert "Half a note" in offered(anna)
        await anna.press("enter")
        assert anna.app.screen.query_one("#note-form NoteField").text == ""
        await anna.press("f6", "enter")
        assert anna.app.screen.query_one("#note-form NoteField").text == "Half a note"


@pytest.mark.parametrize(("answer", "is_kept"), [("1", True), ("2", False)])
async def test_leaving_the_program_keeps_or_throws_away(
    start: Panel, path: Path, answer: str, is_kept: bool
) -> None:
    async with start() as anna:
        await begin_note(anna)
        await anna.press("ctrl+q", "escape")
        assert anna.app.is_running
        await anna.press("ctrl+q")
        await anna.pilot.press(answer)
        await until(anna, lambda: not anna.app.is_running)
    assert [kept.texts["body"] for kept in left(path)] == ["Half a note"] * is_kept


async def test_text_of_an_account_that_goes_out_of_reach_is_offered_at_once(
    start: Panel, path: Path
) -> None:
    async with start() as anna:
        await begin_note(anna)
        await anna.app._lose_account(anna.app._account.account)  # as after a move to a reseller
        await anna.settle()
        await anna.press("f6")
        assert "Half a note" in anna.screen_text()


async def test_what_is_emptied_is_kept_no_more(start: Panel, path: Path) -> None:
    async with start() as anna:
        await begin_note(anna)
        await until(anna, lambda: left(path))
        await anna.press(*["backspace"] * len("Half a note"))
        await until(anna, lambda: not left(path))


# -- edits ---------------------------------------------------------------------------------------


async def test_an_edit_is_taken_up_and_still_meets_what_others_did(
    start: Panel, path: Path
) -> None:
    async with start() as anna:
        await anna.type("1001")
        await anna.press("enter", "up", "enter", "e", "end")
        await anna.type(" of all pages")
        await until(anna, lambda: left(path))
        [kept] = left(path)
        assert (kept.place.form, kept.base["description"]) == ("edit-job", "Site redesign")
        await anna.press("escape", "1")
    desk = StaffDesk.open(path, Actor("ben"), None, SETTINGS)
    job = desk.jobs.get(1)
    desk.jobs.edit(1, job.version, JobDraft("Shop redesign", reference="T-1"))
    desk.close()
    async with start() as anna:
        await anna.press("f2", "f6", "enter")
        assert isinstance(anna.app.screen, EditJob)
        texts = anna.app.screen.texts()
        assert texts["description"] == "Site redesign of all pages"
        assert texts["reference"] == "T-1"
        assert "Shop redesign" in anna.screen_text()


async def test_an_edit_of_a_task_is_kept_until_it_is_saved(start: Panel, path: Path) -> None:
    async with start() as anna:
        await anna.type("1001")
        await anna.press("enter", "up", "enter", "enter", "end")
        await anna.type("!")
        await until(anna, lambda: left(path))
        await anna.press("escape", "1")
        assert "changes to task 1 of #1" in offered(anna)
        await anna.press("f6", "enter", "ctrl+s")
        assert anna.row("tasks").description == "Wireframes!"
        await until(anna, lambda: not left(path))
        await until(anna, lambda: not offered(anna))


async def begin_dispute(anna: Person, path: Path) -> None:
    """Change the description of #1, and let ben do so before it is saved."""
    await anna.type("1001")
    await anna.press("enter", "up", "enter", "e", "end")
    await anna.type(" of Anna")
    desk = StaffDesk.open(path, Actor("ben"), None, SETTINGS)
    desk.jobs.edit(1, desk.jobs.get(1).version, JobDraft("Site of Ben", reference="T-1"))
    desk.close()
    await anna.press("ctrl+s")


def versions(anna: Person) -> set[str]:
    """All texts between which the dialog lets one choose for the description."""
    dialog = anna.app.screen
    assert isinstance(dialog, EditJob)
    return {str(text) for text in dialog._disputes["description"].versions}


MINE = "Site redesign of Anna"


@pytest.mark.parametrize(
    ("keys", "own"),
    [
        ([], {MINE}),
        (["f9"], {MINE}),
        (["f9", *"!?"], {MINE, "Site of Ben!?"}),
        (["f9", "!", "f9"], {MINE, "Site of Ben!"}),
    ],
)
async def test_a_dispute_is_kept_with_every_text_and_is_there_again(
    start: Panel, path: Path, keys: list[str], own: set[str]
) -> None:
    async with start() as anna:
        await begin_dispute(anna, path)
        await anna.press(*keys)
        # What a session that is killed now leaves.
        await until(anna, lambda: own <= set(left(path)[0].texts.values()))
        [kept] = left(path)
        assert kept.base["description"] == "Site redesign"
        assert kept.base["reference"] == "T-1"
        await anna.press("escape", "1", "f6")
        assert all(text in anna.screen_text() for text in own)
        await anna.press("enter")
        assert versions(anna) == {*own, "Site of Ben"}
        assert "Choose mine or theirs for Description" in anna.screen_text()
        await anna.press("escape", "1")
    async with start() as anna:  # and as often as one likes
        await anna.press("f2", "f6", "enter")
        assert versions(anna) == {*own, "Site of Ben"}


async def test_a_price_that_another_rate_makes_doubtful_is_kept_in_doubt(
    start: Panel, path: Path
) -> None:
    async with start() as anna:
        await anna.type("1001")
        await anna.press("enter", "up", "enter", "enter", "f7")
        desk = StaffDesk.open(path, Actor("ben"), None, SETTINGS)
        desk.tasks.edit(1, 1, TaskDraft("Wireframes", rate="90", time="2"))
        desk.close()
        anna.app.screen.put("amount", "80")
        await anna.press("ctrl+s")
        assert "Choose mine or theirs for Pricing" in anna.screen_text()
        await anna.press("f9", "escape", "1", "f6", "enter")
        assert anna.app.screen.texts()["pricing"] == "fixed"
        assert "Choose mine or theirs for Pricing" in anna.screen_text()


# -- a job that was moved meanwhile --------------------------------------------------------------


def move(path: Path, job: int, account: int) -> None:
    desk = StaffDesk.open(path, Actor("ben"), None, SETTINGS)
    desk.jobs.move(job, account)
    desk.close()


@pytest.mark.parametrize(("key", "form"), [("n", "#task-form"), ("a", "#note-form")])
async def test_a_form_says_that_its_job_was_moved_before_it_saves(
    start: Panel, path: Path, key: str, form: str
) -> None:
    async with start() as anna:
        await anna.type("1001")
        await anna.press("enter", "up", "enter", key)
        await anna.type("For acme")
        move(path, 1, 1002)
        await until(anna, lambda: anna.app.screen.query_one("#job-pane").job.account == 1002)
        if key == "n":
            await anna.press("tab", "tab", "1")
        await anna.press("enter")
        said = [notice.message for notice in anna.app._notifications]
        assert any(it.startswith("#1 was moved to account 1002 by ben at") for it in said)
        assert anna.app.screen.query_one(form).has_text
        await until(anna, lambda: [kept.place.account for kept in left(path)] == [1002])
        await anna.press("enter")
        assert not anna.app.screen.query_one(form).has_text
        assert "For acme" in anna.screen_text()


async def test_an_empty_form_is_for_the_account_that_is_shown(start: Panel, path: Path) -> None:
    async with start() as anna:
        await anna.type("1001")
        await anna.press("enter", "up", "enter", "a")
        move(path, 1, 1002)
        await until(anna, lambda: anna.app.screen.query_one("#job-pane").job.account == 1002)
        await anna.type("For acmeweb")
        await anna.press("enter")
        assert not anna.app.screen.query_one("#note-form").has_text


@pytest.mark.parametrize("form", ["note", "edit-job"])
async def test_a_draft_of_a_job_that_was_moved_says_so_and_is_not_saved_at_once(
    start: Panel, path: Path, form: str
) -> None:
    texts = {"note": {"body": "For acme"}, "edit-job": {"description": "For acme"}}
    leave(path, (DraftPlace(form, 1, 1001, 1), {**texts[form]}))
    move(path, 1, 1002)
    said = "Typed when #1 was in account 1001; it is in account 1002 now."
    async with start(size=(80, 24)) as anna:
        for _ in range(2):  # a session that ends before it is saved does not make it forgotten
            await anna.press("f2", "f6", "enter")
            assert said in anna.screen_text()
            await anna.press("end", "!")
            assert said in anna.screen_text()
            await until(anna, lambda: [kept.place.account for kept in left(path)] == [1001])
            if form == "note":
                await anna.press("escape")
            await anna.press("escape", "1")
        await anna.press("f2", "f6", "enter")
        save = "enter" if form == "note" else "ctrl+s"
        await anna.press(save)
        assert [kept.place.record for kept in left(path)] == [1]
        assert "moved to account 1002 by ben" in anna.screen_text()
        await anna.press(save)
        await until(anna, lambda: not left(path))
        assert "For acme!!" in anna.screen_text()


async def test_the_line_goes_when_another_window_took_its_draft_up(
    start: Panel, path: Path
) -> None:
    leave(path, (NOTE, {"body": "Half a note"}))
    async with start() as first, start() as second:
        await first.type("1001")
        await first.press("enter", "up", "enter")
        await until(first, lambda: offered(first))
        await second.press("f2", "f6", "enter")
        assert second.app.screen.query_one("#note-form").has_text
        await first.press("f6")
        await until(first, lambda: not offered(first))
        assert "taken up in another window" in list(first.app._notifications)[-1].message


# -- what it costs, and what goes wrong ----------------------------------------------------------


async def test_typing_wakes_nobody_who_watches_the_database(start: Panel, path: Path) -> None:
    async with start() as anna:
        await anna.type("1001")
        await anna.press("enter", "up", "enter", "a")
        other = StaffDesk.open(path, Actor("ben"), None, SETTINGS)
        version, log = other.data_version(), other.log_mark()
        await anna.type("Half a note")
        await until(anna, lambda: left(path))
        assert (other.data_version(), other.log_mark()) == (version, log)
        other.close()


async def test_nothing_typed_is_nothing_written(start: Panel, path: Path) -> None:
    async with start() as anna:
        await anna.type("1001")
        drafts = path.with_name("jobs.db.drafts-wal")
        before = drafts.stat().st_size
        await anna.press("enter")  # which accounts were opened is written into the same file
        await until(anna, lambda: drafts.stat().st_size > before)
        size = drafts.stat().st_size
        await anna.press("n", "f7", "f8", "tab", "escape", "up", "enter", "n", "escape")
        await anna.press("a", "f8", "escape", "escape")
        assert anna.focused == "jobs"
        assert left(path) == []
        assert drafts.stat().st_size == size


async def test_drafts_that_cannot_be_kept_are_told_once_and_stop_nobody(
    start: Panel, path: Path
) -> None:
    path.with_name("jobs.db.drafts").mkdir()
    async with start() as anna:
        await begin_note(anna)
        await until(anna, lambda: "would be lost" in anna.app.at_risk)
        await anna.type(" and more")
        words = [notice.message for notice in anna.app._notifications]
        assert [text for text in words if text.startswith("Half-typed work is not kept")] == words
        assert len(words) == 1
        await anna.press("escape", "escape")
        assert "Keep it for later" not in anna.screen_text()
        await anna.press("n", "a", "enter")
        assert "Half a note and more" in anna.screen_text()
        assert anna.app.at_risk == ""


async def test_what_could_not_be_written_is_written_when_that_works_again(
    start: Panel, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tui.draft_keeper, "RETRY", 0.1)
    async with start() as anna:
        await anna.type("1001")
        await anna.press("enter", "up", "enter", "a")
        drafts, aside = path.with_name("jobs.db.drafts"), path.with_name("aside")
        drafts.rename(aside)
        drafts.mkdir()
        await anna.type("Half a note")
        await until(anna, lambda: "would be lost" in anna.app.at_risk)
        drafts.rmdir()
        aside.rename(drafts)
        await until(anna, lambda: "is kept" in anna.app.at_risk)
        assert left(path)[0].texts["body"] == "Half a note"


async def test_a_refused_save_keeps_the_text_in_the_form_and_in_the_drafts(
    start: Panel, path: Path
) -> None:
    async with start() as anna:
        await begin_note(anna)
        desk = StaffDesk.open(path, Actor("ben"), None, SETTINGS)
        desk.jobs.remove(1)
        desk.close()
        await anna.press("enter")
        assert anna.app.screen.query_one("#note-form NoteField").text == "Half a note"
        assert left(path)[0].texts["body"] == "Half a note"
