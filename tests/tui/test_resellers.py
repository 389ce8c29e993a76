"""The panel of a reseller's staff, and what the host's staff see of a reseller's customers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.widgets import Button

from models.drafts import JobDraft, TaskDraft
from models.history_filter import HistoryFilter
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.tables import Account
from models.values import JobStatus
from tests.conftest import insert_account
from tests.tui.conftest import SETTINGS, Person
from tui.staff_panel import StaffPanel

READ_ONLY = "This can only be read here: another provider's staff look after it."

WORK = TaskDraft("Work", rate="75", time="1")


@dataclass(frozen=True)
class World:
    """A reseller with a customer, a customer of the host, and a job for each of the three."""

    path: Path
    hub: int
    bakery: int
    bakery_job: int
    hub_job: int
    acme_job: int


Open = Callable[..., AbstractAsyncContextManager[Person]]


@pytest.fixture
def world(path: Path) -> World:
    """What the tests begin with."""
    with closing(staff(path, "anna", None, create=True)) as anna:
        acme = insert_account(anna, "acme", ["acme.example"], company="Acme GmbH")
        hub = insert_account(anna, "hub", ["hub.example"], company="Hub AG", is_reseller=True)
        bakery = insert_account(anna, "bakery", ["bakery.example"], company="Bread", reseller=hub)
        acme_job = anna.jobs.add(acme, JobDraft("Of the host"), WORK).id
        hub_job = anna.jobs.add(hub, JobDraft("For the reseller"), WORK).id
        anna.notes.add(hub_job, "SECRET of the host")
        anna.notes.add(hub_job, "Dear Hub", visible_to_customer=True)
    with closing(staff(path, "rosa", hub)) as rosa:
        bakery_job = rosa.jobs.add(bakery, JobDraft("Baked"), WORK).id
        rosa.notes.add(bakery_job, "SECRET of the reseller")
        rosa.notes.add(bakery_job, "Dear baker", visible_to_customer=True)
    return World(path, hub, bakery, bakery_job, hub_job, acme_job)


def staff(path: Path, login: str, provider: int | None, *, create: bool = False) -> StaffDesk:
    """Open a desk."""
    return StaffDesk.open(path, Actor(login, login.title()), provider, SETTINGS, create=create)


@pytest.fixture
def anna(world: World) -> Iterator[StaffDesk]:
    """The host's desk beside the panel."""
    with closing(staff(world.path, "anna", None)) as desk:
        yield desk


@asynccontextmanager
async def opened(
    world: World, provider: int | None, size: tuple[int, int] = (120, 36)
) -> AsyncIterator[Person]:
    """Open the panel of the host's or of the reseller's staff."""
    login = "anna" if provider is None else "rosa"
    app = StaffPanel(staff(world.path, login, provider), world.path)
    async with app.run_test(size=size) as pilot:
        person = Person(pilot)
        await person.settle()
        yield person


@pytest.fixture
def reseller(world: World) -> Open:
    """Returns `reseller(size=…)`, which opens the panel of the reseller's staff."""
    return lambda **given: opened(world, world.hub, **given)


@pytest.fixture
def host(world: World) -> Open:
    """Returns `host(size=…)`, which opens the panel of the host's staff."""
    return lambda **given: opened(world, None, **given)


def said(person: Person) -> list[str]:
    """Return what the panel has told, oldest first."""
    return [notification.message for notification in person.app._notifications]


def place(person: Person) -> str:
    """Return where one is in the bottom frame."""
    return str(person.app.screen.query_one("#lower-frame").border_title)


def offered(person: Person) -> set[str]:
    """Return the names of the keys that key line, palette and key list offer."""
    active = person.app.screen.active_bindings.values()
    return {it.binding.id for it in active if it.binding.id and it.enabled}


def last_line(person: Person) -> str:
    """Return the key line."""
    return str(person.screen_text().splitlines()[-1])


# -- the reseller's staff --------------------------------------------------------------------------


async def test_a_resellers_panel_is_all_its_own(reseller: Open, world: World) -> None:
    async with reseller() as rosa:
        assert rosa.text("#header-left") == "Custom Jobs — Hub AG"
        assert rosa.text("#header-right") == "rosa · 1 open job"
        assert [rosa.list("results").row_count, rosa.row("results").id] == [1, world.bakery]
        assert "Reseller" not in rosa.screen_text()
        await rosa.type("hub")
        await rosa.press("enter")
        assert rosa.list("results").row_count == 0
        assert rosa.app.screen.query_one("#account-pane").border_title == "Account"


async def test_a_new_job_belongs_to_the_reseller(
    reseller: Open, world: World, anna: StaffDesk
) -> None:
    async with reseller() as rosa:
        await rosa.type("bakery")
        await rosa.press("enter", "n")
        await rosa.type("Ovens")
        await rosa.press("enter")
        job = anna.jobs.get(rosa.row("jobs").id)
        assert (job.description, job.provider, job.writable) == ("Ovens", world.hub, False)
        assert rosa.text("#header-right") == "rosa · 2 open jobs"
        await rosa.press("escape", "h")
        assert rosa.list("history").row_count == 5
        assert "Ovens" in rosa.row("history").summary


async def test_the_history_shows_own_entries_alone(
    reseller: Open, world: World, anna: StaffDesk
) -> None:
    with anna.session.writing():
        Account.update(reseller=None).where(Account.id == world.bakery).execute()
    anna.jobs.add(world.bakery, JobDraft("Of the host"))
    with anna.session.writing():
        Account.update(reseller=world.hub).where(Account.id == world.bakery).execute()
    async with reseller() as rosa:
        await rosa.type("bakery")
        await rosa.press("enter", "h")
        assert rosa.list("history").row_count == 4
        assert "anna" not in rosa.screen_text()


async def test_the_welcome_and_the_key_line_tell_of_the_support_center(reseller: Open) -> None:
    async with reseller() as rosa:
        assert "F4 shows the jobs that Example Hosting does for Hub AG." in rosa.text("#welcome")
        assert "f4 Support Center" in last_line(rosa)
        await rosa.press("ctrl+p")
        await rosa.type("support")
        await rosa.press("enter")
        await rosa.settle()
        assert rosa.row("customer-jobs-list").description == "For the reseller"


async def test_the_hosts_panel_has_no_support_center_of_its_own(host: Open) -> None:
    async with host() as anna:
        assert "F4" not in anna.text("#welcome")
        assert "app.support-center" not in offered(anna)
        await anna.press("f4")
        assert anna.app.screen.query("#welcome")


async def test_what_the_host_does_for_the_reseller_is_seen_as_a_customer(
    reseller: Open, world: World
) -> None:
    async with reseller() as rosa:
        await rosa.press("f4")
        assert place(rosa) == f"Support Center › Custom Jobs › {world.hub} hub"
        assert rosa.row("customer-jobs-list").id == world.hub_job
        await rosa.press("enter")
        assert place(rosa) == f"Support Center › #{world.hub_job} For the reseller"
        assert "Dear Hub" in rosa.screen_text()
        assert "SECRET" not in rosa.screen_text()
        await rosa.press(*"nsadeorhi", "delete", "f7", "f8")
        assert len(rosa.app.screen_stack) == 1
        await rosa.press("f4")
        assert rosa.row("customer-jobs-list").id == world.hub_job


async def test_the_support_center_follows_what_the_host_does(
    reseller: Open, world: World, anna: StaffDesk
) -> None:
    async with reseller() as rosa:
        await rosa.press("f4", "enter")
        heard = asyncio.Event()
        rosa.app.data_changed.subscribe(rosa.app.screen, lambda _: heard.set(), immediate=True)
        anna.jobs.set_status(world.hub_job, JobStatus.ON_HOLD)
        await asyncio.wait_for(heard.wait(), 10)
        await rosa.settle()
        assert "On hold" in rosa.text("#job-head")


@pytest.mark.parametrize(
    ("way", "selector"),
    [
        ((), "#welcome"),
        (("enter",), "#jobs-pane"),
        (("enter", "enter"), "#job-pane"),
        (("enter", "h"), "#history-pane"),
        (("enter", "enter", "h"), "#history-pane"),
        (("enter", "v"), "#customer-jobs"),
    ],
)
async def test_esc_leads_from_the_support_center_to_where_one_was(
    reseller: Open, way: tuple[str, ...], selector: str
) -> None:
    async with reseller() as rosa:
        await rosa.press(*way)
        before = place(rosa)
        await rosa.press("f4", "enter", "f4", "enter", "escape")
        assert place(rosa).startswith("Support Center")
        await rosa.press("escape")
        assert place(rosa) == before
        assert rosa.app.screen.query(selector)
        assert (rosa.app._frame.visits.account is None) == (selector != "#customer-jobs")
        if way:
            await rosa.press(*["escape"] * 3)
            assert rosa.focused == "search"


async def test_text_that_is_not_saved_is_asked_about_before_the_support_center(
    reseller: Open,
) -> None:
    async with reseller() as rosa:
        await rosa.press("enter", "n")
        await rosa.type("Half")
        await rosa.press("escape", "f4")
        assert len(rosa.app.screen_stack) == 2
        await rosa.press("escape")
        assert rosa.app.screen.query("#jobs-pane")


async def test_a_closed_account_of_the_reseller_has_a_sentence(
    reseller: Open, world: World, anna: StaffDesk
) -> None:
    with anna.session.writing():
        Account.update(status="closed").where(Account.id == world.hub).execute()
    async with reseller() as rosa:
        await rosa.press("enter", "f4")
        assert said(rosa) == [
            f"Account {world.hub}, your own, is closed: its jobs cannot be seen any more."
        ]
        assert rosa.app.screen.query("#jobs-pane")


async def test_a_resellers_panel_offers_nothing_of_other_resellers(
    reseller: Open, world: World
) -> None:
    async with reseller() as rosa:
        await rosa.press("enter")
        assert not rosa.app.screen.query_one("#reseller-links").display
        await rosa.press("escape")
        await rosa.type("zzz")
        await rosa.press("ctrl+a", "delete")
        rosa.app._search.seek(f"reseller:{world.hub}1")
        await rosa.settle()
        assert rosa.list("results").row_count == 0


# -- an account that moves to another reseller -----------------------------------------------------


GONE = "There is no account {} here any more."


def move(anna: StaffDesk, account: int, reseller: int | None) -> None:
    """Let an account belong to another reseller, as an import does."""
    with anna.session.writing():
        Account.update(reseller=reseller).where(Account.id == account).execute()


def pane_title(person: Person) -> str:
    """Return the title of the account pane."""
    return str(person.app.screen.query_one("#account-pane").border_title)


@pytest.mark.parametrize(
    "way",
    [(), ("enter",), ("h",), ("enter", "h"), ("v",), ("v", "enter"), ("n", "O", "v", "e", "n")],
    ids=["jobs", "job", "history", "job-history", "visit", "visited-job", "typing"],
)
async def test_an_account_that_moves_away_is_left_with_one_sentence(
    reseller: Open, world: World, anna: StaffDesk, way: tuple[str, ...]
) -> None:
    rival = insert_account(anna, "rival", is_reseller=True, company="Rival AG")
    async with reseller() as rosa:
        await rosa.type("bakery")
        await rosa.press("enter", *way)
        assert pane_title(rosa) == f"Account {world.bakery}"
        move(anna, world.bakery, rival)
        with closing(staff(world.path, "riva", rival)) as riva:
            riva.jobs.add(world.bakery, JobDraft("RIVAL"), WORK)
        await rosa.until(lambda: bool(rosa.app.screen.query("#welcome")))
        await rosa.settle()
        assert said(rosa) == [GONE.format(world.bakery)]
        assert place(rosa) == "Custom Jobs"
        assert pane_title(rosa) == "Account"
        assert rosa.text("#account-details").startswith("Find an account with Search")
        assert not [part for part in rosa.app.screen.query(".link-title, .links") if part.display]
        assert rosa.app._frame.visits.account is None
        assert rosa.focused == "search"
        for words in ("RIVAL", "Baked", "Bread"):
            assert words not in rosa.screen_text()
        await rosa.press("f2", "v", "enter")
        assert rosa.app.screen.query("#welcome")


@pytest.mark.parametrize("way", ["key", "link"])
async def test_no_account_is_visited_that_moved_away_unnoticed(
    reseller: Open, world: World, anna: StaffDesk, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """As when the change was made right before the key was pressed."""
    monkeypatch.setattr(StaffPanel, "DATA_POLL", 600)
    async with reseller() as rosa:
        await rosa.type("bakery")
        await rosa.press("enter")
        move(anna, world.bakery, None)
        anna.jobs.add(world.bakery, JobDraft("OF THE HOST"), WORK)
        if way == "key":
            await rosa.press("v")
        else:
            await rosa.pilot.click("#link-customer")
            await rosa.settle()
        assert said(rosa) == [f"There is no account {world.bakery}."]
        assert rosa.app._frame.visits.account is None
        assert not rosa.app.screen.query("#customer-jobs")
        assert "OF THE HOST" not in rosa.screen_text()


@pytest.mark.parametrize("way", [(), ("v",)], ids=["jobs", "visit"])
async def test_the_own_support_center_stays_when_the_account_before_it_moves_away(
    reseller: Open, world: World, anna: StaffDesk, way: tuple[str, ...]
) -> None:
    async with reseller() as rosa:
        await rosa.type("bakery")
        await rosa.press("enter", *way, "f4")
        move(anna, world.bakery, None)
        await rosa.until(lambda: pane_title(rosa) == "Account")
        await rosa.settle()
        assert said(rosa) == [GONE.format(world.bakery)]
        assert rosa.row("customer-jobs-list").id == world.hub_job
        assert rosa.focused == "customer-jobs-list"
        await rosa.press("escape")
        assert rosa.app.screen.query("#welcome")
        assert rosa.app._frame.visits.account is None


async def test_the_way_to_a_visited_job_follows_its_description(
    reseller: Open, world: World, anna: StaffDesk
) -> None:
    async with reseller() as rosa:
        await rosa.press("f4", "enter")
        version = anna.jobs.get(world.hub_job).version
        anna.jobs.edit(world.hub_job, version, JobDraft("For the Hub"))
        await rosa.until(lambda: "Hub" in place(rosa))
        await rosa.settle()
        assert place(rosa) == f"Support Center › #{world.hub_job} For the Hub"


# -- the host's staff ------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["keys", "click"])
async def test_the_customers_of_a_reseller_are_a_link_of_its_account(
    host: Open, world: World, way: str
) -> None:
    async with host() as anna:
        await anna.type("hub")
        await anna.press("enter")
        if way == "keys":
            await anna.press("f2", "shift+tab", "enter")
        else:
            await anna.pilot.click("#link-customers")
            await anna.settle()
        assert anna.app.screen.query_one("#search").value == f"reseller:{world.hub}"
        assert anna.list("results").row_count == 1
        await anna.press("enter")
        title = anna.app.screen.query_one("#account-pane").border_title
        assert title == f"Account {world.bakery} (read only)"


@pytest.mark.parametrize("way", ["keys", "click"])
async def test_the_reseller_is_a_link_of_its_customers_account(
    host: Open, world: World, way: str
) -> None:
    async with host() as anna:
        await anna.type("bakery")
        assert anna.row("results").reseller == world.hub
        assert f" {world.hub} " in anna.screen_text()
        await anna.press("enter")
        link = anna.app.screen.query_one("#link-reseller", Button)
        assert str(link.label) == f"Reseller {world.hub} Hub AG"
        if way == "keys":
            await anna.press("f2", "shift+tab", "enter")
        else:
            await anna.pilot.click("#link-reseller")
            await anna.settle()
        assert anna.app.screen.query_one("#account-pane").border_title == f"Account {world.hub}"
        assert place(anna) == f"Custom Jobs › {world.hub} hub"


async def test_an_account_of_the_host_has_no_link_to_a_reseller(host: Open) -> None:
    async with host() as anna:
        await anna.type("acme")
        await anna.press("enter")
        assert not anna.app.screen.query_one("#reseller-links").display


async def test_a_hostile_name_of_a_reseller_is_text_in_its_link(
    host: Open, world: World, anna: StaffDesk
) -> None:
    with anna.session.writing():
        hostile = "[@click=app.exit]Hub[/]\x1b[31m"
        Account.update(company=hostile).where(Account.id == world.hub).execute()
    async with host() as person:
        await person.type("bakery")
        await person.press("enter")
        link = person.app.screen.query_one("#link-reseller", Button)
        assert str(link.label) == f"Reseller {world.hub} [@click=app.exit]Hub[/]␛[31m"
        assert "\x1b" not in person.screen_text()


@pytest.mark.parametrize(
    ("way", "keys"),
    [
        (("enter",), ("n", "s", "e", "delete", "D", "m")),
        (("enter", "enter"), ("n", "a", "s", "d", "e", "delete", "D", "o", "m")),
    ],
    ids=["account", "job"],
)
async def test_every_key_that_changes_says_that_a_resellers_work_is_only_read(
    host: Open, world: World, anna: StaffDesk, way: tuple[str, ...], keys: tuple[str, ...]
) -> None:
    before = anna.history.page(HistoryFilter(account=world.bakery)).total
    async with host() as person:
        await person.type("bakery")
        await person.press(*way)
        for key in keys:
            person.app.clear_notifications()
            await person.press(key)
            assert said(person) == [READ_ONLY], key
            assert len(person.app.screen_stack) == 1
        assert not [form for form in person.app.screen.query(".form") if form.display]
        reading = {"pane.back", "jobs.history", "job.history", "job.details"}
        panes = {name for name in offered(person) if name.startswith(("pane.", "job"))}
        assert panes <= reading
        for word in ("New", "Task", "Note", "Status", "Done", "Edit"):
            assert f" {word}" not in last_line(person)
    assert anna.history.page(HistoryFilter(account=world.bakery)).total == before


async def test_what_can_be_changed_is_offered(host: Open) -> None:
    async with host() as anna:
        await anna.type("acme")
        await anna.press("enter")
        assert {"jobs.new", "jobs.status", "jobs.edit", "jobs.remove"} <= offered(anna)
        assert "n New  s Status  e Edit" in last_line(anna)
        await anna.press("enter")
        assert {"job.new", "job.note", "job.notes", "job.done"} <= offered(anna)


async def test_an_empty_account_of_a_reseller_says_so_to_every_key(
    host: Open, world: World, anna: StaffDesk
) -> None:
    insert_account(anna, "tailor", reseller=world.hub)
    async with host() as person:
        await person.type("tailor")
        await person.press("enter")
        assert "This account can only be read here" in person.screen_text()
        for key in ("n", "s", "e", "delete"):
            person.app.clear_notifications()
            await person.press(key)
            assert said(person) == [READ_ONLY], key


async def test_on_an_account_that_moved_each_job_is_offered_what_may_be_done_with_it(
    host: Open, world: World, anna: StaffDesk
) -> None:
    with anna.session.writing():
        Account.update(reseller=None).where(Account.id == world.bakery).execute()
    anna.jobs.add(world.bakery, JobDraft("Ours"))
    async with host() as person:
        await person.type("bakery")
        await person.press("enter")
        assert {"jobs.new", "jobs.status"} <= offered(person)
        await person.press("up")
        assert "jobs.new" in offered(person)
        assert "jobs.status" not in offered(person)
        assert "n New  h History" in last_line(person)
        await person.press("s")
        assert said(person) == [READ_ONLY]
        await person.press("enter")
        assert f"read only here: a job of reseller {world.hub}" in person.text("#job-head")


async def test_a_resellers_job_is_read_without_its_staffs_notes(host: Open, world: World) -> None:
    async with host() as anna:
        await anna.type("bakery")
        await anna.press("enter", "enter")
        assert f"read only here: a job of reseller {world.hub}" in anna.text("#job-head")
        assert "Dear baker" in anna.screen_text()
        assert "SECRET" not in anna.screen_text()
        assert str(anna.app.screen.query_one("#notes").border_title) == "Notes (1)"
        await anna.press("h")
        assert "SECRET" not in anna.screen_text()
        assert anna.list("history").row_count == 3


async def test_enter_on_a_task_that_is_only_read_shows_it_whole(
    host: Open, world: World, anna: StaffDesk
) -> None:
    with closing(staff(world.path, "rosa", world.hub)) as rosa:
        rosa.tasks.add(world.bakery_job, TaskDraft("Ovens", rate="75", time="1", note="All of it"))
    async with host() as person:
        await person.type("bakery")
        await person.press("enter", "enter", "enter")
        assert len(person.app.screen_stack) == 2
        for words in ("Ovens", "1:00", "75.00", "planned", "All of it"):
            assert words in person.screen_text()
        await person.press("enter")
        assert len(person.app.screen_stack) == 1


async def test_a_removal_of_the_resellers_is_not_offered_to_be_brought_back(
    host: Open, world: World
) -> None:
    with closing(staff(world.path, "rosa", world.hub)) as rosa:
        rosa.jobs.remove(world.bakery_job)
    async with host() as anna:
        await anna.type("bakery")
        await anna.press("enter", "h")
        assert "removed" in anna.row("history").summary
        assert "history.restore" not in offered(anna)
        assert "bring back" not in anna.screen_text()
        await anna.press("r")
        assert f"belongs to reseller {world.hub}" in said(anna)[-1]


async def test_a_removal_is_offered_to_be_taken_back_where_the_cursor_is_on_it(
    host: Open, world: World, anna: StaffDesk
) -> None:
    anna.jobs.remove(world.acme_job)
    async with host() as person:
        await person.type("acme")
        await person.press("enter", "h")
        assert "r Take back" in last_line(person)
        await person.press("r", "enter")
        assert person.list("history").row_count == 4
        assert "history.restore" not in offered(person)


async def test_search_says_what_is_right_behind_reseller(host: Open) -> None:
    async with host() as anna:
        await anna.type("reseller:")
        assert "such as reseller:1005" in anna.list("results").empty
        await anna.press("enter")
        assert "such as reseller:1005" in said(anna)[-1]
