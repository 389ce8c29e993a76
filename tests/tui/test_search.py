"""Search: what is found while one types, marked, hinted at, counted and opened."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.content import Content

from models.draft_store import DraftStore
from models.drafts import JobDraft
from models.refusals import DatabaseBusy
from models.staff.desk import StaffDesk
from models.values import JobStatus
from tests.conftest import insert_account
from tests.models.desks import hourly
from tests.tui.conftest import Open, Person
from tui.upper_frame import recently_opened, search_pane
from tui.upper_frame.hint_line import HintLine
from tui.upper_frame.search_field import SearchField
from tui.widgets.list_window import PAGE_ROWS

WIDE = (160, 40)
SMALL = (80, 24)


def marked(person: Person, name: str = "results") -> list[str]:
    """Return the parts of a list's cells that are marked, line by line."""
    results = person.list(name)
    match = results.get_component_rich_style("virtual-list--match")
    strips = [results.render_line(line) for line in range(1, results.size.height)]
    return [
        segment.text
        for strip in strips
        for segment in strip
        if segment.style and segment.style.color == match.color and segment.style.bold == match.bold
    ]


def ids(person: Person, name: str = "results") -> list[int]:
    """Return the IDs of the rows of a list, as far as they are in memory."""
    results = person.list(name)
    rows = (results._row_at(index) for index in range(results.row_count))
    return [row.id for row in rows if row is not None]


def line_of(person: Person, part: str) -> str:
    """Return the first line of the screen with a text."""
    return next((line for line in person.screen_text().splitlines() if part in line), "")


def hint(person: Person) -> str:
    return str(person.app.screen.query_one(HintLine).render()).rstrip()


def count(person: Person) -> str:
    shown = person.app.screen.query_one("#search-pane").border_subtitle
    return "" if shown is None else Content.from_markup(shown).plain


def field(person: Person) -> SearchField:
    found: SearchField = person.app.screen.query_one(SearchField)
    return found


# -- what matched --------------------------------------------------------------------------------


async def test_the_part_that_matched_is_marked_in_every_cell_that_has_it(panel: Open) -> None:
    async with panel(WIDE) as anna:
        await anna.type("hop")
        assert ids(anna) == [1001, 1003]
        assert marked(anna) == ["hop", "hop", "hop"]
        await anna.press("escape")
        assert marked(anna) == []


@pytest.mark.parametrize("typed", ["müller", "MULLER", "Muller", "MÜLLER"])
async def test_what_is_marked_is_the_text_as_it_is_written(
    panel: Open, desk: StaffDesk, typed: str
) -> None:
    insert_account(desk, "bau", ["bau.example"], company="Bäckerei Müller")
    async with panel(WIDE) as anna:
        field(anna).value = typed
        await anna.settle()
        assert ids(anna) == [1004]
        assert marked(anna) == ["Müller"]


@pytest.mark.parametrize("stored", ["xn--mller-kva.example", "müller.example"])
@pytest.mark.parametrize("typed", ["müller.example", "xn--mller-kva.example"])
async def test_a_domain_is_found_and_marked_in_either_of_its_forms(
    panel: Open, desk: StaffDesk, stored: str, typed: str
) -> None:
    insert_account(desk, "bau", [stored])
    async with panel(WIDE) as anna:
        field(anna).value = typed
        await anna.settle()
        assert ids(anna) == [1004]
        assert "".join(marked(anna)).startswith(stored.partition(".")[0])


@pytest.mark.parametrize("size", [WIDE, (120, 36), SMALL])
@pytest.mark.parametrize(
    ("typed", "shown", "marks"),
    [
        ("further", "further.exa", "further"),
        ("jane@", "e-mail jane@m", "jane@"),
        ("roe", "person Jane R", "R"),
        ("gmbh", "Bau GmbH", "GmbH"),
    ],
)
async def test_a_row_says_where_it_was_found_whatever_the_width(
    panel: Open, desk: StaffDesk, size: tuple[int, int], typed: str, shown: str, marks: str
) -> None:
    domains = ["bau.example", "further.example"]
    insert_account(
        desk, "bau", domains, person="Jane Roe", company="Bau GmbH", email="jane@mail.example"
    )
    async with panel(size) as anna:
        await anna.type(typed.replace("@", ""))
        if "@" in typed:
            await anna.press("at")
        assert 1004 in ids(anna)
        assert shown in line_of(anna, "1004")
        assert "".join(marked(anna)).startswith(marks)


async def test_a_long_text_that_was_found_begins_near_what_was_sought(
    panel: Open, desk: StaffDesk
) -> None:
    insert_account(desk, "bau", ["bau.example"], email="accounting.department@builders.example")
    async with panel((120, 36)) as anna:
        await anna.type("builders")
        assert "e-mail …nt@b" in line_of(anna, "1004")
        assert marked(anna)[0].startswith("b")


async def test_an_account_id_is_marked_as_a_whole_only(panel: Open) -> None:
    async with panel(WIDE) as anna:
        await anna.type("1001")
        assert marked(anna) == ["1001"]
        await anna.press("backspace")
        assert marked(anna) == []


async def test_the_value_of_a_filter_is_marked_where_it_is_meant(panel: Open) -> None:
    async with panel(WIDE) as anna:
        await anna.type("user:acme")
        assert ids(anna) == [1001, 1002]
        assert marked(anna) == ["acme", "acme"]


# -- while one types -----------------------------------------------------------------------------


def never_ending(desk: StaffDesk) -> object:
    """Do what takes for ever on the connection of a desk."""
    return desk.database.execute_sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    ).fetchone()


async def slow_for(person: Person, text: str, wait: Callable[[StaffDesk], object]) -> list[str]:
    """Let the search for one text do something else first; return all that is searched for."""
    asked: list[str] = []

    def slowed(find: Callable[..., Any], desk: StaffDesk) -> Any:
        def slow(sought: str, *rest: Any) -> Any:
            asked.append(sought)
            if sought == text:
                wait(desk)
            return find(sought, *rest)

        return slow

    def prepare(desk: StaffDesk) -> None:
        search: Any = desk.search
        search.page, search.jobs = slowed(search.page, desk), slowed(search.jobs, desk)

    await person.app._searcher.ask(prepare)
    return asked


async def test_a_slow_query_is_interrupted_by_the_next_key(panel: Open) -> None:
    async with panel() as anna:
        asked = await slow_for(anna, "m", never_ending)
        await anna.pilot.press("m")
        await anna.until(lambda: "m" in asked)
        await anna.type("y")
        assert ids(anna) == [1003]
        assert not anna.list("results").failure


async def test_of_texts_that_were_typed_on_only_the_newest_is_searched_for(panel: Open) -> None:
    go_on = threading.Event()
    async with panel() as anna:
        asked = await slow_for(anna, "m", lambda _: go_on.wait())
        try:
            await anna.pilot.press("m")
            await anna.until(lambda: "m" in asked)
            await anna.pilot.press("y", "s", "h", "o")
        finally:
            go_on.set()
        await anna.settle()
        assert asked == ["m", "mysho"]
        assert ids(anna) == [1003]


async def test_a_late_answer_does_not_take_the_place_of_a_newer_one(panel: Open) -> None:
    go_on = threading.Event()
    async with panel() as anna:
        asked = await slow_for(anna, "my", lambda _: go_on.wait())
        try:
            await anna.pilot.press("m", "y")
            await anna.until(lambda: "my" in asked)
            field(anna).value = "acmeweb"
        finally:
            go_on.set()
        await anna.settle()
        assert ids(anna) == [1002]
        assert count(anna) == "1-1 of 1"
        assert marked(anna) == ["acmeweb", "acmeweb"]


async def test_what_is_typed_is_drawn_though_the_search_takes_its_time(panel: Open) -> None:
    go_on = threading.Event()
    async with panel() as anna:
        asked = await slow_for(anna, "m", lambda _: go_on.wait())
        try:
            await anna.pilot.press("m")
            await anna.until(lambda: "m" in asked)
            await anna.until(lambda: anna.app._batch_count == 0)
            assert line_of(anna, "│ m ")
        finally:
            go_on.set()
        await anna.settle()


async def test_nothing_moves_while_one_types(panel: Open) -> None:
    async with panel(SMALL) as anna:
        place = anna.list("results").region
        for text in ("s", "st", "status:", "status:x", "zzz", "nope:", "job:x", "#1", ""):
            field(anna).value = text
            await anna.settle()
            shown = "job-results" if anna.list("job-results").display else "results"
            assert anna.list(shown).region == place
        assert place.height >= 24 - 8


@pytest.mark.parametrize("typed", ["acme", "job:cert"])
async def test_why_the_results_cannot_be_read_is_said_in_their_place(
    panel: Open, desk: StaffDesk, typed: str
) -> None:
    desk.jobs.add(1001, JobDraft("New certificate"))

    def refuse(_desk: StaffDesk) -> object:
        raise DatabaseBusy("Another session is busy.")

    name = "job-results" if ":" in typed else "results"
    async with panel() as anna:
        await slow_for(anna, typed, refuse)
        await anna.type(typed)
        assert anna.list(name).display
        assert anna.list(name).failure == "Another session is busy."
        await anna.press("backspace")
        assert anna.list(name).failure == ""
        assert ids(anna, name)


async def test_the_list_says_what_to_do_when_nothing_is_found(panel: Open) -> None:
    async with panel() as anna:
        await anna.type("zzz")
        assert 'Nothing found for "zzz"' in anna.list("results").empty
        assert count(anna) == "0"
        await anna.press("enter")
        assert anna.app.screen.query_one("#account-pane").border_title == "Account"


@pytest.mark.parametrize("text", ["[/]", "[@click=app.leave]x", "\"'%_\\", "\u202e<b>", "a" * 150])
async def test_any_text_may_be_searched_for(panel: Open, text: str) -> None:
    async with panel() as anna:
        field(anna).value = text
        await anna.settle()
        assert anna.list("results").row_count == 0
        assert "Nothing found for" in anna.list("results").empty
        await anna.press("enter")
        assert anna.app.is_running


# -- hints ---------------------------------------------------------------------------------------


async def test_the_filters_are_named_before_anything_is_typed(panel: Open) -> None:
    async with panel((120, 36)) as anna:
        for name in ("user:", "status:", "created:", "has:", "job:", "#"):
            assert name in hint(anna)


async def test_a_filter_that_is_begun_is_named_with_what_it_does(panel: Open) -> None:
    async with panel() as anna:
        await anna.type("st")
        assert hint(anna) == "→ status:  active, suspended or closed"
        await anna.type("o")
        assert hint(anna) == ""


async def test_the_key_takes_the_hint_and_then_its_value(panel: Open) -> None:
    async with panel() as anna:
        await anna.type("shop st")
        await anna.press("right")
        assert field(anna).value == "shop status:"
        assert hint(anna).startswith("→ active")
        await anna.type("su")
        await anna.press("right")
        assert field(anna).value.strip() == "shop status:suspended"
        assert ids(anna) == [1003]


async def test_without_a_hint_the_key_moves_the_cursor(panel: Open) -> None:
    async with panel() as anna:
        await anna.type("hop")
        await anna.press("right", "home", "right")
        assert field(anna).value == "hop"
        assert field(anna).cursor_position == 1
        await anna.press("escape", "right")
        assert field(anna).value == ""


async def test_a_click_takes_a_hint(panel: Open) -> None:
    async with panel() as anna:
        place = hint(anna).index("plan:")
        await anna.pilot.click(HintLine, offset=(place, 0))
        await anna.settle()
        assert field(anna).value == "plan:"
        assert anna.focused == "search"
        await anna.type("x")
        assert field(anna).value == "plan:x"


@pytest.mark.parametrize("size", [(120, 36), SMALL])
async def test_an_unknown_filter_says_so_and_suggests(panel: Open, size: tuple[int, int]) -> None:
    async with panel(size) as anna:
        await anna.type("statsu:suspended")
        assert hint(anna) == 'There is no filter "statsu:"; did you mean status:?'
        said = " ".join(anna.screen_text().replace("│", " ").split())
        assert "There is no filter" in said
        assert "did you mean status:?" in said or "you mean status:?" in said
        assert ids(anna) == []
        assert field(anna).has_class("-invalid")
        field(anna).value = "status:suspended"
        await anna.settle()
        assert ids(anna) == [1003]
        assert not field(anna).has_class("-invalid")


async def test_a_filter_that_is_not_complete_is_no_mistake_yet(panel: Open) -> None:
    async with panel() as anna:
        await anna.type("status:")
        assert not field(anna).has_class("-invalid")
        assert "active, suspended or closed" in anna.list("results").empty


async def test_enter_on_a_wrong_filter_tells_why_and_opens_nothing(panel: Open) -> None:
    async with panel() as anna:
        await anna.type("statsu:x")
        await anna.press("enter")
        assert anna.app.screen.query_one("#account-pane").border_title == "Account"
        notices = [str(notice.message) for notice in anna.app._notifications]
        assert any("did you mean status:?" in words for words in notices)


async def test_the_help_on_keys_names_the_filters(panel: Open) -> None:
    async with panel((120, 60)) as anna:
        await anna.press("f1")
        assert line_of(anna, "created:")
        assert "complete it with the hint" in anna.screen_text()
        await anna.press("escape")
        await anna.type("1001")
        await anna.press("enter", "f1")
        assert not line_of(anna, "created:")


# -- jobs ----------------------------------------------------------------------------------------


@pytest.fixture
def jobs(desk: StaffDesk) -> list[int]:
    """Three jobs: a certificate in a description, in a task and in a note."""
    first = desk.jobs.add(1001, JobDraft("New certificate"))
    second = desk.jobs.add(
        1002, JobDraft("Move", details="x"), hourly(description="Install certificate")
    )
    third = desk.jobs.add(1003, JobDraft("Advice"))
    desk.notes.add(third.id, "They sent their\ncertificates by e-mail")
    desk.jobs.set_status(second.id, JobStatus.ON_HOLD)
    return [first.id, second.id, third.id]


async def test_jobs_are_found_by_all_their_texts_and_say_where(
    panel: Open, jobs: list[int]
) -> None:
    async with panel(WIDE) as anna:
        await anna.type("job:certificate")
        assert ids(anna, "job-results") == jobs[::-1]
        assert not anna.list("results").display
        assert count(anna) == "1-3 of 3"
        lines = [line_of(anna, f"#{job}") for job in jobs]
        assert "New certificate" in lines[0]
        assert "task …certificate" in lines[1]
        assert "On hold" in lines[1]
        assert "note certificates by e" in lines[2]
        assert "1003 myshop" in lines[2]
        assert marked(anna, "job-results") == ["certificate", "certificate", "certificate"]


async def test_enter_opens_the_first_job_in_its_account(panel: Open, jobs: list[int]) -> None:
    async with panel() as anna:
        await anna.pilot.press(*"job", "colon", *"cert", "enter")
        await anna.settle()
        assert anna.app.screen.query_one("#account-pane").border_title == "Account 1003"
        assert anna.app.screen.query_one("#job-pane")
        assert f"#{jobs[2]}" in str(anna.app.screen.query_one("#lower-frame").border_title)


async def test_the_job_that_was_chosen_is_opened(panel: Open, jobs: list[int]) -> None:
    async with panel() as anna:
        await anna.type("job:certificate")
        await anna.press("down", "enter")
        assert anna.app.screen.query_one("#account-pane").border_title == "Account 1002"
        assert f"#{jobs[1]}" in str(anna.app.screen.query_one("#lower-frame").border_title)


async def test_a_job_is_opened_by_a_click_too(panel: Open, jobs: list[int]) -> None:
    async with panel() as anna:
        await anna.type("job:certificate")
        await anna.pilot.click("#job-results", offset=(2, 1))
        await anna.settle()
        assert f"#{jobs[2]}" in str(anna.app.screen.query_one("#lower-frame").border_title)


async def test_a_number_with_its_sign_is_a_job_and_without_it_an_account(
    panel: Open, jobs: list[int]
) -> None:
    async with panel() as anna:
        await anna.pilot.press("number_sign", *str(jobs[0]), "enter")
        await anna.settle()
        assert f"#{jobs[0]}" in str(anna.app.screen.query_one("#lower-frame").border_title)
        await anna.press("slash")
        await anna.type("1002")
        await anna.press("enter")
        assert anna.app.screen.query_one("#account-pane").border_title == "Account 1002"


async def test_a_job_that_is_not_there_says_so(panel: Open) -> None:
    async with panel() as anna:
        await anna.pilot.press("number_sign", *"999")
        await anna.settle()
        assert "There is no job #999 here." in anna.screen_text()
        field(anna).value = "job:nothing"
        await anna.settle()
        assert 'No job has "nothing"' in " ".join(anna.screen_text().split())


async def test_from_jobs_back_to_accounts_and_their_count(panel: Open, jobs: list[int]) -> None:
    async with panel() as anna:
        await anna.type("job:move")
        assert ids(anna, "job-results") == [jobs[1]]
        assert count(anna) == "1-1 of 1"
        await anna.press("escape")
        assert anna.list("results").display
        assert not anna.list("job-results").display
        assert ids(anna) == [1001, 1002, 1003]
        assert count(anna) == "1-3 of 3"


async def test_a_form_with_text_is_asked_about_before_a_job_is_opened(
    panel: Open, jobs: list[int]
) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "n")
        await anna.type("Half a job")
        await anna.press("escape", "slash")
        await anna.type("job:move")
        await anna.press("enter")
        assert len(anna.app.screen_stack) == 2
        await anna.press("escape")
        assert anna.app.screen.query_one("#account-pane").border_title == "Account 1001"
        assert len(jobs) == 3


# -- how many ------------------------------------------------------------------------------------


@pytest.fixture
def many(desk: StaffDesk) -> int:
    """So many accounts with `web` in their names."""
    for number in range(250):
        insert_account(desk, f"web{number:03}", [f"web{number:03}.example"])
    return 251


async def test_the_count_is_true_at_first_and_exact_when_the_typing_pauses(
    panel: Open, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_pane, "PAUSE", 3600)
    async with panel() as anna:
        await anna.type("web")
        rows = len(anna.list("results")._view)
        assert count(anna) == f"1-{rows} of more than {PAGE_ROWS}"
        monkeypatch.setattr(search_pane, "PAUSE", 0.01)
        await anna.press("backspace", "b", "down", "down")
        await anna.until(lambda: f"of {many}" in count(anna))
        assert count(anna) == f"1-{rows} of {many}"
        assert anna.list("results").cursor_index == 2


async def test_a_count_that_is_known_stays_known_when_others_change_something(
    panel: Open, many: int, other: StaffDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_pane, "PAUSE", 0.01)
    async with panel() as anna:
        await anna.type("web")
        await anna.until(lambda: f"of {many}" in count(anna))
        seen: list[str] = []
        anna.app.screen.query_one("#search-pane").watch(
            anna.list("results"), "virtual_size", lambda size: seen.append(str(size.height))
        )
        insert_account(other, "web999", ["web999.example"])
        await anna.until(lambda: f"of {many + 1}" in count(anna))
        assert {int(height) for height in seen} <= {many + 1, many + 2}


# -- who was there last --------------------------------------------------------------------------


async def test_an_empty_search_begins_with_the_accounts_opened_last(panel: Open) -> None:
    async with panel() as anna:
        assert ids(anna) == [1001, 1002, 1003]
        for account in ("1002", "1003"):
            await anna.type(account)
            await anna.press("enter", "slash")
        await anna.press("escape")
        assert ids(anna) == [1003, 1002, 1001]


async def test_the_account_just_opened_is_first_when_one_comes_back(panel: Open) -> None:
    async with panel() as anna:
        await anna.press("down", "down", "enter")
        assert ids(anna) == [1001, 1002, 1003]
        await anna.press("slash")
        assert ids(anna) == [1003, 1001, 1002]
        await anna.press("enter")
        assert anna.app.screen.query_one("#account-pane").border_title == "Account 1003"


async def test_a_job_that_is_opened_brings_its_account_up(panel: Open, jobs: list[int]) -> None:
    async with panel() as anna:
        await anna.type("job:move")
        await anna.press("enter", "slash", "escape")
        assert ids(anna)[0] == 1002
        assert len(jobs) == 3


def other_panel(path: Path, login: str) -> DraftStore:
    return DraftStore.open(path, login, None, "other", lambda _: True)


async def test_what_a_person_opens_in_another_panel_counts_and_of_others_does_not(
    panel: Open, path: Path
) -> None:
    for login, account in (("anna", 1002), ("ben", 1003)):
        store = other_panel(path, login)
        store.recent_accounts.opened(account)
        store.close()
    async with panel() as anna:
        assert ids(anna) == [1002, 1001, 1003]


async def test_what_is_opened_here_is_known_to_the_next_panel(panel: Open, path: Path) -> None:
    async with panel() as anna:
        for account in ("1002", "1003"):
            await anna.type(account)
            await anna.press("enter", "slash")
    store = other_panel(path, "anna")
    assert store.recent_accounts.newest() == (1003, 1002)
    store.close()


async def test_accounts_that_are_gone_or_out_of_reach_are_left_out(panel: Open, path: Path) -> None:
    store = other_panel(path, "anna")
    for account in (999_999, 1003):
        store.recent_accounts.opened(account)
    store.close()
    async with panel() as anna:
        assert ids(anna) == [1003, 1001, 1002]
        assert count(anna) == "1-3 of 3"


async def test_a_file_that_takes_long_holds_up_no_search(
    panel: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = other_panel(path, "anna")
    store.recent_accounts.opened(1003)
    store.close()
    monkeypatch.setattr(recently_opened, "PATIENCE", 0.01)
    may_read = threading.Event()
    reading = recently_opened._read

    def slow(store: DraftStore) -> tuple[int, ...]:
        may_read.wait()
        return reading(store)

    monkeypatch.setattr(recently_opened, "_read", slow)
    try:
        async with panel() as anna:
            assert ids(anna) == [1001, 1002, 1003]
            may_read.set()
    finally:
        may_read.set()


def in_the_way(path: Path) -> None:
    Path(f"{path}.drafts").mkdir()


async def test_a_file_that_cannot_be_used_keeps_nobody_from_working(
    panel: Open, path: Path
) -> None:
    in_the_way(path)
    async with panel() as anna:
        assert ids(anna) == [1001, 1002, 1003]
        await anna.type("1003")
        await anna.press("enter", "slash", "escape")
        assert ids(anna) == [1003, 1001, 1002]


async def test_the_order_of_an_empty_search_stays_while_one_scrolls(
    panel: Open, desk: StaffDesk, path: Path
) -> None:
    for number in range(300):
        insert_account(desk, f"user{number}")
    async with panel() as anna:
        store = other_panel(path, "anna")
        store.recent_accounts.opened(1303)
        store.close()
        await anna.press("tab", "end")
        assert ids(anna)[-1] == 1303
        assert anna.list("results").row_count == 303
        assert len(set(ids(anna))) == len(ids(anna))
