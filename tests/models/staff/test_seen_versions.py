"""Nothing is changed over what somebody else did since it was seen, and it is said who it was."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.drafts import JobDraft
from models.moments import clock as clock_time
from models.refusals import Conflict
from models.staff.desk import StaffDesk
from tests.models.desks import Clock, Ids, contents, fill, hourly

Change = Callable[[StaffDesk, Ids, int | None], object]

WORK: dict[str, tuple[Change, Change, str]] = {
    "tasks.set_done": (
        lambda desk, ids, seen: desk.tasks.set_done(ids.task, True, seen=seen),
        lambda ben, ids, _: ben.tasks.edit(ids.task, 1, hourly("80")),
        "Task 1 was changed by ben",
    ),
    "tasks.set_done to what it is": (
        lambda desk, ids, seen: desk.tasks.set_done(ids.task, False, seen=seen),
        lambda ben, ids, _: ben.tasks.edit(ids.task, 1, hourly("80")),
        "Task 1 was changed by ben",
    ),
    "tasks.remove": (
        lambda desk, ids, seen: desk.tasks.remove(ids.task, seen=seen),
        lambda ben, ids, _: ben.tasks.set_done(ids.task, True),
        "Task 1 was changed by ben",
    ),
    "jobs.remove": (
        lambda desk, ids, seen: desk.jobs.remove(ids.job, seen=seen),
        lambda ben, ids, _: ben.jobs.edit(ids.job, 1, JobDraft("Logo")),
        "#1 was changed by ben",
    ),
    "notes.set_visible": (
        lambda desk, ids, seen: desk.notes.set_visible(ids.note, False, seen=seen),
        lambda ben, ids, _: ben.notes.set_visible(ids.note, True),
        "Note 1 was changed by ben",
    ),
    "notes.remove": (
        lambda desk, ids, seen: desk.notes.remove(ids.note, seen=seen),
        lambda ben, ids, _: ben.notes.set_visible(ids.note, True),
        "Note 1 was changed by ben",
    ),
}


@pytest.mark.parametrize("name", WORK)
def test_what_was_changed_since_it_was_seen_is_left(
    desk: StaffDesk,
    acme: int,
    open_desk: Callable[..., StaffDesk],
    clock: Clock,
    path: Path,
    name: str,
) -> None:
    mine, theirs, sentence = WORK[name]
    ids = fill(desk, acme)
    theirs(open_desk("ben"), ids, None)
    before = contents(path)
    with pytest.raises(Conflict) as conflict:
        mine(desk, ids, 1)
    assert str(conflict.value) == f"{sentence} at {clock_time(clock.now)}."
    assert (conflict.value.by, conflict.value.at) == ("ben", clock.now)
    assert getattr(conflict.value.current, "version", None) == 2
    assert contents(path) == before
    mine(desk, ids, 2)


@pytest.mark.parametrize("name", WORK)
def test_what_was_not_looked_at_is_changed_as_it_is(
    desk: StaffDesk, acme: int, open_desk: Callable[..., StaffDesk], name: str
) -> None:
    mine, theirs, _ = WORK[name]
    ids = fill(desk, acme)
    theirs(open_desk("ben"), ids, None)
    mine(desk, ids, None)


def test_a_note_says_which_version_it_is(desk: StaffDesk, acme: int) -> None:
    note = desk.notes.add(desk.jobs.add(acme, JobDraft("Logo")).id, "Call Jane")
    assert note.version == 1
    assert desk.notes.set_visible(note.id, True, seen=1).version == 2
