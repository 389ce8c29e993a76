"""What cannot be accepted is said beside the field, and nothing that was typed is lost."""

import asyncio

import pytest
from textual.content import Content
from textual.events import Paste
from textual.widgets import Button, Static

from models.drafts import JobDraft, TaskDraft
from models.staff.desk import StaffDesk
from models.values import JobStatus
from tests.tui.conftest import Open, Person

HOSTILE = "[bold]a[/] [/] [@click=app.quit]x[/] \x1b[31mred\x1b]52;c;x\x07 \x00 \u202eabc\u202c é́́́́"


async def open_job(anna: Person) -> None:
    """Open the only job of account 1001."""
    await anna.type("1001")
    await anna.press("enter", "enter")


@pytest.fixture
def job_id(desk: StaffDesk) -> int:
    """A job of account 1001."""
    return desk.jobs.add(1001, JobDraft("Job")).id


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ("1:75", "59"),
        ("1:5", "1:05"),
        ("abc", "1:30"),
        ("-5", ""),
        ("nan", ""),
        ("9" * 40, "9,999"),
    ],
)
async def test_a_bad_time_is_said_while_typing_and_keeps_the_text(
    panel: Open, job_id: int, time: str, said: str
) -> None:
    async with panel() as anna:
        await open_job(anna)
        await anna.press("n")
        await anna.type("Work")
        await anna.press("tab", "tab")
        await anna.type(time)
        words = anna.app.screen.query_one("#task-form .form-words")
        assert words.has_class("-problem")
        assert said in str(words.content)
        await anna.press("enter")
        assert anna.focused == "field-time"
        assert anna.list("tasks").row_count == 0
        draft = anna.app.screen.query_one("#task-form").draft
        assert (draft.description, draft.time) == ("Work", time)


@pytest.mark.parametrize("rate", ["75.005", "abc", "-5", "inf", "1e9", "٧٥"])
async def test_a_bad_rate_is_refused_beside_its_field(panel: Open, job_id: int, rate: str) -> None:
    async with panel() as anna:
        await open_job(anna)
        form = anna.app.screen.query_one("#task-form")
        form.focus_first()
        await anna.type("Work")
        await anna.press("tab")
        anna.app.focused.value = rate
        await anna.settle()
        assert form.query_one("#field-rate LineField").has_class("-invalid")
        assert "rate" in form.problems()


async def test_an_empty_form_is_not_red_until_it_is_submitted(panel: Open, job_id: int) -> None:
    async with panel() as anna:
        await open_job(anna)
        assert not anna.app.screen.query(".-problem")
        await anna.press("n", "enter")
        assert "Description is empty" in anna.text("#task-form .form-words")
        assert anna.focused == "field-description"


async def test_a_pasted_text_of_many_lines_arrives_whole_on_one_line(
    panel: Open, job_id: int
) -> None:
    async with panel() as anna:
        await open_job(anna)
        await anna.press("n")
        anna.app.post_message(Paste("one\ttwo\r\nthree\x00\x1b[2J"))
        await anna.pilot.pause()
        await anna.settle()
        assert anna.app.focused.value == "one two three␀␛[2J"


async def test_ten_thousand_characters_are_refused_and_stay(panel: Open, job_id: int) -> None:
    async with panel() as anna:
        await open_job(anna)
        await anna.press("n")
        anna.app.focused.value = "x" * 10_000
        await anna.settle()
        assert "10,000" in anna.text("#task-form .form-words")
        assert len(anna.app.focused.value) == 10_000


async def test_hostile_text_is_text_everywhere(panel: Open, desk: StaffDesk) -> None:
    job = desk.jobs.add(
        1001,
        JobDraft(HOSTILE, details=HOSTILE + "\n[/]", assignee="[/]", reference=HOSTILE),
        TaskDraft(HOSTILE, rate="75", time="1", note=HOSTILE),
    )
    desk.notes.add(job.id, HOSTILE, visible_to_customer=True)
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", "i", "escape", "s", "escape", "e", "escape")
        await anna.press("enter", "escape", "h", "escape", "delete", "n", "v", "enter")
        shown = anna.screen_text()
        assert "[@click=app.quit]" in shown
        assert not set(shown) & {"\x1b", "\x00", "\x07", "\u202e"}
        assert anna.app.is_running


async def test_no_control_character_of_a_careless_widget_reaches_the_terminal(
    panel: Open,
) -> None:
    async with panel() as anna:
        await anna.app.screen.mount(Static(Content("careless \x1b]52;c;x\x07\u202e")))
        await anna.pilot.pause()
        shown = anna.screen_text()
        assert "careless" in shown
        assert not set(shown) & {"\x1b", "\x07", "\u202e"}


async def test_escape_leaves_the_form_but_not_the_text(panel: Open, job_id: int) -> None:
    async with panel() as anna:
        await open_job(anna)
        await anna.press("n")
        await anna.type("Half typed")
        await anna.press("escape")
        assert anna.focused == "tasks"
        await anna.press("escape")
        assert anna.app.screen.query("Confirmation, .dialog")
        await anna.press("escape")
        assert anna.app.screen.query_one("#task-form").draft.description == "Half typed"
        await anna.press("escape", "2")
        assert anna.focused == "jobs"


async def test_leaving_the_program_asks_about_text_that_is_not_saved(
    panel: Open, job_id: int
) -> None:
    async with panel() as anna:
        await open_job(anna)
        await anna.press("n")
        await anna.type("Half typed")
        await anna.press("ctrl+q")
        await anna.settle()
        assert anna.app.screen.query(".dialog")
        await anna.press("3")
        assert anna.app.screen.query_one("#task-form").draft.description == "Half typed"


async def test_opening_another_account_asks_about_text_that_is_not_saved(
    panel: Open, job_id: int
) -> None:
    async with panel() as anna:
        await open_job(anna)
        await anna.press("n")
        await anna.type("Half typed")
        await anna.press("escape", "slash")
        await anna.type("1002")
        await anna.press("enter", "3")
        assert anna.app.screen.query_one("#task-form").draft.description == "Half typed"


async def test_leaving_asks_about_text_in_a_dialog_too(panel: Open, job_id: int) -> None:
    async with panel() as anna:
        await open_job(anna)
        await anna.press("e")
        await anna.type(" of Anna")
        await anna.press("ctrl+q", "ctrl+q", "3")
        assert anna.app.is_running
        assert anna.app.focused.value == "Job of Anna"


async def test_two_clicks_while_the_database_is_busy_save_once(
    panel: Open, job_id: int, other: StaffDesk
) -> None:
    async with panel() as anna:
        await open_job(anna)
        await anna.press("a")
        await anna.type("Once")
        with other.session.writing():
            button = anna.app.screen.query_one("#note-form Button", Button)
            button.press()
            button.press()
            await anna.pilot.pause()
        await anna.until(lambda: other.notes.page(job_id).total > 0)
        await anna.settle()
        assert other.notes.page(job_id).total == 1


async def test_a_refused_save_tells_what_was_typed_ahead_and_saves_nothing_with_it(
    panel: Open, job_id: int, desk: StaffDesk, other: StaffDesk
) -> None:
    desk.database.write_lock.timeout = 0.5
    async with panel() as anna:
        await open_job(anna)
        await anna.press("n")
        await anna.type("Work")
        await anna.press("tab", "tab")
        await anna.type("1")
        with other.session.writing():
            await anna.pilot.press("enter", "a", "b", "c", "enter")
            await anna.settle()
        assert other.tasks.page(job_id).total == 0
        assert anna.app.screen.query_one("#task-form").draft.description == "Work"
        assert any("abc" in note.message for note in anna.app._notifications)


async def test_a_fixed_price_is_not_made_from_the_rate(panel: Open, job_id: int) -> None:
    async with panel() as anna:
        await open_job(anna)
        await anna.press("n", "f7")
        form = anna.app.screen.query_one("#task-form")
        assert form.draft.amount == ""
        await anna.press("f7", "f7")
        assert form.draft.rate == "75.00"


async def test_a_wrong_rate_is_said_even_without_a_time(panel: Open, job_id: int) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "n")
        await anna.type("A job")
        await anna.press("tab")
        await anna.type("zzz")
        await anna.press("enter")
        assert anna.list("jobs").row_count == 1
        assert anna.focused == "field-rate"


@pytest.mark.parametrize("size", [(60, 20), (40, 10), (75, 24)])
async def test_every_field_can_be_seen_in_a_narrow_terminal(
    panel: Open, job_id: int, size: tuple[int, int]
) -> None:
    async with panel(size=size) as anna:
        await open_job(anna)
        await anna.press("n")
        for _ in range(4):
            field = anna.app.focused
            assert field.region.width >= 5
            assert field.region in anna.app.screen.region
            await anna.press("tab")


async def test_a_status_that_someone_else_set_meanwhile_is_not_overwritten(
    panel: Open, job_id: int, other: StaffDesk
) -> None:
    async with panel() as anna:
        await open_job(anna)
        await anna.press("s")
        other.jobs.set_status(job_id, JobStatus.CANCELED)
        await anna.press("2")
        assert other.jobs.get(job_id).status is JobStatus.CANCELED


async def test_a_long_wait_for_the_database_is_told_and_the_text_is_kept(
    panel: Open, job_id: int, desk: StaffDesk, other: StaffDesk
) -> None:
    desk.database.write_lock.timeout = 1.5
    async with panel() as anna:
        await open_job(anna)
        await anna.press("n")
        await anna.type("Work")
        await anna.press("tab", "tab")
        await anna.type("1")
        told: list[str] = []
        waiting = asyncio.Event()

        def hear(words: str) -> None:
            told.append(words)
            if words:
                waiting.set()

        anna.app._desk._tell = hear
        with other.session.writing():
            await anna.pilot.press("enter")
            await asyncio.wait_for(waiting.wait(), 10)
            assert "busy" in told[-1]
            await anna.settle()
        assert told[-1] == ""
        assert anna.app.screen.query_one("#task-form").draft.description == "Work"
        assert anna.list("tasks").row_count == 0
        await anna.press("enter")
        assert anna.list("tasks").row_count == 1


@pytest.mark.parametrize(
    "size", [(80, 24), (40, 10), (200, 60), (20, 5), (120, 36), (1, 1), (2, 3)]
)
async def test_resizing_keeps_a_half_filled_form(
    panel: Open, job_id: int, size: tuple[int, int]
) -> None:
    async with panel() as anna:
        await open_job(anna)
        await anna.press("n")
        await anna.type("Half")
        await anna.pilot.resize_terminal(*size)
        await anna.type(" typed")
        assert anna.app.screen.query_one("#task-form").draft.description == "Half typed"
        assert anna.focused == "field-description"
        if size >= (40, 10):
            assert "Half typed" in anna.screen_text()
