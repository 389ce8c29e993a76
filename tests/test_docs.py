"""The guides tell of every setting, command and key; the pictures in them are there."""

import argparse
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.keys import format_key

from models.settings import Settings
from tui.cli.grammar import grammar
from tui.forms.note_form import NoteField, NoteForm
from tui.forms.task_form import TaskForm
from tui.lower_frame.history_pane import HistoryPane
from tui.lower_frame.job_pane import JobPane
from tui.lower_frame.jobs_pane import JobsPane
from tui.staff_panel import StaffPanel

ROOT = Path(__file__).parents[1]
STAFF = (ROOT / "docs" / "staff.md").read_text(encoding="utf-8")
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")

PLACES = (StaffPanel, JobsPane, JobPane, HistoryPane, TaskForm, NoteForm, NoteField)
WRITTEN = {"delete": "Delete", "escape": "Esc", "enter": "Enter", "question_mark": "`?`"}


def bindings() -> Iterator[tuple[str, str]]:
    """Yield the first key of everything that keys do in the staff's panel, and what it does."""
    for place in PLACES:
        for binding in place.__dict__["BINDINGS"]:
            assert isinstance(binding, Binding)
            yield binding.key.split(",")[0], binding.description


def commands(parser: argparse.ArgumentParser, before: str = "") -> Iterator[str]:
    """Yield every command with its sub-commands, such as `job add`."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                below = list(commands(inner, f"{before}{name} "))
                yield from below or [f"{before}{name}"]


@pytest.mark.parametrize(("key", "action"), sorted(set(bindings())))
def test_every_key_is_in_the_guide_for_staff(key: str, action: str) -> None:
    written = WRITTEN.get(key, f"`{format_key(key)}`").replace("`f", "`F")
    control = re.sub(r"ctrl\+(.)", lambda match: f"Ctrl-{match[1].upper()}", key)
    assert written in STAFF or control in STAFF, f"{key} ({action}) is not in docs/staff.md"


@pytest.mark.parametrize("setting", [setting.name for setting in fields(Settings)])
def test_every_setting_is_in_the_guide(setting: str) -> None:
    assert f"| `{setting}` |" in SETTINGS


@pytest.mark.parametrize("command", sorted(commands(grammar())))
def test_every_command_is_in_the_guide(command: str) -> None:
    assert command in COMMANDS


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").glob("*.md")))
def test_every_link_and_picture_of_a_page_is_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
