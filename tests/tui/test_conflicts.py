"""Two people edit one record: each field tells both texts, one chooses, and nothing is lost."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any, Protocol

import pytest
from textual.widgets import Checkbox

from models.draft_store import Texts
from models.drafts import JobDraft, TaskDraft
from models.staff.desk import StaffDesk
from models.tables import Task
from models.values import JobStatus, Pricing
from tests.hostile_text import PAYLOADS
from tests.tui.conftest import Open, Person
from tui.dialogs.edit import EditDialog
from tui.draft_keeper import DraftSlot
from tui.forms.dispute_line import DisputeLine
from tui.widgets.block_field import BlockField

DETAILS = "Call Jane.\nMove the shop.\nTell her."


class Editing(Person):
    """Anna, with a record open in a dialog."""

    @property
    def dialog(self) -> Any:
        """The dialog."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, EditDialog))

    @property
    def is_open(self) -> bool:
        """Whether the dialog is still there."""
        return any(isinstance(screen, EditDialog) for screen in self.app.screen_stack)

    @property
    def news(self) -> str:
        """What the dialog says of others."""
        return self._said(".edit-news")

    @property
    def words(self) -> str:
        """What the dialog says of the fields."""
        return self._said(".form-words")

    def _said(self, selector: str) -> str:
        widget = self.dialog.query_one(selector)
        return str(widget.content) if widget.display else ""

    def line(self, name: str) -> str:
        """The words below a field that both changed, with its choice."""
        line: DisputeLine = self.dialog._lines[name]
        versions = str(line._versions.content)
        return f"{versions} | {line.choice.words}" if line.display else ""

    def held(self, name: str) -> str | bool:
        """What a field of the form holds."""
        value: str | bool = self.dialog.texts()[name]
        return value

    async def retype(self, name: str, text: str) -> None:
        """Put the cursor into a field and type a text in place of what is there."""
        field = self.dialog.place(name).input
        field.focus()
        await self.settle()
        field.select_all()
        await self.type(text)


class Edit(Protocol):
    """Opens the panel with the dialog of a job, or of its first task."""

    def __call__(
        self, *keys: str, size: tuple[int, int] = (100, 40)
    ) -> AbstractAsyncContextManager[Editing]: ...


@pytest.fixture
def edit(panel: Open) -> Edit:
    """Returns `edit(key)`, which opens a dialog from the only job of account 1001."""

    @asynccontextmanager
    async def open_dialog(*keys: str, size: tuple[int, int] = (100, 40)) -> AsyncIterator[Editing]:
        async with panel(size=size) as anna:
            editing = Editing(anna.pilot)
            await editing.type("1001")
            await editing.press("enter", "enter", *keys)
            yield editing

    return open_dialog


@pytest.fixture
def job_id(desk: StaffDesk) -> int:
    """A job of account 1001."""
    return desk.jobs.add(1001, JobDraft("Job", details=DETAILS, due="2026-11-30")).id


@pytest.fixture
def task_id(desk: StaffDesk, job_id: int) -> int:
    """A task of it."""
    return desk.tasks.add(job_id, TaskDraft("Work", rate="75", time="1")).id


@pytest.fixture
def ben(other: StaffDesk) -> "Ben":
    """Someone else."""
    return Ben(other)


class Ben:
    """Someone who edits the same records in another session."""

    def __init__(self, desk: StaffDesk) -> None:
        self.desk = desk

    def edits_job(self, job_id: int, **fields: Any) -> None:
        """Save the job with these fields changed."""
        job = self.desk.jobs.get(job_id)
        draft = JobDraft(
            job.description,
            job.details,
            job.assignee,
            job.due,
            job.reference,
            job.shown_to_customer,
        )
        self.desk.jobs.edit(job_id, job.version, replace(draft, **fields))

    def edits_task(self, task_id: int, **fields: Any) -> None:
        """Save the task, 75.00/h for an hour, with these fields changed."""
        task = self.desk.tasks.get(task_id)
        draft = TaskDraft(task.description, rate="75", time="1")
        self.desk.tasks.edit(task_id, task.version, replace(draft, **fields))


# -- what is shown, and how one chooses ----------------------------------------------------------


async def test_a_conflict_saves_nothing_and_shows_both_texts_at_the_field(
    edit: Edit, job_id: int, ben: Ben
) -> None:
    async with edit("e") as anna:
        await anna.type(" of Anna")
        ben.edits_job(job_id, description="Job of Ben")
        await anna.press("ctrl+s")
        assert "ben" in anna.news
        assert "Nothing is saved yet" in anna.news
        assert anna.held("description") == "Job of Anna"
        assert anna.line("description") == "ben: Job of Ben | mine or theirs?"
        assert "ben: Job of Ben" in anna.screen_text()
        assert anna.words == "Choose mine or theirs for Description."
        assert anna.focused == "field-description"
        assert ben.desk.jobs.get(job_id).description == "Job of Ben"


@pytest.mark.parametrize("key", ["f9", "ctrl+g"])
async def test_a_key_puts_theirs_into_the_field_and_mine_again(
    edit: Edit, job_id: int, ben: Ben, key: str
) -> None:
    async with edit("e") as anna:
        await anna.type(" of Anna")
        ben.edits_job(job_id, description="Job of Ben")
        await anna.press("ctrl+s", key)
        assert anna.held("description") == "Job of Ben"
        assert anna.line("description") == "yours: Job of Anna | ✓ theirs"
        assert anna.words == "Due 2026-11-30"
        await anna.press(key)
        assert anna.held("description") == "Job of Anna"
        assert anna.line("description") == "ben: Job of Ben | ✓ mine"


@pytest.mark.parametrize(("presses", "saved"), [(1, "Job of Ben"), (2, "Job of Anna")])
async def test_what_was_chosen_is_saved(
    edit: Edit, job_id: int, ben: Ben, presses: int, saved: str
) -> None:
    async with edit("e") as anna:
        await anna.type(" of Anna")
        ben.edits_job(job_id, description="Job of Ben")
        await anna.press("ctrl+s", *["f9"] * presses, "ctrl+s")
        assert not anna.is_open
        assert ben.desk.jobs.get(job_id).description == saved


async def test_a_click_chooses_too(edit: Edit, job_id: int, ben: Ben) -> None:
    async with edit("e") as anna:
        await anna.type(" of Anna")
        await anna.retype("due", "2026-12-24")
        ben.edits_job(job_id, description="Job of Ben", due="2026-12-01")
        await anna.press("ctrl+s")
        assert anna.focused == "field-description"
        await anna.pilot.click(anna.dialog._lines["due"].choice)
        await anna.settle()
        assert anna.held("due") == "2026-12-01"
        assert anna.held("description") == "Job of Anna"
        assert anna.words == "Choose mine or theirs for Description."


async def test_save_is_refused_until_each_field_is_decided(
    edit: Edit, job_id: int, ben: Ben
) -> None:
    async with edit("e") as anna:
        await anna.type(" of Anna")
        await anna.retype("due", "2026-12-24")
        await anna.retype("reference", "A1")
        ben.edits_job(job_id, description="Job of Ben", due="2026-12-01", reference="B1")
        await anna.press("ctrl+s")
        assert anna.words == "Choose mine or theirs for Description, Due and Reference."
        await anna.press("f9", "ctrl+s")
        assert anna.words == "Choose mine or theirs for Due and Reference."
        assert anna.focused == "field-due"
        await anna.press("f9", "enter")
        assert anna.focused == "field-reference"
        assert ben.desk.jobs.get(job_id).reference == "B1"
        await anna.press("f9", "f9", "enter")
        job = ben.desk.jobs.get(job_id)
        assert (job.description, job.due, job.reference) == ("Job of Ben", "2026-12-01", "A1")


async def test_the_key_goes_to_where_there_is_something_to_choose(
    edit: Edit, job_id: int, ben: Ben
) -> None:
    async with edit("e") as anna:
        await anna.retype("due", "2026-12-24")
        ben.edits_job(job_id, due="2026-12-01")
        await anna.press("ctrl+s", "shift+tab")
        assert anna.focused == "field-assignee"
        await anna.press("f9")
        assert anna.focused == "field-due"
        assert anna.held("due") == "2026-12-24"


async def test_without_a_conflict_there_is_nothing_to_choose(edit: Edit, job_id: int) -> None:
    async with edit("e") as anna:
        await anna.type("!")
        await anna.press("f9", "ctrl+g")
        assert anna.held("description") == "Job!"
        names = {active.binding.id for active in anna.dialog.active_bindings.values()}
        assert "edit.save" in names
        assert "edit.choose" not in names


async def test_a_text_typed_further_is_mine_and_decided(edit: Edit, job_id: int, ben: Ben) -> None:
    async with edit("e") as anna:
        await anna.type(" of Anna")
        ben.edits_job(job_id, description="Job of Ben")
        await anna.press("ctrl+s")
        await anna.type(" and Ben")
        assert anna.line("description") == "ben: Job of Ben | ✓ mine"
        await anna.press("ctrl+s")
        assert ben.desk.jobs.get(job_id).description == "Job of Anna and Ben"


async def test_what_is_typed_over_theirs_leaves_mine_one_key_away(
    edit: Edit, job_id: int, ben: Ben
) -> None:
    async with edit("e") as anna:
        await anna.type(" of Anna")
        ben.edits_job(job_id, description="Job of Ben")
        await anna.press("ctrl+s", "f9")
        await anna.type(", too")
        assert anna.line("description") == "yours: Job of Anna\nben: Job of Ben | ✓ mine"
        await anna.press("f9")
        assert anna.held("description") == "Job of Anna"
        await anna.press("f9", "f9")
        assert anna.held("description") == "Job of Ben, too"


# -- three ways ----------------------------------------------------------------------------------


async def test_what_only_the_other_changed_is_taken_over_and_said_before_it_is_saved(
    edit: Edit, job_id: int, ben: Ben
) -> None:
    async with edit("e") as anna:
        await anna.type(" of Anna")
        ben.edits_job(job_id, due="2026-12-01", reference="Order 7", shown_to_customer=False)
        await anna.press("ctrl+s")
        assert anna.news.endswith(
            'Due is 2026-12-01 now, by ben. Reference is "Order 7" now, by ben. '
            "It is hidden from the customer now, by ben."
        )
        assert ben.desk.jobs.get(job_id).description == "Job"
        assert not anna.dialog.query(DisputeLine)
        await anna.press("ctrl+s")
        job = ben.desk.jobs.get(job_id)
        assert (job.description, job.due, job.reference) == ("Job of Anna", "2026-12-01", "Order 7")
        assert not job.shown_to_customer


async def test_what_someone_changed_elsewhere_in_the_job_is_no_conflict(
    edit: Edit, job_id: int, ben: Ben
) -> None:
    async with edit("e") as anna:
        await anna.type(" of Anna")
        ben.desk.jobs.set_status(job_id, JobStatus.ON_HOLD)
        await anna.press("ctrl+s")
        assert not anna.is_open
        job = ben.desk.jobs.get(job_id)
        assert (job.description, job.status) == ("Job of Anna", JobStatus.ON_HOLD)


async def test_the_same_change_by_both_is_no_conflict_however_it_is_typed(
    edit: Edit, job_id: int, ben: Ben
) -> None:
    async with edit("e") as anna:
        await anna.type(" again ")
        anna.dialog.query_one(Checkbox).value = False
        ben.edits_job(job_id, description="Job again", shown_to_customer=False)
        await anna.press("ctrl+s")
        assert not anna.is_open


async def test_the_details_show_where_they_differ_and_are_read_in_full_in_the_field(
    edit: Edit, job_id: int, ben: Ben
) -> None:
    theirs = DETAILS.replace("shop", "mail")
    async with edit("e", "tab") as anna:
        assert isinstance(anna.app.focused, BlockField)
        await anna.type("Now. ")
        ben.edits_job(job_id, details=theirs)
        await anna.press("ctrl+s")
        assert anna.line("details") == (
            "ben, lines 1 to 2 of 3:\nCall Jane.\nMove the mail. | mine or theirs?"
        )
        assert anna.focused == "field-details"
        await anna.press("f9")
        assert anna.held("details") == theirs
        await anna.press("f9")
        assert anna.held("details") == f"Now. {DETAILS}"
        await anna.press("f9", "ctrl+s")
        assert ben.desk.jobs.get(job_id).details == theirs


async def test_yet_another_change_asks_again_about_what_it_changed(
    edit: Edit, job_id: int, ben: Ben
) -> None:
    async with edit("e") as anna:
        await anna.type(" of Anna")
        await anna.retype("due", "2026-12-24")
        ben.edits_job(job_id, description="Job of Ben", due="2026-12-01")
        await anna.press("ctrl+s", "f9", "f9", "tab", "tab", "tab", "f9")
        assert anna.words == "Due 2026-12-01"
        ben.edits_job(job_id, description="Job of Ben after all", reference="B1")
        await anna.press("ctrl+s")
        assert anna.line("description") == "ben: Job of Ben after all | mine or theirs?"
        assert anna.line("due") == "yours: 2026-12-24 | ✓ theirs"
        assert "Reference is B1 now, by ben." in anna.news
        await anna.press("f9", "f9", "ctrl+s")
        job = ben.desk.jobs.get(job_id)
        assert (job.description, job.due, job.reference) == ("Job of Anna", "2026-12-01", "B1")


async def test_a_choice_that_the_others_settled_goes(edit: Edit, job_id: int, ben: Ben) -> None:
    async with edit("e") as anna:
        await anna.type("!")
        ben.edits_job(job_id, description="Job?")
        await anna.press("ctrl+s", "f9", "f9")
        ben.edits_job(job_id, description="Job!", reference="B1")
        await anna.press("ctrl+s")
        assert not anna.dialog.query(DisputeLine)
        await anna.press("ctrl+s")
        assert not anna.is_open


# -- the switches --------------------------------------------------------------------------------


async def test_a_pricing_that_both_changed_is_chosen_by_key(
    edit: Edit, task_id: int, ben: Ben
) -> None:
    async with edit("enter", "f7") as anna:
        await anna.retype("amount", "90")
        ben.edits_task(task_id, pricing=Pricing.FREE)
        await anna.press("ctrl+s")
        assert anna.words == "Choose mine or theirs for Pricing."
        assert anna.line("pricing") == "ben: free | mine or theirs?"
        assert anna.app.focused is anna.dialog._lines["pricing"].choice
        await anna.press("f9")
        assert (anna.held("pricing"), anna.held("amount")) == ("free", "90.00")
        assert anna.line("pricing") == "yours: fixed | ✓ theirs"
        await anna.press("space", "ctrl+s")
        task = ben.desk.tasks.get(task_id)
        assert (task.pricing, task.amount.plain) == (Pricing.FIXED, "90.00")


async def test_switching_by_hand_decides(edit: Edit, task_id: int, ben: Ben) -> None:
    async with edit("enter", "f7") as anna:
        await anna.retype("amount", "90")
        ben.edits_task(task_id, pricing=Pricing.FREE)
        await anna.press("ctrl+s", "f7")
        assert anna.line("pricing") == "yours: fixed | ✓ theirs"


async def test_a_rate_of_mine_does_not_go_unsaid_into_their_fixed_price(
    edit: Edit, task_id: int, ben: Ben
) -> None:
    async with edit("enter") as anna:
        await anna.retype("rate", "80")
        ben.edits_task(task_id, pricing=Pricing.FIXED, rate="", amount="100")
        await anna.press("ctrl+s")
        assert anna.words == "Choose mine or theirs for Pricing."
        assert set(anna.dialog._lines) == {"pricing"}
        await anna.press("f9")
        assert anna.held("amount") == "100.00"
        await anna.press("f9", "ctrl+s")
        task = ben.desk.tasks.get(task_id)
        assert (task.pricing, task.rate and task.rate.plain) == (Pricing.HOURLY, "80.00")


async def test_a_rate_in_dispute_waits_out_of_sight_while_the_price_is_fixed(
    edit: Edit, task_id: int, ben: Ben
) -> None:
    async with edit("enter") as anna:
        await anna.retype("rate", "80")
        ben.edits_task(task_id, rate="85")
        await anna.press("ctrl+s")
        assert anna.line("rate") == "ben: 85.00 | mine or theirs?"
        await anna.press("f7")
        assert anna.line("rate") == ""
        await anna.retype("amount", "90")
        assert "Choose" not in anna.words
        await anna.press("f7", "f7")
        assert anna.words == "Choose mine or theirs for Rate/h."


async def test_a_task_that_another_did_meanwhile_is_taken_over_as_done(
    edit: Edit, task_id: int, ben: Ben
) -> None:
    async with edit("enter") as anna:
        await anna.type(" of Anna")
        ben.desk.tasks.set_done(task_id, True)
        await anna.press("ctrl+s")
        assert "It is done now, by ben." in anna.news
        assert "Worked by is ben now, by ben." in anna.news
        await anna.press("ctrl+s")
        task = ben.desk.tasks.get(task_id)
        assert (task.description, task.worked_by, bool(task.done)) == ("Work of Anna", "ben", True)


# -- leaving, and what cannot be saved any more --------------------------------------------------


@pytest.mark.parametrize("keys", [[], ["f9"]])
async def test_leaving_a_conflict_asks_first(
    edit: Edit, job_id: int, ben: Ben, keys: list[str]
) -> None:
    async with edit("e") as anna:
        await anna.type(" of Anna")
        ben.edits_job(job_id, description="Job of Ben")
        await anna.press("ctrl+s", *keys, "escape")
        assert "not saved" in anna.screen_text()
        await anna.press("escape")
        assert anna.held("description") == ("Job of Ben" if keys else "Job of Anna")
        await anna.press("escape", "2")
        assert not anna.is_open
        assert ben.desk.jobs.get(job_id).description == "Job of Ben"


async def test_a_job_that_was_removed_leaves_the_text_in_the_form(
    edit: Edit, job_id: int, ben: Ben
) -> None:
    async with edit("e") as anna:
        await anna.type(" of Anna")
        ben.desk.jobs.remove(job_id)
        await anna.press("enter")
        assert "removed" in anna.news
        assert "stays here" in anna.news
        await anna.press("x", "f9", "escape", "escape", "enter")
        assert "removed" in anna.news
        assert anna.held("description") == "Job of Annax"
        await anna.press("ctrl+shift+a", "ctrl+c")
        assert anna.app.clipboard == "Job of Annax"


def bill(ben: Ben, job: int, task: int) -> None:
    ben.desk.tasks.set_done(task, True)
    with ben.desk.session.writing():
        marks = {"billed_at": 1, "billed_by": ben.desk.session.acting_staff()}
        Task.update(**marks, billed_reference="R1").where(Task.id == task).execute()


def finish(ben: Ben, job: int, task: int) -> None:
    ben.desk.jobs.set_status(job, JobStatus.FINISHED)


def remove(ben: Ben, job: int, task: int) -> None:
    ben.desk.tasks.remove(task)


@pytest.mark.parametrize(
    ("change", "said"), [(bill, "billed (R1)"), (finish, "reopen it"), (remove, "removed")]
)
async def test_a_task_that_cannot_be_changed_any_more_leaves_the_text_in_the_form(
    edit: Edit, job_id: int, task_id: int, ben: Ben, change: Any, said: str
) -> None:
    async with edit("enter") as anna:
        await anna.type(" of Anna")
        change(ben, job_id, task_id)
        await anna.press("enter", "enter")
        assert said in anna.news
        assert "stays here" in anna.news
        assert anna.held("description") == "Work of Anna"
        await anna.press("escape")
        assert "not saved" in anna.screen_text()


async def test_a_change_by_others_is_told_before_one_saves(
    edit: Edit, job_id: int, ben: Ben
) -> None:
    async def look() -> None:
        anna.app.data_changed.publish(0)
        for worker in [worker for worker in anna.app.workers if worker.group == "edit-look"]:
            await worker.wait()

    async with edit("e") as anna:
        await anna.type("!")
        ben.desk.jobs.set_status(job_id, JobStatus.ON_HOLD)
        await look()
        assert anna.news == ""
        ben.edits_job(job_id, due="2026-12-01")
        await look()
        assert "changed this meanwhile" in anna.news
        assert (anna.held("description"), anna.held("due")) == ("Job!", "2026-11-30")


# -- looks ---------------------------------------------------------------------------------------


async def test_their_text_is_text(edit: Edit, job_id: int, ben: Ben) -> None:
    async with edit("e") as anna:
        await anna.type("!")
        await anna.retype("details", "Mine")
        await anna.retype("reference", "A")
        hostile = "".join(PAYLOADS.values())
        ben.edits_job(
            job_id,
            description=f"[/][@click=app.quit]{hostile[:400]}",
            details="\n".join(["[b]", *PAYLOADS.values()])[:20_000],
            reference=hostile[-400:],
            assignee="[red]x",
        )
        await anna.press("ctrl+s")
        assert "[/][@click=app.quit]" in anna.screen_text()
        await anna.press("f9")
        theirs = ben.desk.jobs.get(job_id)
        assert anna.held("description") == theirs.description
        assert '"[red]x"' in anna.news
        assert not set(anna.screen_text()) & {"\x1b", "\x00", "\x07", "\u202e"}
        await anna.press("tab", "f9")
        assert anna.held("details") == theirs.details
        await anna.press("tab", "tab", "tab", "f9", "ctrl+s")
        assert not anna.is_open
        assert ben.desk.jobs.get(job_id).details == theirs.details


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_field_choice_and_buttons_are_in_sight_however_small(
    edit: Edit, job_id: int, ben: Ben, size: tuple[int, int]
) -> None:
    async with edit("e", size=size) as anna:
        await anna.type(" of Anna")
        await anna.retype("reference", "A1")
        ben.edits_job(job_id, description="Job of Ben", reference="B1", due="2026-12-01")
        await anna.press("ctrl+s")
        for _ in range(2):
            name = anna.focused.removeprefix("field-")
            end = anna.dialog.query_one(".edit-end").region
            for widget in (anna.app.focused, anna.dialog._lines[name]):
                assert widget.region in anna.dialog.query_one(".edit").region
                assert not widget.region.overlaps(end)
            assert anna.dialog.query_one("#save").region in anna.app.screen.region
            await anna.press("f9", "ctrl+s")
        assert not anna.is_open


# -- what else may be done with the form ---------------------------------------------------------


@pytest.mark.parametrize("key", ["e", "enter"])
async def test_what_a_form_holds_can_be_taken_out_and_put_in(
    edit: Edit, task_id: int, key: str
) -> None:
    async with edit(key) as anna:
        assert anna.dialog.texts() == anna.dialog.base_texts()
        texts = {
            name: not value if isinstance(value, bool) else f"{value}1"
            for name, value in anna.dialog.texts().items()
        }
        if "pricing" in texts:
            texts["pricing"] = "fixed"
        anna.dialog.fill(texts)
        await anna.settle()
        assert anna.dialog.texts() == texts
        assert anna.dialog.base_texts() != texts


async def test_what_was_typed_on_an_older_version_meets_what_the_record_says_now(
    edit: Edit, job_id: int, ben: Ben
) -> None:
    async with edit("e") as anna:
        base = {**anna.dialog.base_texts(), "description": "Old", "due": "2026-11-01"}
        await anna.dialog.resume({**base, "description": "Older", "reference": "A1"}, base)
        await anna.settle()
        assert anna.line("description") == "theirs: Job | mine or theirs?"
        assert (anna.held("due"), anna.held("reference")) == ("2026-11-30", "A1")
        assert anna.news == "Due is 2026-11-30 now."
        await anna.press("f9", "f9", "ctrl+s")
        job = ben.desk.jobs.get(job_id)
        assert (job.description, job.due, job.reference) == ("Older", "2026-11-30", "A1")


@pytest.mark.parametrize(
    ("key", "change"), [("e", "x"), ("e", "shown"), ("enter", "x"), ("enter", "f7")]
)
async def test_each_change_is_kept_and_nothing_else(
    edit: Edit, task_id: int, monkeypatch: pytest.MonkeyPatch, key: str, change: str
) -> None:
    told: list[Texts] = []

    def put(_slot: DraftSlot, texts: Texts | None, *_from: object) -> None:
        if texts is not None:
            told.append(texts)

    monkeypatch.setattr(DraftSlot, "put", put)
    async with edit(key) as anna:
        await anna.press("tab", "left")
        assert told == []
        if change == "shown":
            anna.dialog.query_one(Checkbox).toggle()
            await anna.settle()
        else:
            await anna.press(change)
        assert told == [anna.dialog.texts()]


# -- a job that was moved meanwhile --------------------------------------------------------------


@pytest.mark.parametrize("key", ["e", "enter"])
async def test_what_was_written_for_one_account_is_not_saved_in_another_unsaid(
    edit: Edit, job_id: int, task_id: int, ben: Ben, key: str
) -> None:
    async with edit(key) as anna:
        await anna.type(" of Anna")
        ben.desk.jobs.move(job_id, 1002)
        await anna.press("ctrl+s")
        assert anna.news.startswith(f"#{job_id} was moved to account 1002 by ben at ")
        assert "Nothing is saved yet." in anna.news
        texts = (
            ben.desk.jobs.get(job_id).description,
            ben.desk.tasks.get(task_id).description,
        )
        assert texts == ("Job", "Work")
        held = anna.held("description")
        await anna.press("ctrl+s")
        assert not anna.is_open
        assert held in (
            ben.desk.jobs.get(job_id).description,
            ben.desk.tasks.get(task_id).description,
        )


async def test_who_did_it_stays_in_sight_however_much_is_in_dispute(
    edit: Edit, task_id: int, ben: Ben
) -> None:
    async with edit("enter", size=(80, 24)) as anna:
        fields = {"description": "A", "rate": "80", "time": "2", "note": "A", "worked_by": "anna"}
        theirs = {"description": "B", "rate": "90", "time": "3", "note": "B", "worked_by": "ben"}
        for name, text in fields.items():
            await anna.retype(name, text)
        ben.edits_task(task_id, **theirs, worked_on="2026-11-20", done=True)
        await anna.press("ctrl+s")
        for _ in fields:
            await anna.pilot.pause()
            top = anna.dialog.query_one(".edit-top").region
            line = anna.dialog._lines[anna.focused.removeprefix("field-")].region
            assert anna.app.screen.region.contains_region(top)
            assert "was changed by ben" in anna.screen_text()
            for widget in (line, anna.app.focused.region):
                assert not widget.overlaps(top)
                assert not widget.overlaps(anna.dialog.query_one(".edit-end").region)
            await anna.press("f9", "ctrl+s")
        assert not anna.is_open


async def test_long_news_can_be_read_to_its_end_by_key(edit: Edit, job_id: int, ben: Ben) -> None:
    async with edit("e", size=(80, 24)) as anna:
        await anna.type("!")
        ben.edits_job(job_id, description="B", details="Word " * 60 + "End.")
        await anna.press("ctrl+s")
        await anna.press("shift+tab", "end")
        assert "End." in anna.screen_text()
