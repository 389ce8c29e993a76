"""Long texts: wrapped to any width, and the reader's place kept."""

from collections.abc import Sequence

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip

from tui.widgets.text_view import Block, TextView

SIZES = [(80, 24), (40, 10), (10, 2), (200, 60), (2, 1), (1, 1)]


class TextApp(App[None]):
    def __init__(self, blocks: Sequence[Block] = (), css: str = "") -> None:
        super().__init__()
        self.blocks = blocks
        self.view = TextView(empty="No notes yet. Press N to add one.")
        self.view.styles.height = css or "1fr"

    def compose(self) -> ComposeResult:
        self.view.set_blocks(self.blocks)
        yield self.view


def strips(view: TextView) -> list[Strip]:
    return view.render_lines(Region(0, 0, *view.size))


def lines(view: TextView) -> list[str]:
    return [strip.text.rstrip() for strip in strips(view)]


def notes(*numbers: int, length: int = 6) -> list[Block]:
    """Notes whose every word says where it stands."""
    return [
        Block(f"note {number}", " ".join(f"n{number}w{word}" for word in range(length)), id=number)
        for number in numbers
    ]


async def top(pilot: Pilot[None], view: TextView) -> str:
    await pilot.pause()
    return lines(view)[0]


async def test_blocks_stand_below_each_other() -> None:
    blocks = [
        Block("anna, 10:12", "The customer called. The logo\nis too small."),
        Block("", "no heading"),
        Block("no text", ""),
        Block("", "tab\tbed"),
    ]
    app = TextApp(blocks)
    async with app.run_test(size=(22, 12)) as pilot:
        await pilot.pause()
        assert lines(app.view) == [
            "anna, 10:12",
            "The customer called.",
            "The logo",
            "is too small.",
            "",
            "no heading",
            "",
            "no text",
            "",
            "tab bed",
            "",
            "",
        ]


@pytest.mark.parametrize("size", SIZES)
async def test_every_line_has_the_width_of_the_view(size: tuple[int, int]) -> None:
    texts = [
        "漢字仮名交じり文 " * 20,
        "e\u0301" * 300,
        "👩\u200d👩\u200d👧" * 30,
        "x" * 500,
        "\x1b[31m[/]\x00\u202e\ud800",
    ]
    app = TextApp([Block(text, text) for text in texts])
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for _ in range(5):
            for strip in strips(app.view):
                assert sum(cell_len(segment.text) for segment in strip) == size[0]
                assert strip.text.isprintable() or "\u200d" in strip.text
            await pilot.press("pagedown")


async def test_hostile_text_is_only_text() -> None:
    text = "[/] [@click=app.quit]x[/] \x1b[31m"
    app = TextApp([Block(text, text, id=1)])
    async with app.run_test(size=(60, 6)) as pilot:
        await pilot.pause()
        shown = "[/] [@click=app.quit]x[/] ␛[31m"
        assert lines(app.view)[:2] == [shown, shown]
        for strip in strips(app.view):
            assert all(segment.style is None or not segment.style.meta for segment in strip)
        app.view.set_blocks([])
        app.view.empty = text
        await pilot.pause()
        assert shown in [line.strip() for line in lines(app.view)]


async def test_headings_and_tones_are_seen() -> None:
    app = TextApp([Block("plain", "text"), Block("toned", "text", style="error")])
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.pause()
        plain, text, _, toned, other, _ = (next(iter(strip)).style for strip in strips(app.view))
        assert plain is not None
        assert text is not None
        assert toned is not None
        assert (plain.bold, bool(text.bold), toned.bold) == (True, False, True)
        assert plain.color != toned.color
        assert text == other
        assert plain.bgcolor == text.bgcolor == toned.bgcolor


@pytest.mark.parametrize(
    ("keys", "first"),
    [
        (["down"], "w1"),
        (["j", "j", "up"], "w1"),
        (["j", "k", "k"], "w0"),
        (["pagedown"], "w4"),
        (["pagedown", "pagedown", "pageup"], "w4"),
        (["end"], "w95"),
        (["G", "down", "pagedown"], "w95"),
        (["end", "home"], "w0"),
        (["G", "g", "j"], "w1"),
    ],
)
async def test_keys_scroll(keys: list[str], first: str) -> None:
    app = TextApp([Block("", "\n".join(f"w{word}" for word in range(100)))])
    async with app.run_test(size=(20, 5)) as pilot:
        await pilot.press(*keys)
        assert await top(pilot, app.view) == first


async def test_resizing_keeps_the_place_and_never_drifts() -> None:
    app = TextApp(notes(1, 2, 3, length=200))
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.pause()
        app.view.scroll_to(y=70, animate=False)
        before = await top(pilot, app.view)
        word = before.split()[0]
        for width, height in ((25, 6), (90, 10), (7, 3), (60, 2), (25, 6), (33, 4)):
            await pilot.resize_terminal(width, height)
            assert word in (await top(pilot, app.view)).split()
        await pilot.resize_terminal(40, 6)
        assert await top(pilot, app.view) == before


async def test_resizing_at_the_end_stays_at_the_end() -> None:
    app = TextApp(notes(1, 2, 3, length=200))
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.press("end")
        for width, height in ((20, 6), (90, 10), (40, 3)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            assert lines(app.view)[-1].endswith("n3w199")


async def test_other_notes_above_and_below_move_nothing() -> None:
    app = TextApp(notes(2, 3, 4, length=50))
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.pause()
        app.view.scroll_to(y=15, animate=False)
        await pilot.pause()
        before = lines(app.view)
        assert before[0].startswith("n3w")
        app.view.set_blocks(notes(1, 2, 3, 4, 5, length=50))
        await pilot.pause()
        assert lines(app.view) == before
        app.view.set_blocks(notes(3, 5, length=50))
        await pilot.pause()
        assert lines(app.view)[0] == before[0]


async def test_when_the_note_being_read_goes_the_next_one_takes_its_place() -> None:
    app = TextApp(notes(1, 2, 3, 4, length=50))
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.pause()
        app.view.scroll_to(y=15, animate=False)
        assert (await top(pilot, app.view)).startswith("n2w")
        app.view.set_blocks(notes(1, 3, 4, length=50))
        assert await top(pilot, app.view) == "note 3"
        app.view.set_blocks(notes(1, 7, length=50))
        assert await top(pilot, app.view) == "note 1"


async def test_who_is_at_the_end_stays_at_the_end() -> None:
    app = TextApp(notes(1, 2, length=50))
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.press("end")
        app.view.set_blocks(notes(1, 2, 3, length=50))
        await pilot.pause()
        assert lines(app.view)[-1].endswith("n3w49")


async def test_other_texts_are_shown_from_their_start() -> None:
    app = TextApp(notes(1, 2, length=50))
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.press("end")
        app.view.set_blocks(notes(8, 9, length=50))
        assert await top(pilot, app.view) == "note 8"


async def test_without_ids_the_order_tells_blocks_apart() -> None:
    app = TextApp([Block("a", "one two three " * 30), Block("b", "four " * 90)])
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.press("pagedown", "pagedown")
        before = await top(pilot, app.view)
        app.view.set_blocks([Block("a", "one two three " * 30), Block("b", "five " * 90)])
        assert await top(pilot, app.view) == before


async def test_the_end_may_be_asked_for_before_the_view_is_on_screen() -> None:
    class Early(TextApp):
        def compose(self) -> ComposeResult:
            yield from super().compose()
            self.view.scroll_to_end()

    app = Early(notes(1, 2, 3, length=50))
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.pause()
        assert lines(app.view)[-1].endswith("n3w49")


async def test_a_view_out_of_sight_is_up_to_date_and_in_place_when_it_comes_back() -> None:
    app = TextApp(notes(2, 3, length=50))
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.press("pagedown", "pagedown")
        before = await top(pilot, app.view)
        app.view.styles.display = "none"
        await pilot.pause()
        app.view.set_blocks(notes(1, 2, 3, length=50))
        await pilot.pause()
        app.view.styles.display = "block"
        assert await top(pilot, app.view) == before


@pytest.mark.parametrize("size", [(80, 24), (20, 6), (10, 2)])
async def test_an_empty_view_says_so(size: tuple[int, int]) -> None:
    app = TextApp()
    async with app.run_test(size=size) as pilot:
        await pilot.press("down", "end", "pageup", "home")
        await pilot.pause()
        assert " ".join(" ".join(lines(app.view)).split()).startswith("No notes yet.")
        app.view.empty = "Nothing."
        await pilot.pause()
        assert "Nothing." in " ".join(lines(app.view))


async def test_a_view_can_be_as_high_as_its_text() -> None:
    app = TextApp(notes(1, 2, length=9), css="auto")
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.pause()
        assert app.view.size.height == 7
        await pilot.resize_terminal(16, 20)
        await pilot.pause()
        assert app.view.size.height == len([line for line in lines(app.view) if line]) + 1
        app.view.set_blocks([])
        await pilot.pause()
        assert " ".join(" ".join(lines(app.view)).split()) == "No notes yet. Press N to add one."


@pytest.mark.parametrize(
    ("words", "count"), [("plain words and more ", 200), ("漢字仮名交じり文", 20)]
)
async def test_long_notes_are_shown_to_their_end(words: str, count: int) -> None:
    text = (words * 20_000)[:19_990] + "THE END"
    app = TextApp([Block(f"note {number}", text, id=number) for number in range(count)])
    async with app.run_test(size=(82, 20)) as pilot:
        await pilot.press("end")
        await pilot.pause()
        assert lines(app.view)[-1].endswith("THE END")
        assert "".join(lines(app.view)).replace(" ", "") in text.replace(" ", "")


def test_every_key_has_a_name() -> None:
    bindings = [binding for binding in TextView.BINDINGS if isinstance(binding, Binding)]
    assert len(bindings) == len(TextView.BINDINGS)
    assert all(binding.id and binding.tooltip for binding in bindings)
