"""A list of any length: what it reads, what it shows, and that it never moves its reader."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Button
from textual.worker import WorkerFailed

from models.lists import start_of
from models.refusals import NotFound, Refused
from models.values import Order, Page
from tui.frame_screen import FrameScreen
from tui.widgets.list_columns import GAP, Column, Marked, place
from tui.widgets.list_drawing import STRIPS_KEPT
from tui.widgets.list_window import PAGE_ROWS, PAGES_HELD
from tui.widgets.virtual_list import Start, VirtualList, range_text

SIZES = [(80, 24), (40, 10), (10, 2), (12, 1), (200, 60), (3, 3), (1, 1)]


@dataclass(frozen=True)
class Row:
    id: int
    name: str
    tone: str | None = None


def numbered(*ids: int) -> list[Row]:
    return [Row(id, f"row {id}") for id in ids]


class Million(Sequence[Row]):
    """More rows than anyone holds in memory."""

    def __init__(self, length: int = 1_000_000) -> None:
        self.length = length

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: slice) -> list[Row]:  # type: ignore[override] # slices only
        return numbered(*range(self.length)[index])


class Source:
    """Rows that change and fail on demand, and answer only when let."""

    def __init__(self, rows: Sequence[Row], exact: bool = True) -> None:
        self.rows = rows
        self.exact = exact
        self.asked: list[tuple[int, int]] = []
        self.orders: list[Order | None] = []
        self.located: list[int] = []
        self.refusal: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def fetch(self, offset: int, limit: int, order: Order | None = None) -> Page[Row]:
        self.asked.append((offset, limit))
        self.orders.append(order)
        total = len(self.rows)
        offset = start_of(offset, limit, total)
        rows = tuple(self.sorted(order)[offset : offset + limit])
        await self.gate.wait()
        if self.refusal is not None:
            raise self.refusal
        return Page(rows, offset, total, self.exact)

    async def locate(self, key: int, order: Order | None) -> int:
        self.located.append(key)
        if order is None and isinstance(self.rows, Million):
            if key >= len(self.rows):
                raise NotFound("There is no such row.")
            return key
        ids = [row.id for row in self.sorted(order)]
        if key not in ids:
            raise NotFound("There is no such row.")
        return ids.index(key)

    def sorted(self, order: Order | None) -> Sequence[Row]:
        if order is None:
            return self.rows
        rows = sorted(self.rows, key=lambda row: (getattr(row, order.column), row.id))
        return rows[::-1] if order.descending else rows


COLUMNS = [
    Column[Row]("ID", lambda row: str(row.id), 7, is_link=True, priority=2, sort="id"),
    Column[Row](
        "Name",
        lambda row: row.name,
        8,
        weight=1,
        priority=1,
        style=lambda row: row.tone,
        sort="name",
        descending=True,
    ),
    Column[Row]("Left", lambda row: str(9 - row.id % 10), 4, right=True),
]


class Watched(VirtualList[Row]):
    """Tells which of its lines were drawn."""

    drawn: list[int]

    def render_line(self, y: int) -> Strip:
        self.drawn.append(y)
        return super().render_line(y)


class ListApp(App[None]):
    def __init__(self, source: Source | None = None, **show: object) -> None:
        super().__init__()
        self.source = source
        self.show_options = show
        self.list = Watched(COLUMNS, empty="No rows. Press n to add one.")
        self.list.drawn = []
        self.posted: list[object] = []

    def get_default_screen(self) -> Screen[Any]:
        return FrameScreen("_default")

    def compose(self) -> ComposeResult:
        yield self.list
        yield Button("elsewhere")

    def on_mount(self) -> None:
        self.query_one(Button).styles.display = "none"
        if self.source is not None:
            self.list.show(self.source.fetch, **self.show_options)  # type: ignore[arg-type]

    def on_virtual_list_highlighted(self, event: VirtualList.Highlighted[Row]) -> None:
        assert event.control is self.list
        self.posted.append(("highlighted", event.index, event.row.id))

    def on_virtual_list_opened(self, event: VirtualList.Opened[Row]) -> None:
        assert event.control is self.list
        self.posted.append(("opened", event.index, event.row.id))

    def on_virtual_list_counted(self, event: VirtualList.Counted[Row]) -> None:
        assert event.control is self.list
        self.posted.append(range_text(event.first, event.last, event.total, event.exact))

    def on_virtual_list_failed(self, event: VirtualList.Failed[Row]) -> None:
        assert event.control is self.list
        self.posted.append(event.reason)


def by_id(row: Row) -> int:
    return row.id


def lines(list_: VirtualList[Row]) -> list[str]:
    return [strip.text.rstrip() for strip in strips(list_)]


def strips(list_: VirtualList[Row]) -> list[Strip]:
    return list_.render_lines(Region(0, 0, *list_.size))


def ids(list_: VirtualList[Row]) -> list[str]:
    """The IDs in view."""
    return [line[1:].split()[0] for line in lines(list_)[1:] if line]


def style_of(list_: VirtualList[Row], y: int, text: str) -> Style:
    style = next(segment.style for segment in strips(list_)[y] if text in segment.text)
    assert style is not None
    return style


async def ready(pilot: Pilot[None], list_: VirtualList[Row]) -> None:
    await pilot.pause()
    await list_.settled()
    await pilot.pause()


async def test_rows_stand_in_columns_under_their_titles() -> None:
    app = ListApp(Source(numbered(7, 12, 345)))
    async with app.run_test(size=(30, 6)) as pilot:
        await ready(pilot, app.list)
        assert lines(app.list) == [
            " ID      Name            Left",
            "▸7       row 7              2",
            " 12      row 12             7",
            " 345     row 345            4",
            "",
            "",
        ]


@pytest.mark.parametrize("size", SIZES)
async def test_every_line_has_the_width_of_the_list(size: tuple[int, int]) -> None:
    rows = [
        Row(1, "漢字漢字漢字漢字漢字漢字"),
        Row(2, "e\u0301" * 30),
        Row(3, "👩\u200d👩\u200d👧" * 10),
        Row(4, "\x1b[31m\x00\u202e\ud800"),
        Row(5, "한국어 ไทย עברית العربية"),
        Row(6, ""),
    ]
    app = ListApp(Source([*rows, *numbered(*range(7, 99))]))
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app.list)
        for strip in strips(app.list):
            assert sum(cell_len(segment.text) for segment in strip) == size[0]
        if size[1] > 1 and size[0] > 3:
            assert lines(app.list)[1].startswith("▸1")


@pytest.mark.parametrize("size", SIZES)
async def test_every_row_can_be_reached_at_any_size(size: tuple[int, int]) -> None:
    app = ListApp(Source(numbered(*range(250))))
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app.list)
        await pilot.press("end")
        await ready(pilot, app.list)
        assert app.list.cursor_row == Row(249, "row 249")
        if size[0] > 3:
            assert lines(app.list)[-1].startswith("▸24")
        await pilot.press("up", "home")
        assert app.list.cursor_index == 0


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


HOSTILE = [
    "[/]",
    "[bold]x[/bold]",
    "[@click=app.quit]x[/]",
    "[link=file:///etc/passwd]x[/link]",
    "\x1b]8;;file:///etc/passwd\x07x",
    "a\nb\tc\r\n",
    "\x00\x9b2J\u202e\u2066",
    "\ud800",
    ":smile:",
]


async def test_hostile_text_is_only_text() -> None:
    app = ListApp(Source([Row(number, text) for number, text in enumerate(HOSTILE)]))
    async with app.run_test(size=(60, 12)) as pilot:
        await ready(pilot, app.list)
        for number, text in enumerate(HOSTILE):
            line = lines(app.list)[number + 1]
            assert line.isprintable()
            assert line[1:].startswith(str(number))
            assert text in line or not text.isprintable()
            for segment in strips(app.list)[number + 1]:
                assert segment.style is None or not (segment.style.link or segment.style.meta)
            await pilot.click(app.list, offset=(10, number + 1))
        assert app.is_running


async def test_keys_move_the_cursor_and_keep_it_in_view() -> None:
    app = ListApp(Source(numbered(*range(1000))))
    async with app.run_test(size=(40, 10)) as pilot:
        await ready(pilot, app.list)
        for keys, index in (
            (["down", "j", "up"], 1),
            (["up", "k"], 0),
            (["end"], 999),
            (["k"], 998),
            (["down", "down", "pagedown"], 999),
            (["home"], 0),
            (["G"], 999),
            (["g", "j"], 1),
            (["pagedown"], 9),
            (["pagedown", "pagedown", "pageup"], 17),
            (["pageup", "pageup", "pageup"], 0),
        ):
            await pilot.press(*keys)
            await ready(pilot, app.list)
            assert app.list.cursor_index == index
            assert sum(line.startswith(f"▸{index} ") for line in lines(app.list)) == 1


async def test_moving_the_cursor_draws_two_lines() -> None:
    app = ListApp(Source(numbered(*range(1000))))
    async with app.run_test(size=(40, 10)) as pilot:
        await ready(pilot, app.list)
        app.list.drawn.clear()
        await pilot.press("down")
        await pilot.pause()
        assert sorted(set(app.list.drawn)) == [1, 2]


async def test_enter_and_clicks_open() -> None:
    app = ListApp(Source(numbered(*range(5))))
    async with app.run_test(size=(40, 10)) as pilot:
        await ready(pilot, app.list)
        app.posted.clear()
        await pilot.press("down", "enter")
        assert app.posted == [("highlighted", 1, 1), ("opened", 1, 1)]
        app.posted.clear()
        await pilot.click(app.list, offset=(15, 4))
        assert app.posted == [("highlighted", 3, 3)]
        await pilot.click(app.list, offset=(15, 4))
        assert app.posted[1:] == [("opened", 3, 3)]
        app.posted.clear()
        await pilot.click(app.list, offset=(1, 3))
        assert app.posted == [("highlighted", 2, 2), ("opened", 2, 2)]
        app.posted.clear()
        for nothing in ((37, 0), (1, 7)):
            await pilot.click(app.list, offset=nothing)
        await pilot.click(app.list, offset=(1, 2), button=3)
        assert app.posted == []


async def test_a_click_opens_the_row_that_is_scrolled_there() -> None:
    app = ListApp(Source(numbered(*range(500))))
    async with app.run_test(size=(40, 10)) as pilot:
        await ready(pilot, app.list)
        app.list.scroll_to(y=200, animate=False)
        await ready(pilot, app.list)
        await pilot.click(app.list, offset=(1, 3))
        assert app.posted[-1] == ("opened", 202, 202)


async def test_the_wheel_scrolls_and_leaves_the_cursor() -> None:
    app = ListApp(Source(numbered(*range(500))))
    async with app.run_test(size=(40, 10)) as pilot:
        await ready(pilot, app.list)
        wheel = events.MouseScrollDown(app.list, 3, 3, 0, 1, 0, False, False, False, 3, 3)
        app.list.post_message(wheel)
        await ready(pilot, app.list)
        first = int(ids(app.list)[0])
        assert first > 0
        assert app.list.cursor_index == 0
        assert f"{first + 1}-{first + 9} of 500" in app.posted
        await pilot.press("down")
        assert lines(app.list)[1].startswith("▸1 ")


async def test_the_cursor_is_told_once_and_only_when_it_comes_to_another_row() -> None:
    source = Source(numbered(1, 2, 3))
    app = ListApp(source, key=by_id)
    async with app.run_test(size=(40, 6)) as pilot:
        await ready(pilot, app.list)
        source.rows = numbered(0, 1, 2, 3)
        app.list.refresh_rows()
        await ready(pilot, app.list)
        await pilot.press("up", "up", "down")
        await pilot.pause()
        told = [post for post in app.posted if isinstance(post, tuple)]
        assert told == [("highlighted", 0, 1), ("highlighted", 0, 0), ("highlighted", 1, 1)]


async def test_the_count_follows_view_and_size() -> None:
    source = Source(Million(45_120))
    app = ListApp(source)
    async with app.run_test(size=(40, 21)) as pilot:
        await ready(pilot, app.list)
        assert app.posted[-1] == "1-20 of 45,120"
        await pilot.press("end")
        await ready(pilot, app.list)
        assert "45,101-45,120 of 45,120" in app.posted
        await pilot.resize_terminal(40, 11)
        await ready(pilot, app.list)
        assert "45,111-45,120 of 45,120" in app.posted
        source.rows, source.exact = Million(10_000), False
        app.list.show(source.fetch)
        await ready(pilot, app.list)
        assert "1-10 of more than 10,000" in app.posted
        source.rows, source.exact = [], True
        app.list.refresh_rows()
        await ready(pilot, app.list)
        assert app.posted[-1:] == ["0"]


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


async def test_a_new_row_is_marked_until_the_cursor_moves() -> None:
    source = Source(numbered(*range(100, 120)))
    app = ListApp(source, key=by_id)
    async with app.run_test(size=(40, 6)) as pilot:
        await ready(pilot, app.list)
        source.rows = numbered(*range(100, 121))
        assert await app.list.reveal(120)
        await ready(pilot, app.list)
        assert lines(app.list)[-1].startswith("+120")
        assert app.list.cursor_row == Row(120, "row 120")
        app.list.refresh_rows()
        await ready(pilot, app.list)
        assert lines(app.list)[-1].startswith("+120")
        await pilot.press("up")
        assert lines(app.list)[-1].startswith(" 120")
        assert lines(app.list)[-2].startswith("▸119")
        app.list.highlight_new(2)
        assert app.list.cursor_index == 2
        await pilot.pause()
        assert "+102" in [line.split()[0] for line in lines(app.list)]
        source.rows = numbered(100, 101, *range(103, 121))
        app.list.refresh_rows()
        await ready(pilot, app.list)
        assert "▸103" in [line.split()[0] for line in lines(app.list)]


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


@pytest.mark.parametrize("size", [(80, 24), (20, 6), (10, 2)])
async def test_an_empty_list_says_what_to_do(size: tuple[int, int]) -> None:
    app = ListApp(Source([]))
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app.list)
        said = lines(app.list)[1:]
        assert " ".join(" ".join(said).split()).startswith("No rows.")
        await pilot.press("down", "up", "end", "home", "pagedown", "enter")
        await pilot.click(app.list, offset=(2, 1))
        assert app.posted == []
        app.list.empty = "Type [b]a name."
        await pilot.pause()
        assert "Type" in " ".join(lines(app.list))


async def test_a_list_that_was_never_asked_for_says_so() -> None:
    app = ListApp()
    async with app.run_test(size=(60, 6)) as pilot:
        await ready(pilot, app.list)
        assert "No rows. Press n to add one." in " ".join(lines(app.list))
        assert app.posted == []


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


async def test_a_list_starts_where_it_is_told() -> None:
    app = ListApp()
    source = Source(numbered(*range(500)))
    starts: list[tuple[Start, int]] = [("first", 0), ("last", 499), (77, 77), (9_999, 499)]
    async with app.run_test(size=(40, 10)) as pilot:
        for start, index in starts:
            app.list.show(source.fetch, cursor=start)
            await ready(pilot, app.list)
            assert app.list.cursor_index == index
            assert sum(line.startswith(f"▸{index} ") for line in lines(app.list)) == 1


async def test_a_list_may_start_without_a_cursor() -> None:
    app = ListApp(Source(numbered(5, 6)), cursor=None)
    async with app.run_test(size=(40, 10)) as pilot:
        await ready(pilot, app.list)
        assert app.list.cursor_index is None
        assert not any(line.startswith("▸") for line in lines(app.list))
        await pilot.press("enter")
        assert app.posted == ["1-2 of 2"]
        await pilot.press("down", "enter")
        assert app.posted[1:] == [("highlighted", 0, 5), ("opened", 0, 5)]


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


async def test_without_focus_the_cursor_is_pale_but_marked() -> None:
    app = ListApp(Source(numbered(1, 2)))
    async with app.run_test(size=(40, 6)) as pilot:
        app.query_one(Button).styles.display = "block"
        await ready(pilot, app.list)
        strong = style_of(app.list, 1, "▸")
        app.query_one(Button).focus()
        await pilot.pause()
        pale, plain = style_of(app.list, 1, "▸"), style_of(app.list, 2, "2")
        assert len({strong.bgcolor, pale.bgcolor, plain.bgcolor}) == 3


async def test_links_are_underlined_and_tones_coloured() -> None:
    rows = [Row(1, "one"), Row(2, "two"), Row(3, "three", tone="error")]
    app = ListApp(Source(rows))
    async with app.run_test(size=(40, 6)) as pilot:
        await ready(pilot, app.list)
        link, name = style_of(app.list, 2, "2"), style_of(app.list, 2, "two")
        toned = style_of(app.list, 3, "three")
        assert (link.underline, bool(name.underline)) == (True, False)
        assert name.color != toned.color
        assert name.bgcolor == toned.bgcolor
        await pilot.press("end")
        assert style_of(app.list, 3, "three").color == style_of(app.list, 3, "▸").color


async def test_another_theme_is_drawn_at_once() -> None:
    app = ListApp(Source(numbered(1, 2)))
    async with app.run_test(size=(40, 6)) as pilot:
        await ready(pilot, app.list)
        dark = strips(app.list)[2]
        app.theme = "textual-light"
        await pilot.pause()
        assert [s.style for s in strips(app.list)[2]] != [s.style for s in dark]


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


async def test_resizing_keeps_the_cursor_in_view() -> None:
    app = ListApp(Source(numbered(*range(500))))
    async with app.run_test(size=(40, 30)) as pilot:
        await ready(pilot, app.list)
        app.list.move_cursor(25)
        await pilot.resize_terminal(40, 5)
        await ready(pilot, app.list)
        assert any(line.startswith("▸25 ") for line in lines(app.list))
        app.list.scroll_to(y=300, animate=False)
        await pilot.resize_terminal(40, 4)
        await ready(pilot, app.list)
        assert ids(app.list)[0] == "300"


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


def shuffled(count: int) -> list[Row]:
    """Rows whose names are in another order than their IDs; some have the same name."""
    return [Row(id, f"name {id * 7919 % (count // 2):06}") for id in range(count)]


async def test_keys_sort_by_one_column_after_the_other_and_back_to_the_own_order() -> None:
    source = Source(shuffled(50))
    app = ListApp(source, key=by_id)
    async with app.run_test(size=(40, 60)) as pilot:
        await ready(pilot, app.list)
        own = ids(app.list)
        by_name = [str(row.id) for row in source.sorted(Order("name", descending=True))]
        seen = []
        for key in ("greater_than_sign",) * 3 + ("less_than_sign",) * 2:
            await pilot.press(key)
            await ready(pilot, app.list)
            seen.append((app.list.order, ids(app.list)))
        assert seen == [
            (Order("id"), own),
            (Order("name", descending=True), by_name),
            (None, own),
            (Order("name", descending=True), by_name),
            (Order("id"), own),
        ]


async def test_a_key_turns_the_order_round() -> None:
    source = Source(shuffled(20))
    app = ListApp(source)
    async with app.run_test(size=(40, 30)) as pilot:
        await ready(pilot, app.list)
        own = ids(app.list)
        await pilot.press("R")
        await ready(pilot, app.list)
        assert (app.list.order, ids(app.list)) == (Order("id", descending=True), own[::-1])
        await pilot.press("R")
        await ready(pilot, app.list)
        assert (app.list.order, ids(app.list)) == (Order("id"), own)


async def test_a_click_on_a_title_sorts_and_an_arrow_says_how() -> None:
    source = Source(shuffled(20))
    app = ListApp(source, cursor=7)
    async with app.run_test(size=(40, 30)) as pilot:
        await ready(pilot, app.list)
        assert lines(app.list)[0] == " ID      Name                      Left"
        for order, title in (
            (Order("name", descending=True), " ID      Name ▾                    Left"),
            (Order("name"), " ID      Name ▴                    Left"),
        ):
            await pilot.click(app.list, offset=(12, 0))
            await ready(pilot, app.list)
            assert app.list.order == order
            assert lines(app.list)[0] == title
            assert ids(app.list) == [str(row.id) for row in source.sorted(order)]
        app.posted.clear()
        await pilot.click(app.list, offset=(37, 0))  # nothing to sort by
        await ready(pilot, app.list)
        assert (app.list.order, app.posted) == (Order("name"), [])


async def test_the_cursor_stays_on_its_row_in_another_order() -> None:
    source = Source(shuffled(5_000))
    app = ListApp(source, key=by_id, cursor=2_345, locate=source.locate)
    async with app.run_test(size=(40, 12)) as pilot:
        await ready(pilot, app.list)
        for key in ("greater_than_sign", "greater_than_sign", "R", "greater_than_sign"):
            await pilot.press(key)
            await ready(pilot, app.list)
            assert app.list.cursor_row == source.rows[2_345]
            assert any(line.startswith("▸2345 ") for line in lines(app.list))
        assert [post for post in app.posted if isinstance(post, tuple)][1:] == [
            ("highlighted", source.sorted(order).index(source.rows[2_345]), 2_345)
            for order in (Order("id"), Order("name", descending=True), Order("name"), None)
        ]


@pytest.mark.parametrize("why", ["nobody tells", "it is gone"])
async def test_the_cursor_goes_to_the_top_where_its_row_is_not_found(why: str) -> None:
    source = Source(shuffled(5_000))
    locate = source.locate if why == "it is gone" else None
    app = ListApp(source, key=by_id, cursor=2_345, locate=locate)
    async with app.run_test(size=(40, 12)) as pilot:
        await ready(pilot, app.list)
        if why == "it is gone":
            source.rows = [row for row in source.rows if row.id != 2_345]
        await pilot.press("less_than_sign")
        await ready(pilot, app.list)
        assert app.list.cursor_index == 0
        assert app.list.cursor_row == source.sorted(Order("name", descending=True))[0]


async def test_the_order_stays_for_the_lists_that_follow() -> None:
    source, other = Source(shuffled(300)), Source(shuffled(400))
    app = ListApp(source, cursor="last")
    async with app.run_test(size=(40, 12)) as pilot:
        await ready(pilot, app.list)
        await pilot.press("less_than_sign")
        await ready(pilot, app.list)
        app.list.show(other.fetch, cursor="last")
        await ready(pilot, app.list)
        assert set(other.orders) == {Order("name", descending=True)}
        assert app.list.cursor_index == 0  # the newest is not at the end of a sorted list
        app.list.refresh_rows()
        await ready(pilot, app.list)
        assert set(other.orders) == {Order("name", descending=True)}


async def test_a_list_on_its_way_comes_in_the_order_chosen_meanwhile() -> None:
    source = Source(shuffled(30))
    source.gate.clear()
    app = ListApp(source)
    async with app.run_test(size=(40, 40)) as pilot:
        await pilot.pause()
        app.list.sort(Order("name"))
        source.gate.set()
        await ready(pilot, app.list)
        assert ids(app.list) == [str(row.id) for row in source.sorted(Order("name"))]


async def test_a_list_without_columns_to_sort_by_offers_no_sorting() -> None:
    class Plain(App[None]):
        def compose(self) -> ComposeResult:
            yield VirtualList[Row]([Column("Name", lambda row: row.name, 8)])

    app = Plain()
    async with app.run_test(size=(40, 6)) as pilot:
        rows = app.query_one(VirtualList)
        rows.show(Source(numbered(1, 2)).fetch)
        await ready(pilot, rows)
        await pilot.press("greater_than_sign", "R")
        await pilot.click(rows, offset=(3, 0))
        await ready(pilot, rows)
        assert rows.order is None
        actions = {active.binding.action for active in app.screen.active_bindings.values()}
        assert actions.isdisjoint({"sort(1)", "sort(-1)", "reverse"})


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


async def test_the_scrollbar_is_dragged_through_a_million_rows() -> None:
    app = ListApp(Source(Million()), key=by_id)
    async with app.run_test(size=(40, 21)) as pilot:
        await ready(pilot, app.list)
        bar = app.list.vertical_scrollbar
        await pilot.mouse_down(bar, offset=(0, 0))
        await pilot.hover(bar, offset=(0, 10))
        await pilot.mouse_up(bar, offset=(0, 10))
        await ready(pilot, app.list)
        first = int(ids(app.list)[0])
        assert 400_000 < first < 600_000
        assert f"{first + 1:,}-{first + 20:,} of 1,000,000" in app.posted
        assert app.list.cursor_index == 0
        assert app.list.rows_held <= PAGE_ROWS * PAGES_HELD


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


MARKED = [
    ("myshop.example", [(2, 6)], "shop"),
    ("Müller & Söhne", [(1, 6)], "üller"),
    ("漢字漢字", [(1, 3)], "字漢"),
    ("a\x1bb\nshop", [(4, 8)], "shop"),
    ("e\u0301a", [(0, 2)], "e\u0301"),
    ("long name that is cut somewhere", [(0, 4)], "long"),
    ("long name that is cut somewhere", [(25, 31)], ""),
    ("half 👩\u200d👩\u200d👧 cut", [(6, 8)], ""),
    ("two shops, two", [(0, 3), (11, 14)], "twotwo"),
]


@pytest.mark.parametrize("right", [False, True])
@pytest.mark.parametrize(("text", "marks", "shown"), MARKED)
async def test_a_part_of_a_cell_is_marked(
    text: str, marks: list[tuple[int, int]], shown: str, right: bool
) -> None:
    def list_of(cell: Callable[[Row], str | Marked]) -> VirtualList[Row]:
        return VirtualList([Column[Row]("Name", cell, 16, right=right)])

    class Marking(App[None]):
        def compose(self) -> ComposeResult:
            yield list_of(lambda row: row.name)
            yield list_of(lambda row: Marked(row.name, marks))

    app = Marking()
    async with app.run_test(size=(20, 8)) as pilot:
        plain, marked = app.query(VirtualList)
        for rows in (plain, marked):
            rows.styles.height = 4
            rows.show(Source([Row(1, "first"), Row(2, text)]).fetch)
            await ready(pilot, rows)
        assert strips(marked)[2].text == strips(plain)[2].text
        assert strips(marked)[2].cell_length == 20
        bold = [it.text for it in strips(marked)[2] if it.style is not None and it.style.bold]
        assert "".join(bold) == shown


def test_every_key_has_a_name_and_is_bound_once() -> None:
    bindings = [binding for binding in VirtualList.BINDINGS if isinstance(binding, Binding)]
    assert len(bindings) == len(VirtualList.BINDINGS)
    assert all(binding.id and binding.tooltip for binding in bindings)
    keys = [key for binding in bindings for key in binding.key.split(",")]
    assert len(keys) == len(set(keys))
    assert set(VirtualList._merged_bindings.key_to_bindings) == set(keys)  # type: ignore[union-attr]


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3), st.integers(0, 3)), min_size=1),
    st.integers(-1, 120),
)
def test_columns_share_the_width(shapes: list[tuple[int, int, int]], width: int) -> None:
    columns = [
        Column[Row](str(number), str, cells, weight=weight, priority=priority)
        for number, (cells, weight, priority) in enumerate(shapes)
    ]
    placed = place(columns, width)
    kept = [at.column for at in placed]
    used = sum(at.width for at in placed) + GAP * (len(placed) - 1)
    assert kept
    assert kept == [column for column in columns if column in kept]
    assert used <= max(0, width)
    if any(column.weight for column in kept) and len(kept) * GAP <= width:
        assert used == width or len(kept) == 1
    for dropped in columns:
        if dropped not in kept:
            assert dropped.priority <= min(column.priority for column in kept)
            equals = [column for column in kept if column.priority == dropped.priority]
            assert all(columns.index(column) < columns.index(dropped) for column in equals)
    for at in placed:
        assert at.width >= at.column.width or len(kept) == 1
    assert [at.start for at in placed[1:]] == [at.start + at.width + GAP for at in placed[:-1]]


async def test_columns_go_when_the_list_is_narrow() -> None:
    app = ListApp(Source(numbered(1)))
    async with app.run_test() as pilot:
        for width, titles in ((40, ["ID", "Name", "Left"]), (20, ["ID", "Name"]), (12, ["ID"])):
            await pilot.resize_terminal(width, 6)
            await ready(pilot, app.list)
            assert lines(app.list)[0].split() == titles
