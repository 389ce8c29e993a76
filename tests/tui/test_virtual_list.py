"""A list of any length: what it shows, how one moves in it, and how it is sorted."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets import Button

from models.values import Order
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
    style_of,
)
from tui.widgets.list_columns import GAP, Column, Marked, place
from tui.widgets.list_window import PAGE_ROWS, PAGES_HELD
from tui.widgets.virtual_list import Start, VirtualList

SIZES = [(80, 24), (40, 10), (10, 2), (12, 1), (200, 60), (3, 3), (1, 1)]


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
