"""Whatever a text holds: it is shown as text, it stays in its cells, and nothing of it acts."""

import importlib
import inspect
import json
import os
import pkgutil
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
from textual.app import App, ComposeResult
from textual.events import Paste
from textual.widget import Widget

import tui
from models.text import displayable
from tests.hostile_company import make_hostile_company
from tests.hostile_text import PAYLOADS, generated, packed
from tests.terminal import ROOT, Terminal
from tests.terminal_output import Forbidden, text_of, tokens
from tests.tui.exhibition import COLUMNS, EXHIBITS, LONGEST, ROWS
from tui.dialogs.dialog import Dialog
from tui.dialogs.edit import EditDialog, _Top
from tui.dialogs.palette import Palette
from tui.forms.note_form import NoteField
from tui.frame_screen import FrameScreen
from tui.key_line import KeyLine
from tui.lower_frame.pane import StaffPane
from tui.pane import Pane
from tui.staff_panel import StaffPanel
from tui.support_center.app import SupportCenter
from tui.terminal.cells import anchored
from tui.widgets.block_field import BlockField
from tui.widgets.list_reading import ReadingList
from tui.widgets.list_view import ListView
from tui.widgets.own_lines import OwnLines

COUNT = int(os.environ.get("HOSTILE_TEXTS", "1000"))
"""Generated texts that go through each widget; 10,000 take some minutes."""

MOST = 0.5
"""The share of the lines that must be seen; what is wrapped may push the last out of view."""

NOT_EXHIBITED = {
    Dialog: "has no text of its own",
    EditDialog: "has no text of its own",
    Pane: "has no text of its own",
    StaffPane: "has no text of its own",
    OwnLines: "is what lists and the line of keys are drawn as",
    KeyLine: "shows the program's own words, below every exhibit",
    _Top: "holds the words of an edit dialog, which has an exhibit",
    Palette: "offers the program's own words",
    StaffPanel: "is run itself",
    SupportCenter: "is run itself",
    FrameScreen: "holds the frames, which have exhibits",
    ListView: "is the view of a list, which has an exhibit",
    ReadingList: "is the reading of a list, which has an exhibit",
}
PROGRAM = (sys.executable, "-m", "tui")
JOBS_ARE_SHOWN = r"#20 [\s\S]*#41 .* New "
MARK = re.compile(r"[a-z]{2}[0-9]+(?=~)")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database full of hostile text."""
    path = tmp_path_factory.mktemp("hostile") / "jobs.db"
    lines = packed([*PAYLOADS.values(), *generated(2000, seed=2)], "zz", LONGEST)
    refused = make_hostile_company(path, lines)
    assert refused == {
        "account.status", "account.currency", "job.status", "job.currency", "job.due",
        "task.pricing", "task.worked_on",
    }  # fmt: skip
    return path


def test_every_widget_and_dialog_has_an_exhibit() -> None:
    found: set[type] = set()
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        if module.name == "tui.__main__":
            continue
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(kind, Widget | App) and kind.__module__.startswith("tui."):
                found.add(kind)
    known = set(EXHIBITS) | set(NOT_EXHIBITED)
    assert {kind.__name__ for kind in found - known} == set()


def test_nothing_but_text_and_known_sequences_comes_out_of_any_widget(
    company: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    command = ["-m", "tests.tui.exhibition", str(company), str(report), str(COUNT)]
    process = pexpect.spawn(
        sys.executable,
        command,
        dimensions=(ROWS, COLUMNS),
        env={**os.environ, "TERM": "xterm-256color", "TEXTUAL_FPS": "500", "PYTHONPATH": str(ROOT)},
        timeout=600,
    )
    output: bytes = process.read()
    process.close()
    seen = set(MARK.findall(text_of(output)))
    shown = json.loads(report.read_text())
    assert "fault" not in shown, "".join(shown["fault"])
    assert process.exitstatus == 0
    assert set(shown) == {name for exhibits in EXHIBITS.values() for name in exhibits}
    shares = {name: len(seen & set(marks)) / len(marks) for name, marks in shown.items() if marks}
    assert {name: share for name, share in shares.items() if share <= MOST} == {}
    assert sum(mark.startswith("zz") for mark in seen) > 300


STEPS_OF_STAFF = (
    ("\x1b[H\r", r"Status: [\s\S]*Notes \([1-9]", "\0"),
    ("i", r"─ #1 [\s\S]*Details", "\0"),
    ("\x1b", r"Notes \([1-9]", "─ #1 "),
    ("o", r"Which note", "\0"),
    ("\x1b", r"Notes \([1-9]", "Which note"),
    ("e", r"Edit #1", "\0"),
    ("\x1b", "The changes are not saved", "\0"),  # a field holds no carriage return
    ("2", r"Notes \([1-9]", "Edit #1"),
    ("h", r"When +Who", "\0"),
    ("\x10", r"Light text", "\0"),
    ("[/][@click=app.quit]typed", r"typed", "\0"),
    ("\x1b", r"When +Who", "typed"),
)
"""Keys, what the screen then shows, and what it shows no more."""


def read_to(terminal: Terminal, present: str, absent: str = "\0") -> None:
    """Read until the screen shows something that matches, and a text no more."""
    while not re.search(present, shown := on_screen(terminal)) or absent in shown:
        terminal.read(present)


def cells_of(terminal: Terminal) -> list[list[str]]:
    """Return what stands in each cell, row by row; nothing in the second half of a wide character.

    The emulator's own way to say it cannot take a wide character that was half overwritten.
    """
    screen = terminal.screen
    return [[screen.buffer[y][x].data for x in range(screen.columns)] for y in range(screen.lines)]


def on_screen(terminal: Terminal) -> str:
    """Return the text of the screen, line by line."""
    return "\n".join(map("".join, cells_of(terminal)))


@pytest.mark.parametrize("who", ["staff", "customer"])
def test_nothing_but_text_and_known_sequences_comes_out_of_the_program(
    company: Path, who: str
) -> None:
    staff, customer = ("staff", "--actor", "anna"), ("customer", "--account", "1001")
    words = staff if who == "staff" else customer
    terminal = Terminal(*PROGRAM, "--database", str(company), *words, rows=50, columns=160)
    try:
        if who == "staff":
            read_to(terminal, r"of 40")
            terminal.send("1001\r")
            read_to(terminal, JOBS_ARE_SHOWN)
            for keys, present, absent in STEPS_OF_STAFF:
                terminal.send(keys)
                read_to(terminal, present, absent)
        else:
            read_to(terminal, r"Since")
            terminal.send("\x1b[H\r")
            read_to(terminal, r"Status: ")
            terminal.send("\t\x1b[F")
        terminal.send("\x11")
        assert terminal.wait_for_end() == 0
    finally:
        terminal.close()
    seen = MARK.findall(text_of(terminal.received))
    assert len(set(seen)) > 60


@pytest.mark.parametrize("kind", [BlockField, NoteField])
async def test_a_paste_of_many_lines_arrives_once_and_clean(kind: type[BlockField]) -> None:
    class Form(App[None]):
        def compose(self) -> ComposeResult:
            yield kind()

    app = Form()
    async with app.run_test() as pilot:
        field = app.query_one(kind)
        field.focus()
        for paste in ("one\x1b[2J\r\ntwo\u202e", " three"):
            app.post_message(Paste(paste))
            await pilot.pause()
        assert field.text == "one␛[2J\ntwo\ufffd three"
        field.select_all()
        app.copy_to_clipboard("a\x9bb")
        field.action_paste()
        assert field.text == "a\ufffdb"


# -- columns -------------------------------------------------------------------------------------

SEPARATORS = re.compile("[│╭╰╮╯]")


def borders_in_cells(rows: list[list[str]]) -> list[list[int]]:
    """Return the cells in which frames stand, row by row."""
    return [[x for x, cell in enumerate(row) if SEPARATORS.fullmatch(cell)] for row in rows]


def test_columns_stand_in_their_cells_in_an_emulator(company: Path) -> None:
    """It takes each picture of a family for itself, and gives vowel signs no cells."""
    terminal = Terminal(*PROGRAM, "--database", str(company), "staff", rows=60, columns=160)
    try:
        read_to(terminal, r"of 40")
        terminal.send("1001\r")
        read_to(terminal, JOBS_ARE_SHOWN)
        rows = cells_of(terminal)
    finally:
        terminal.close()
    framed = [found for found in borders_in_cells(rows) if found]
    assert len(framed) > 50
    assert {found[-1] for found in framed} == {159}
    assert {found[0] for found in framed} == {0}
    titles = next(row for row in rows if "Amount" in "".join(row) and "Due" in "".join(row))
    status = "".join(cell or " " for cell in titles).index("Status")
    words = ["".join(row[status : status + 3]) for row in rows if "#" in "".join(row[1:5])]
    assert len(words) > 10
    assert set(words) == {"New"}


INSIDE_TMUX = """
import json, os, re, sys, tty
tty.setraw(0)
texts, cells, said = json.load(open(sys.argv[1])), [], b""
for text in texts:
    os.write(1, f"\\x1b[H\\x1b[2K{text}\\x1b[6n".encode())
    while not (place := re.search(rb"\\x1b\\[1;([0-9]+)R", said)):
        said += os.read(0, 4096)
    cells.append(int(place[1]) - 1)
    said = said[place.end():]
json.dump(cells, open(sys.argv[2], "w"))
"""
"""Has the terminal itself say how many cells texts take."""


class Tmux:
    """A tmux server of its own."""

    def __init__(self, folder: Path) -> None:
        (folder / "tmux.conf").write_text("set -g status off\nset -s escape-time 0\n")
        self._base = ["tmux", "-u", "-S", f"{folder}/socket", "-f", f"{folder}/tmux.conf"]
        self._folder = folder
        self._environment = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        self._environment.pop("TMUX", None)

    def do(self, *words: str) -> str:
        """Run a command of tmux."""
        done = subprocess.run(
            [*self._base, *words],
            env=self._environment,
            check=True,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
        return done.stdout

    def start(self, *command: str, columns: int, rows: int, waits: bool = False) -> None:
        """Run a program in a window of its own; `waits` until it has ended."""
        words = shlex.join(command)
        if waits:
            words += f"; {shlex.join([*self._base, 'wait-for', '-S', 'done'])}"
        size = ("-x", str(columns), "-y", str(rows))
        self.do("new-session", "-d", *size, words)
        if waits:
            self.do("wait-for", "done")

    def cells_of(self, texts: list[str]) -> list[int]:
        """Return how many cells tmux gives to each text."""
        asked, answered = self._folder / "asked.json", self._folder / "answered.json"
        asked.write_text(json.dumps(texts))
        command = (sys.executable, "-c", INSIDE_TMUX, str(asked), str(answered))
        self.start(*command, columns=400, rows=5, waits=True)
        cells: list[int] = json.loads(answered.read_text())
        return cells


@pytest.fixture
def tmux() -> Iterator[Tmux]:
    """A tmux server, ended with the test."""
    with tempfile.TemporaryDirectory(prefix="cj") as folder:  # a socket's path must be short
        server = Tmux(Path(folder))
        server.do("new-session", "-d", "sleep 600")
        yield server
        server.do("kill-server")


def test_columns_stand_in_their_cells_in_tmux(company: Path, tmux: Tmux) -> None:
    tmux.start(*PROGRAM, "--database", str(company), "staff", columns=160, rows=60)
    pane = tmux.do("list-panes", "-a", "-F", "#{pane_id} #{window_width}").split("\n")
    target = next(line.split()[0] for line in pane if line.endswith(" 160"))
    captured = ""
    for pattern, keys in ((r"of 40", "1001"), (r"1 of 1", "Enter"), (JOBS_ARE_SHOWN, "")):
        while not re.search(pattern, captured):
            captured = tmux.do("capture-pane", "-p", "-t", target)
        if keys:
            tmux.do("send-keys", "-t", target, keys)
    lines = [line for line in captured.split("\n") if SEPARATORS.match(line)]
    assert len(lines) > 50
    assert all(SEPARATORS.fullmatch(line[-1]) for line in lines)
    jobs = [line for line in lines if re.match(r"│.\s*#[0-9]", line)]
    assert len(jobs) > 10
    before_status = [line[: line.index(" New ")] for line in jobs]
    assert len(set(tmux.cells_of(before_status))) == 1
    assert set(tmux.cells_of([line[:-1] for line in lines])) == {159}


def test_what_is_shown_takes_the_cells_in_tmux_that_the_layout_reckons_with(tmux: Tmux) -> None:
    from rich.cells import cell_len

    from tui.cli.text_table import cell_width

    texts = [displayable(f"a{text}b") for text in (*PAYLOADS.values(), *generated(2000, seed=3))]
    texts = [text for text in texts if text]
    cells = tmux.cells_of(texts)
    wrong = [
        (text, reckoned, cell_width(text), took)
        for text, took in zip(texts, cells, strict=True)
        if not (reckoned := cell_len(text)) == cell_width(text) == took
    ]
    assert wrong == []


def test_what_is_settled_is_written_as_it_is() -> None:
    plain = "\x1b[2;3H│ Łódź, 東京 é ␛[31m │\x1b[0m\n"
    assert anchored(plain) == plain


def test_what_is_unsettled_is_put_in_its_place() -> None:
    family = "\U0001f468\u200d\U0001f469"
    assert anchored(f"\x1b[2;3Ha{family}│") == f"\x1b[2;3Ha  \x1b[2;4H{family}\x1b[2;6H│"
    assert anchored(f"\x1b[2;3H\x1b[1m{family}") == (
        f"\x1b[2;3H\x1b[1m  \x1b[2;3H{family}\x1b[2;5H"
    )
    vowel_sign = "\u0939\u093f"
    assert anchored(f"\x1b[1;1H{vowel_sign}x") == f"\x1b[1;1H  \x1b[1;1H{vowel_sign}\x1b[1;3Hx"
    nowhere = f"{family} and more"
    assert anchored(nowhere) == nowhere


# -- the tokenizer itself ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "output",
    [
        b"\x1b[0;1;38;2;1;2;3;48;5;255mtext\x1b[m\r\n",
        b"\x1b[?1049h\x1b[?2026$p\x1b[>1u\x1b[<u\x1b[12;200H\x1b]22;default\x07",
        "é 東京 \u0939\u093f a\u200cb ␛".encode(),
    ],
)
def test_the_tokenizer_passes_what_is_on_its_list(output: bytes) -> None:
    assert b"".join(token.text.encode() for token in tokens(output)) == output


@pytest.mark.parametrize(
    "output",
    [
        *(bytes([code]) for code in (*range(10), 11, 12, *range(14, 32), 127, 0x9B)),
        *("\x9b31m\u202e", "\u200b", "\ufeff", "\u3164", "\ufe0f", "\ue000", "\u0378", "\u2028"),
        *("\x1b", "\x1b[", "\x1b[2J", "\x1b[31", "\x1b[999m", "\x1b[38;5;256m", "\x1b[0;0H"),
        *("\x1b[?1h", "\x1b[6n", "\x1b]0;x\x07", "\x1b]22;a b\x07", "\x1bPx\x1b\\", "\x1b[31 m"),
        *("\x1b]8;;x\x07", "\x1b]52;c;x\x07", "\x1bc", "\x1b(0", "\U000e0041", "\U0001f3fd"),
    ],
)
def test_the_tokenizer_refuses_all_else(output: str | bytes) -> None:
    raw = output if isinstance(output, bytes) else output.encode()
    with pytest.raises(Forbidden, match="at byte 3 of"):
        list(tokens(b"abc" + raw))


def test_the_tokenizer_passes_no_sequence_where_there_must_be_none() -> None:
    with pytest.raises(Forbidden):
        list(tokens(b"\x1b[1mx", sequences=False))
