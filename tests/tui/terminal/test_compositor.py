"""The screen is drawn with less work than Textual takes, and looks the same."""

import random
from typing import Any

import pyte
import pytest
from textual._compositor import ChopsUpdate, Compositor
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.widgets import Input, Label, Static

from tui.terminal.compositor import ExactCompositor

WIDTH, HEIGHT = 60, 20


class ExactScreen(Screen[None]):
    def __init__(self) -> None:
        super().__init__()
        self._compositor = ExactCompositor()


class Layers(App[None]):
    """Borders, gaps, scrolled and half transparent widgets, and one that lies over others."""

    CSS = """
    Screen { layers: below above; }
    #left { border: round red; padding: 1; background: blue 50%; }
    #right { border-left: heavy green; margin: 2 0 3 0; }
    #right Label { margin: 1 2; background: white 20%; }
    #over { layer: above; offset: 12 4; width: 20; height: 5; border: tall yellow; }
    """

    def get_default_screen(self) -> Screen[Any]:
        return ExactScreen()

    def compose(self) -> ComposeResult:
        with Horizontal():
            with Vertical(id="left"):
                yield Input("some text")
                yield Static("漢字 and more\n" * 3)
            with VerticalScroll(id="right"):
                for number in range(9):
                    yield Label(f"{number}\nof a long text\nof three lines")
        yield Static("over all", id="over")


def stock_like(exact: Compositor) -> Compositor:
    """Return Textual's own compositor of the same screen."""
    stock = Compositor()
    stock.__dict__.update({name: it for name, it in vars(exact).items() if name in vars(stock)})
    return stock


def drawn(compositor: Compositor, regions: list[Region], app: App[None]) -> list[object]:
    """Return what is on a blank terminal after a change of some regions."""
    compositor._dirty_regions = set(regions)
    update = compositor.render_update()
    assert isinstance(update, ChopsUpdate)
    screen = pyte.Screen(WIDTH, HEIGHT)
    pyte.Stream(screen).feed(update.render_segments(app.console))
    return [[screen.buffer[y][x] for x in range(WIDTH)] for y in range(HEIGHT)]


def some_region(chance: random.Random) -> Region:
    x, y = chance.randrange(WIDTH), chance.randrange(HEIGHT)
    return Region(x, y, chance.randint(1, WIDTH - x), chance.randint(1, HEIGHT - y))


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_changes_is_drawn_as_textual_draws_it(seed: int) -> None:
    chance = random.Random(seed)
    app = Layers()
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        exact = app.screen._compositor
        assert isinstance(exact, ExactCompositor)
        for _ in range(40):
            app.query_one("#right").scroll_to(y=chance.randrange(30), animate=False)
            await pilot.pause()
            regions = [some_region(chance) for _ in range(chance.randint(1, 4))]
            regions = [region for region in regions if region.size != Size(WIDTH, HEIGHT)]
            if regions:
                assert drawn(exact, regions, app) == drawn(stock_like(exact), regions, app)


async def test_only_what_is_seen_of_a_change_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Layers()
    asked: list[tuple[str, int, int]] = []
    async with app.run_test(size=(WIDTH, HEIGHT)):
        for widget in app.screen.query("*"):
            lines = widget.render_lines

            def noted(crop: Region, of: Any = widget, lines: Any = lines) -> Any:
                asked.append((of.id or type(of).__name__, crop.y, crop.height))
                return lines(crop)

            monkeypatch.setattr(widget, "render_lines", noted)
        drawn(app.screen._compositor, [Region(14, 6, 3, 2)], app)
        assert asked == [("over", 2, 2)]


async def test_a_whole_screen_is_drawn_as_textual_draws_it() -> None:
    app = Layers()
    async with app.run_test(size=(WIDTH, HEIGHT)):
        exact = app.screen._compositor
        lines = [strip.text for strip in exact.render_strips()]
        assert lines == [strip.text for strip in stock_like(exact).render_strips()]
