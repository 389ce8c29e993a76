"""What a panel keeps of what is gone: nothing, or a working day would fill the memory."""

import gc
import weakref

from textual.strip import Strip
from textual.widget import Widget

from models.drafts import JobDraft
from models.staff.desk import StaffDesk
from tests.tui.conftest import Open


async def test_nothing_of_a_dialog_stays_when_it_is_closed(panel: Open, desk: StaffDesk) -> None:
    desk.jobs.add(1001, JobDraft("Site redesign", details="Two\nlines"))
    async with panel() as person:
        await person.type("1001")
        await person.press("enter")
        await person.press("enter")
        gone: list[weakref.ref[object]] = []
        for _ in range(3):
            await person.press("e")
            if not gone:
                widgets = list(person.app.screen.walk_children(Widget))
                gone = [weakref.ref(it) for it in widgets]
                gone += [weakref.ref(it._styles_cache) for it in widgets]
                del widgets
            await person.press("escape")
            person.app.data_changed.publish(0)  # lets go of those who had subscribed to it
            person.app.let_go()
        gc.collect()
        assert {it() for it in gone} == {None}


async def test_a_line_that_did_not_change_is_cleaned_of_controls_once(panel: Open) -> None:
    async with panel() as person:
        line = Strip.blank(10)
        cleaned = [line]
        for _ in range(2):
            strip = line
            for line_filter in person.app.get_line_filters():
                strip = strip.apply_filter(line_filter, person.app.screen.background_colors[1])
            cleaned.append(strip)
        assert cleaned[1] is cleaned[2]
