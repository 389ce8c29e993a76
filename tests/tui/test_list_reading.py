"""How a list reads its rows: in windows, in time, and never moving its reader."""

import asyncio
from collections.abc import Callable

import pytest
from textual.app import ComposeResult
from textual.geometry import Region
from textual.worker import WorkerFailed

from models.refusals import Refused
from models.values import Order, Page
from tests.tui.list_app import (
    ListApp,
    Million,
    Row,
    Source,
    by_id,
    ids,
    lines,
    numbered,
    ready,
    strips,
)
from tui.widgets.list_drawing import STRIPS_KEPT
from tui.widgets.list_window import PAGE_ROWS, PAGES_HELD


async def test_a_million_rows_are_read_in_windows() -> None:
    source = Source(Million())
    app = ListApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.list)
        assert source.asked == [(0, PAGE_ROWS), (PAGE_ROWS, PAGE_ROWS)]
        assert app.list.row_count == 1_000_000
        await pilot.press("end")
        await ready(pilot, app.list)
        assert lines(app.list)[-1].startswith("▸999999")
        for index in range(0, 1_000_000, 40_013):
            app.list.move_cursor(index)
            await ready(pilot, app.list)
            assert app.list.cursor_row == Row(index, f"row {index}")
            assert app.list.rows_held <= PAGE_ROWS * PAGES_HELD
        assert max(limit for _, limit in source.asked) == PAGE_ROWS
        assert len(source.asked) < 100


async def test_scrolling_finds_the_next_rows_read() -> None:
    source = Source(Million())
    app = ListApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.list)
        for _ in range(15):
            source.gate.clear()
            await pilot.press("pagedown")
            assert not any("…" in line for line in lines(app.list))
            source.gate.set()
            await ready(pilot, app.list)
        assert source.asked == [(page * PAGE_ROWS, PAGE_ROWS) for page in range(len(source.asked))]


async def test_rows_being_read_are_marked() -> None:
    source = Source(Million())
    app = ListApp(source)
    async with app.run_test(size=(40, 5)) as pilot:
        await ready(pilot, app.list)
        source.gate.clear()
        await pilot.press("end")
        await pilot.pause()
        assert lines(app.list)[1:] == [" …", " …", " …", "▸…"]
        assert app.list.cursor_row is None
        await pilot.press("enter")
        source.gate.set()
        await ready(pilot, app.list)
        assert lines(app.list)[-1].startswith("▸999999")
        assert ("highlighted", 999_999, 999_999) in app.posted
        assert not any(post[0] == "opened" for post in app.posted if isinstance(post, tuple))


async def test_a_jump_overtakes_what_was_wanted_before() -> None:
    source = Source(Million())
    app = ListApp(source)
    async with app.run_test(size=(40, 5)) as pilot:
        await ready(pilot, app.list)
        source.gate.clear()
        for index in (500_050, 600_050, 700_050):
            app.list.move_cursor(index)
            await pilot.pause()
        source.gate.set()
        await ready(pilot, app.list)
        assert source.asked[1] == (500_000, PAGE_ROWS)
        assert (600_000, PAGE_ROWS) not in source.asked
        assert app.list.cursor_row == Row(700_050, "row 700050")


async def test_a_list_on_its_way_does_not_look_empty() -> None:
    source = Source(numbered(1))
    source.gate.clear()
    app = ListApp(source)
    async with app.run_test(size=(40, 4)) as pilot:
        await pilot.pause()
        waiting = app.list.is_waiting
        assert [line.strip() for line in lines(app.list)[1:]] == ["", "…", ""]
        assert app.posted == []
        source.gate.set()
        await ready(pilot, app.list)
        assert (waiting, app.list.is_waiting) == (True, False)
        assert ids(app.list) == ["1"]


async def test_the_old_rows_stay_until_the_new_ones_have_come() -> None:
    old, new = Source(numbered(1, 2, 3)), Source(numbered(7))
    app = ListApp(old)
    async with app.run_test(size=(40, 6)) as pilot:
        await ready(pilot, app.list)
        new.gate.clear()
        app.list.show(new.fetch)
        await pilot.pause()
        assert app.list.is_waiting
        assert ids(app.list) == ["1", "2", "3"]
        new.gate.set()
        await ready(pilot, app.list)
        assert ids(app.list) == ["7"]


@pytest.mark.parametrize("answer", ["late", "in order"])
async def test_a_late_answer_never_replaces_a_newer_one(answer: str) -> None:
    def stubborn(
        source: Source,
    ) -> Callable[[int, int, Order | None], asyncio.Future[Page[Row]]]:
        """Answers even if nobody wants it any more."""
        return lambda offset, limit, order: asyncio.shield(
            asyncio.ensure_future(source.fetch(offset, limit, order))
        )

    old, new = Source(numbered(1)), Source(numbered(2))
    app = ListApp()
    async with app.run_test(size=(40, 6)) as pilot:
        old.gate.clear()
        new.gate.clear()
        app.list.show(stubborn(old))
        await pilot.pause()
        app.list.show(stubborn(new))
        await pilot.pause()
        first, second = (new, old) if answer == "late" else (old, new)
        first.gate.set()
        await pilot.pause()
        second.gate.set()
        await ready(pilot, app.list)
        assert ids(app.list) == ["2"]
        assert [post for post in app.posted if isinstance(post, tuple)] == [("highlighted", 0, 2)]


@pytest.mark.parametrize("refused", [False, True])
async def test_an_answer_that_ignores_being_given_up_is_dropped(refused: bool) -> None:
    gate = asyncio.Event()

    async def deaf(offset: int, _limit: int, _order: Order | None) -> Page[Row]:
        while not gate.is_set():
            try:
                await gate.wait()
            except asyncio.CancelledError:
                continue
        if refused:
            raise Refused("Given up for a newer one.")
        return Page(tuple(numbered(1)), offset, 1)

    app = ListApp()
    newer = Source(numbered(2))
    async with app.run_test(size=(40, 6)) as pilot:
        app.list.show(deaf)
        await pilot.pause()
        newer.gate.clear()
        app.list.show(newer.fetch)
        await pilot.pause()
        gate.set()
        await pilot.pause()
        assert (app.list.row_count, app.list.failure) == (0, "")
        newer.gate.set()
        await ready(pilot, app.list)
        assert ids(app.list) == ["2"]
        assert newer.asked == [(0, PAGE_ROWS)]


@pytest.mark.parametrize("again", ["enter", "click", "refresh"])
async def test_a_failure_is_said_and_can_be_tried_again(again: str) -> None:
    source = Source(numbered(1, 2))
    app = ListApp(source)
    async with app.run_test(size=(60, 6)) as pilot:
        await ready(pilot, app.list)
        failing = Source(numbered(5))
        failing.refusal = Refused("The database [/] cannot be read: \x1b[31mdisk is gone.")
        app.list.show(failing.fetch)
        await ready(pilot, app.list)
        shown = " ".join(" ".join(lines(app.list)).split())
        assert "The database [/] cannot be read: ␛[31mdisk is gone. Enter tries again." in shown
        assert "No rows" not in shown
        assert "row 1" not in shown
        assert app.list.failure == str(failing.refusal)
        assert app.list.cursor_row is None
        assert app.list.row_count == 0
        assert app.posted[-1] == str(failing.refusal)
        assert "0" not in app.posted
        failing.refusal = None
        if again == "enter":
            await pilot.press("down", "enter")
        elif again == "click":
            await pilot.click(app.list, offset=(5, 3))
        else:
            app.list.refresh_rows()
        await ready(pilot, app.list)
        assert app.list.failure == ""
        assert ids(app.list) == ["5"]


async def test_a_failure_while_reading_on_keeps_the_place() -> None:
    source = Source(Million())
    app = ListApp(source, key=by_id)
    async with app.run_test(size=(40, 6)) as pilot:
        await ready(pilot, app.list)
        source.refusal = Refused("Busy.")
        app.list.move_cursor(5_000)
        await ready(pilot, app.list)
        assert "Busy." in " ".join(lines(app.list))
        asked = len(source.asked)
        await pilot.press("down", "pageup", "home")
        app.list.scroll_to(y=9_000, animate=False)
        await ready(pilot, app.list)
        assert len(source.asked) == asked
        app.list.scroll_to(y=4_996, animate=False)
        source.refusal = None
        await pilot.press("enter")
        await ready(pilot, app.list)
        assert app.list.cursor_row == Row(5_000, "row 5000")
        assert ids(app.list)[-1] == "5000"


async def test_a_failed_refresh_is_said_and_the_cursor_comes_back_to_its_row() -> None:
    source = Source(numbered(*range(50)))
    app = ListApp(source, key=by_id, cursor=20)
    async with app.run_test(size=(40, 6)) as pilot:
        await ready(pilot, app.list)
        source.refusal = Refused("Busy.")
        app.list.refresh_rows()
        await ready(pilot, app.list)
        assert "Busy." in " ".join(lines(app.list))
        source.refusal = None
        source.rows = numbered(-1, -2, *range(50))
        app.list.refresh_rows()
        await ready(pilot, app.list)
        assert app.list.cursor_row == Row(20, "row 20")
        assert app.list.cursor_index == 22


async def test_a_fault_is_not_hidden() -> None:
    source = Source(numbered(1))
    source.refusal = ZeroDivisionError()
    app = ListApp(source)
    with pytest.raises(WorkerFailed):
        async with app.run_test(size=(40, 6)) as pilot:
            await ready(pilot, app.list)


@pytest.mark.parametrize("added", [1, 150, 5_000])
@pytest.mark.parametrize("cursor_in_view", [True, False])
async def test_rows_added_above_move_nothing(added: int, cursor_in_view: bool) -> None:
    rows = numbered(*range(1000, 3000))
    source = Source(rows)
    app = ListApp(source, key=by_id, cursor=700)
    async with app.run_test(size=(40, 11)) as pilot:
        await ready(pilot, app.list)
        if not cursor_in_view:
            app.list.scroll_to(y=900, animate=False)
            await ready(pilot, app.list)
        before = lines(app.list)
        source.rows = [*numbered(*range(5000, 5000 + added)), *rows]
        app.list.refresh_rows()
        await ready(pilot, app.list)
        assert lines(app.list) == before
        assert app.list.cursor_index == 700 + added
        assert app.list.cursor_row == Row(1700, "row 1700")
        assert app.list.rows_held <= PAGE_ROWS * PAGES_HELD


async def test_rows_added_in_view_leave_the_first_row_and_the_cursor_on_theirs() -> None:
    source = Source(numbered(*range(0, 100, 10)))
    app = ListApp(source, key=by_id)
    async with app.run_test(size=(40, 6)) as pilot:
        await ready(pilot, app.list)
        app.list.scroll_to(y=3, animate=False)
        app.list.move_cursor(6)
        source.rows = numbered(0, 10, 15, 20, 30, 40, 45, 50, 60, 70, 80, 90)
        app.list.refresh_rows()
        await ready(pilot, app.list)
        assert ids(app.list) == ["30", "40", "45", "50", "60"]
        assert app.list.cursor_row == Row(60, "row 60")


async def test_a_row_sorted_elsewhere_does_not_take_the_view_along() -> None:
    rows = numbered(*range(90))
    source = Source(rows)
    app = ListApp(source, key=by_id, cursor=43)
    async with app.run_test(size=(40, 6)) as pilot:
        await ready(pilot, app.list)
        app.list.scroll_to(y=40, animate=False)
        await ready(pilot, app.list)
        assert ids(app.list) == ["40", "41", "42", "43", "44"]
        source.rows = [rows[40], *rows[:40], *rows[41:]]
        app.list.refresh_rows()
        await ready(pilot, app.list)
        assert ids(app.list) == ["39", "41", "42", "43", "44"]
        assert app.list.cursor_row == Row(43, "row 43")


async def test_removed_rows_leave_the_cursor_where_it_was() -> None:
    source = Source(numbered(*range(50)))
    app = ListApp(source, key=by_id, cursor=20)
    async with app.run_test(size=(40, 6)) as pilot:
        await ready(pilot, app.list)
        source.rows = numbered(*range(20), *range(21, 50))
        app.list.refresh_rows()
        await ready(pilot, app.list)
        assert (app.list.cursor_index, app.list.cursor_row) == (20, Row(21, "row 21"))
        source.rows = numbered(3, 4)
        app.list.refresh_rows()
        await ready(pilot, app.list)
        assert (app.list.cursor_index, app.list.cursor_row) == (1, Row(4, "row 4"))
        assert ids(app.list) == ["3", "4"]
        source.rows = []
        app.list.refresh_rows()
        await ready(pilot, app.list)
        assert (app.list.cursor_index, app.list.cursor_row) == (None, None)
        assert "No rows." in " ".join(lines(app.list))
        source.rows = numbered(8, 9)
        app.list.refresh_rows()
        await ready(pilot, app.list)
        assert app.list.cursor_row == Row(8, "row 8")


async def test_without_a_key_the_place_is_an_index() -> None:
    source = Source(numbered(*range(50)))
    app = ListApp(source, cursor=20)
    async with app.run_test(size=(40, 6)) as pilot:
        await ready(pilot, app.list)
        source.rows = numbered(*range(100, 150))
        app.list.refresh_rows()
        await ready(pilot, app.list)
        assert app.list.cursor_row == Row(120, "row 120")


async def test_the_reader_may_go_on_during_a_refresh() -> None:
    rows = numbered(*range(1000, 1900))
    source = Source(rows)
    app = ListApp(source, key=by_id)
    async with app.run_test(size=(40, 6)) as pilot:
        await ready(pilot, app.list)
        source.gate.clear()
        source.rows = [*numbered(1, 2), *rows]
        app.list.refresh_rows()
        await pilot.pause()
        await pilot.press("pagedown", "down", "down")
        before = lines(app.list)
        source.gate.set()
        await ready(pilot, app.list)
        assert lines(app.list) == before
        assert app.list.cursor_row == Row(1006, "row 1006")
        assert app.list.cursor_index == 8


async def test_a_change_during_a_refresh_is_read_too() -> None:
    source = Source(numbered(1))
    app = ListApp(source)
    async with app.run_test(size=(40, 6)) as pilot:
        await ready(pilot, app.list)
        source.gate.clear()
        app.list.refresh_rows()
        await pilot.pause()
        source.rows = numbered(1, 2)
        app.list.refresh_rows()
        source.gate.set()
        await ready(pilot, app.list)
        assert ids(app.list) == ["1", "2"]


async def test_a_change_while_a_new_list_is_on_its_way_is_read_too() -> None:
    source = Source(numbered(1))
    source.gate.clear()
    app = ListApp(source)
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.pause()
        source.rows = numbered(1, 2)
        app.list.refresh_rows()
        source.gate.set()
        await ready(pilot, app.list)
        assert ids(app.list) == ["1", "2"]


async def test_another_size_is_noticed_while_scrolling() -> None:
    source = Source(Million(1_000))
    app = ListApp(source)
    async with app.run_test(size=(40, 11)) as pilot:
        await ready(pilot, app.list)
        source.rows = Million(450)
        await pilot.press("end")
        await ready(pilot, app.list)
        assert app.list.row_count == 450
        assert app.list.cursor_row == Row(449, "row 449")
        assert ids(app.list)[-1] == "449"
        source.rows = Million(460)
        app.list.move_cursor(150)
        await ready(pilot, app.list)
        assert app.list.row_count == 460
        await pilot.press("end")
        await ready(pilot, app.list)
        assert ids(app.list)[-1] == "459"


@pytest.mark.parametrize("can_locate", [True, False])
async def test_a_row_is_revealed_from_anywhere_in_the_list(can_locate: bool) -> None:
    source = Source(Million())
    app = ListApp(source, key=by_id, cursor=1, locate=source.locate if can_locate else None)
    async with app.run_test(size=(40, 6)) as pilot:
        await ready(pilot, app.list)
        index = 1
        for key in (1_000_001, 500_000, 300, 999_999, 0):
            is_found = key == 0 if not can_locate else key < 1_000_000
            index = key if is_found else index
            assert await app.list.reveal(key) is is_found
            await ready(pilot, app.list)
            assert app.list.cursor_index == index
            assert any(line.startswith("+") for line in lines(app.list)) is is_found
            assert app.list.rows_held <= PAGE_ROWS * PAGES_HELD


async def test_an_index_is_not_taken_for_a_key() -> None:
    source = Source(Million())
    app = ListApp(source, key=lambda row: row.id + 10)
    async with app.run_test(size=(40, 6)) as pilot:
        await ready(pilot, app.list)
        app.list.move_cursor(500_000)
        await ready(pilot, app.list)
        app.list.scroll_to(y=0, animate=False)
        await ready(pilot, app.list)
        app.list.move_cursor(20)
        await ready(pilot, app.list)
        app.list.refresh_rows()
        await ready(pilot, app.list)
        assert app.list.cursor_index == 20


async def test_a_cleared_list_is_empty_whatever_was_on_its_way() -> None:
    source = Source(numbered(1, 2))
    app = ListApp(source)
    async with app.run_test(size=(60, 6)) as pilot:
        await ready(pilot, app.list)
        source.gate.clear()
        app.list.show(source.fetch)
        await pilot.pause()
        app.list.clear()
        await app.list.settled()
        source.gate.set()
        await ready(pilot, app.list)
        assert app.list.row_count == 0
        assert "No rows. Press n to add one." in " ".join(lines(app.list))
        assert app.posted[-1:] == ["0"]
        app.list.refresh_rows()
        await ready(pilot, app.list)
        assert app.list.row_count == 0


async def test_nothing_flickers_where_a_list_starts_at_its_end() -> None:
    """The pages around the cursor come together, not one after the other."""
    app = ListApp(Source(numbered(1)))
    source = Source(numbered(*range(205)))
    async with app.run_test(size=(40, 24)) as pilot:
        await ready(pilot, app.list)
        seen: list[list[str]] = []
        fetch = source.fetch

        async def watched(offset: int, limit: int, order: Order | None) -> Page[Row]:
            seen.append(lines(app.list))
            return await fetch(offset, limit, order)

        app.list.show(watched, cursor="last")
        await ready(pilot, app.list)
        assert len(seen) == 3
        assert not any("…" in line for shown in seen for line in shown)
        assert lines(app.list)[-1].startswith("▸204")


async def test_resizing_while_rows_are_read() -> None:
    source = Source(Million())
    app = ListApp(source)
    async with app.run_test(size=(40, 10)) as pilot:
        await ready(pilot, app.list)
        source.gate.clear()
        await pilot.press("end")
        for size in ((200, 60), (10, 2), (1, 1), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert all(strip.cell_length == size[0] for strip in strips(app.list))
        source.gate.set()
        await ready(pilot, app.list)
        assert lines(app.list)[-1].startswith("▸999999")
        assert not any("…" in line for line in lines(app.list))


async def test_a_list_asked_for_before_it_is_on_screen() -> None:
    class Early(ListApp):
        def compose(self) -> ComposeResult:
            self.list.show(Source(numbered(4)).fetch)
            yield from super().compose()

    app = Early()
    async with app.run_test(size=(40, 6)) as pilot:
        await ready(pilot, app.list)
        assert ids(app.list) == ["4"]


async def test_a_list_out_of_sight_is_up_to_date_when_it_comes_back() -> None:
    source = Source(numbered(*range(300)))
    app = ListApp(source, key=by_id)
    async with app.run_test(size=(40, 10)) as pilot:
        await ready(pilot, app.list)
        app.list.styles.display = "none"
        await pilot.pause()
        app.list.show(Source(numbered(*range(1000, 1300))).fetch, cursor="last")
        await ready(pilot, app.list)
        app.list.move_cursor(150)
        app.list.styles.display = "block"
        await ready(pilot, app.list)
        assert any(line.startswith("▸1150") for line in lines(app.list))
        assert not any("…" in line for line in lines(app.list))


async def test_removing_the_list_lets_waiting_stop() -> None:
    source = Source(numbered(1))
    source.gate.clear()
    app = ListApp(source)
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.pause()
        waiting = asyncio.create_task(app.list.settled())
        await app.list.remove()
        await asyncio.wait_for(waiting, 5)


async def test_a_list_that_turns_out_longer_moves_nothing() -> None:
    """The first page came before the list was counted."""
    source = Source(numbered(*range(60)), exact=False)
    app = ListApp(source, key=by_id, cursor=20)
    async with app.run_test(size=(40, 11)) as pilot:
        await ready(pilot, app.list)
        posted = [app.posted[-1]]
        before = lines(app.list)
        source.rows = numbered(*range(45_120))
        source.exact = True
        source.gate.clear()
        app.list.recount(45_120, exact=True)
        await pilot.pause()
        assert lines(app.list) == before
        assert [*posted, app.posted[-1]] == ["21-30 of more than 60", "21-30 of 45,120"]
        source.gate.set()
        await ready(pilot, app.list)
        assert lines(app.list) == before
        assert app.list.cursor_row == Row(20, "row 20")
        await pilot.press("end")
        await ready(pilot, app.list)
        assert app.list.cursor_row == Row(45_119, "row 45119")


async def test_only_a_list_that_goes_on_behind_the_view_is_not_drawn_anew() -> None:
    source = Source(numbered(*range(30)), exact=False)
    app = ListApp(source, key=by_id)
    async with app.run_test(size=(40, 11)) as pilot:
        await ready(pilot, app.list)
        source.exact = True
        for total, is_drawn in ((30, False), (4, True), (9, True)):
            app.list.drawn.clear()
            source.rows = numbered(*range(total))
            app.list.recount(total, exact=True)
            await ready(pilot, app.list)
            assert bool(app.list.drawn) == is_drawn
            assert ids(app.list) == [str(number) for number in range(min(total, 10))]


async def test_what_is_known_of_the_count_is_not_taken_back_by_a_page_that_knows_less() -> None:
    source = Source(Million(), exact=False)
    app = ListApp(source, key=by_id)
    async with app.run_test(size=(40, 11)) as pilot:
        await ready(pilot, app.list)
        app.list.recount(45_120, exact=True)
        source.rows = Million(10_000)
        app.list.move_cursor(5_000)
        await ready(pilot, app.list)
        assert app.list.row_count == 45_120
        assert "4,992-5,001 of 45,120" in app.posted


async def test_a_count_for_a_list_on_its_way_is_that_lists() -> None:
    old, new = Source(numbered(1, 2)), Source(numbered(*range(40)), exact=False)
    app = ListApp(old)
    async with app.run_test(size=(40, 11)) as pilot:
        await ready(pilot, app.list)
        new.gate.clear()
        app.list.show(new.fetch)
        app.list.recount(90, exact=True)
        await pilot.pause()
        assert app.list.row_count == 2
        new.gate.set()
        await ready(pilot, app.list)
        assert app.posted[-1] == "1-10 of 90"


class Uncounted(Source):
    """Counts on from what is asked for, as long lists do, and to the end only from behind it."""

    async def fetch(self, offset: int, limit: int, order: Order | None = None) -> Page[Row]:
        page = await super().fetch(offset, limit, order)
        known = min(page.total, offset + 1_000)
        return Page(page.rows, offset, known, known == page.total)


async def test_the_end_of_a_list_not_counted_so_far_is_its_true_end() -> None:
    app = ListApp(Uncounted(Million(345_678)), key=by_id)
    async with app.run_test(size=(40, 11)) as pilot:
        await ready(pilot, app.list)
        assert app.posted[-1] == "1-10 of more than 1,000"
        await pilot.press("end")
        await ready(pilot, app.list)
        assert app.list.cursor_row == Row(345_677, "row 345677")
        assert app.posted[-2:] == [
            "345,669-345,678 of 345,678",
            ("highlighted", 345_677, 345_677),
        ]


async def test_scrolling_on_counts_on() -> None:
    app = ListApp(Uncounted(Million(345_678)), key=by_id)
    async with app.run_test(size=(40, 11)) as pilot:
        await ready(pilot, app.list)
        app.list.move_cursor(999)
        await ready(pilot, app.list)
        assert app.posted[-1] == "991-1,000 of more than 2,000"
        await pilot.press("down")
        assert app.list.cursor_index == 1_000


@pytest.mark.parametrize("count", [1_000, 1_000_000])
async def test_memory_does_not_grow_with_the_list(count: int) -> None:
    app = ListApp(Source(Million(count)), key=by_id)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.list)
        for index in [*range(0, count, count // 300), *range(400)]:
            app.list.move_cursor(index)
            await app.list.settled()
            app.list.render_lines(Region(0, 0, *app.list.size))
        assert app.list.rows_held <= PAGE_ROWS * PAGES_HELD
        assert app.list.lines_held <= STRIPS_KEPT
        window = app.list._window
        assert window is not None
        held = [*window._pages.values(), *(window._places or {}), *window._outdated]
        assert len(held) <= PAGES_HELD * (PAGE_ROWS + 1)
