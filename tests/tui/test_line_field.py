"""One line of text: nothing typed or pasted is lost, and nothing harmful gets in."""

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.geometry import Region
from textual.widgets import Input

from tui.terminal_text import ControlFilter
from tui.widgets.line_field import LineField


class FieldApp(App[None]):
    BINDINGS = [
        Binding("up", "note('up')"),
        Binding("down", "note('down')"),
        Binding("n", "note('n')"),
        Binding("ideographic_space", "note('space')"),
    ]

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.start = text
        self.noted: list[str] = []
        self.control_filter = ControlFilter()

    @property
    def field(self) -> LineField:
        return self.query_one("#field", LineField)

    def get_line_filters(self) -> list[ControlFilter]:
        return [self.control_filter]

    def compose(self) -> ComposeResult:
        yield LineField(self.start, placeholder="What is to be done", id="field")
        yield LineField("other")

    def action_note(self, what: str) -> None:
        self.noted.append(what)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.noted.append(f"submitted {event.value}")

    def on_input_changed(self, event: Input.Changed) -> None:
        self.noted.append(f"changed {event.value}")


@pytest.mark.parametrize(
    ("pasted", "text"),
    [
        ("one line", "one line"),
        ("first\nsecond\r\nthird\rfourth", "first second third fourth"),
        ("first\n\n\n\tsecond", "first second"),
        ("a\tb", "a b"),
        ("a line and its end\r\n", "a line and its end"),
        ("\n\nlater", "later"),
        ("  kept blanks ", "  kept blanks "),
        ("\x1b[31mred\x00\x07\x7f", "␛[31mred␀␇␡"),
        ("a\x9b2Jb\u202ec", "a\ufffd2Jb\ufffdc"),
        ("\ud800", "\ufffd"),
        ("[bold]x[/] [@click=app.quit]y[/]", "[bold]x[/] [@click=app.quit]y[/]"),
        ("漢字 größe 👩\u200d👧 e\u0301", "漢字 größe 👩\u200d👧 é"),
        pytest.param("x" * 10_000, "x" * 10_000, id="long"),
        ("", ""),
        ("\n", ""),
    ],
)
async def test_the_whole_paste_arrives(pasted: str, text: str) -> None:
    app = FieldApp("ab")
    async with app.run_test(size=(40, 6)) as pilot:
        app.field.cursor_position = 1
        app.post_message(events.Paste(pasted))
        await pilot.pause()
        assert app.field.text == f"a{text}b"
        await pilot.press("z")
        assert app.field.text == f"a{text}zb"


async def test_a_paste_takes_the_place_of_what_is_selected() -> None:
    app = FieldApp("old text")
    async with app.run_test(size=(40, 6)) as pilot:
        app.field.select_all()
        app.post_message(events.Paste("new\ntext"))
        await pilot.pause()
        assert app.field.text == "new text"


async def test_what_was_copied_in_the_panel_is_pasted_whole() -> None:
    app = FieldApp("a")
    async with app.run_test(size=(40, 6)) as pilot:
        app.copy_to_clipboard("one\ntwo\x1b")
        await pilot.press("ctrl+v")
        assert app.field.text == "aone two␛"


@pytest.mark.parametrize(
    ("characters", "text"),
    [
        ("plain", "plain"),
        ("e\u0301", "e\u0301"),
        ("a\u00a0b", "a\u00a0b"),
        ("漢\u3000字", "漢\u3000字"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("\u0646\u200c\u0647", "\u0646\u200c\u0647"),
        ("a\ud800\x1b\x9b\x00\u202e\ufeffb", "ab"),
    ],
)
async def test_typing_loses_no_text_and_takes_nothing_else(characters: str, text: str) -> None:
    app = FieldApp()
    async with app.run_test(size=(40, 6)) as pilot:
        for character in characters:
            app.post_message(events.Key("unnamed", character))
        await pilot.pause()
        assert app.field.text == text


async def test_letters_and_blanks_stay_in_the_field_and_arrows_do_not() -> None:
    app = FieldApp("text")
    async with app.run_test(size=(40, 6)) as pilot:
        app.noted.clear()
        await pilot.press("n", "up", "down", "enter")
        app.post_message(events.Key("ideographic_space", "\u3000"))
        await pilot.pause()
        assert app.noted == [
            "changed textn",
            "up",
            "down",
            "submitted textn",
            "changed textn\u3000",
        ]


async def test_a_refused_text_stays_marked_while_it_is_typed() -> None:
    app = FieldApp("1:75")
    async with app.run_test(size=(40, 6)) as pilot:
        plain = app.field.rich_style
        app.field.set_invalid(True)
        await pilot.press("0", "backspace", "enter", "tab")
        await pilot.pause()
        assert app.field.has_class("-invalid")
        assert app.field.rich_style.underline
        app.field.set_invalid(False)
        await pilot.pause()
        assert not app.field.has_class("-invalid")
        assert not plain.underline


async def test_the_field_is_one_line_and_does_not_blink_or_select() -> None:
    app = FieldApp("text")
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.pause()
        assert app.field.size.height == 1
        assert app.field.size.width == 40
        assert not app.field.cursor_blink
        await pilot.press("tab", "shift+tab")
        assert app.field.selection.is_empty
        await pilot.press("s")
        assert app.field.text == "texts"


async def test_the_text_can_be_set_with_the_cursor_behind_it() -> None:
    app = FieldApp()
    async with app.run_test(size=(40, 6)) as pilot:
        app.field.text = "75.00"
        await pilot.press("5")
        assert app.field.text == "75.005"


@pytest.mark.parametrize(
    "text", ["", "short", "漢字漢字漢字漢字漢字漢字漢", "\x1b[2J\x9b[/]\u202e"]
)
async def test_what_is_drawn_is_harmless(text: str) -> None:
    app = FieldApp(text)
    async with app.run_test(size=(20, 6)) as pilot:
        await pilot.pause()
        (strip,) = app.field.render_lines(Region(0, 0, *app.field.size))
        assert strip.cell_length == 20
        assert strip.text.isprintable()
        if not text:
            assert strip.text.startswith("What is to be done")
