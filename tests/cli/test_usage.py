"""The words of a command line: their order, what is wrong usage, and what help costs."""

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tui.cli.argument_order import FLAGS, arranged
from tui.cli.grammar import grammar, read_arguments

CHECKOUT = Path(__file__).resolve().parents[2]


def leaves(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The commands of a grammar, such as `customjobs job add`."""
    nested = [
        choice
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for choice in action.choices.values()
    ]
    if not nested:
        yield parser
    for choice in nested:
        yield from leaves(choice)


def test_the_commands_are_those_of_the_contract() -> None:
    assert [leaf.prog.removeprefix("customjobs ") for leaf in leaves(grammar())] == [
        "staff",
        "customer",
        "demo",
        "import",
        "account search",
        "account show",
        "job add",
        "job list",
        "job search",
        "job show",
        "job status",
        "job move",
        "job note",
        "task add",
        "task done",
        "history",
        "check",
        "backup",
        "restore",
        "access add staff",
        "access add customer",
        "access list",
        "access remove",
        "access keys",
        "access authorized-keys",
        "sshd-config",
    ]


def test_every_option_without_a_value_is_known_as_such() -> None:
    """Or the next word would be taken for its value."""
    options = [action for leaf in leaves(grammar()) for action in leaf._actions]
    without = {name for action in options if action.nargs == 0 for name in action.option_strings}
    assert without == FLAGS


def test_every_command_has_the_global_options_and_a_summary() -> None:
    for leaf in leaves(grammar()):
        names = {name for action in leaf._actions for name in action.option_strings}
        expected = {"--database", "--config", "--actor", "--json", "--version", "--help"}
        assert expected <= names, leaf.prog
        assert leaf.description, leaf.prog


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--json job list", "job list --json"),
        ("job --status new list 1001", "job list 1001 --status=new"),
        ("--database x --json job show 5", "job show 5 --database=x --json"),
        ("task add 5 Discount --fixed -12,50", "task add 5 Discount --fixed=-12,50"),
        ("task add 5 x --fixed=-12 --done", "task add 5 x --fixed=-12 --done"),
        ("import csv --dry-run - --map a=b", "import csv - --dry-run --map=a=b"),
        ("task add 5 x --rate --time 2", "task add 5 x --rate --time=2"),
        ("job list --status", "job list --status"),
    ],
)
def test_operands_come_first_and_values_stay_with_their_options(words: str, expected: str) -> None:
    assert arranged(words.split()) == expected.split()


@pytest.mark.parametrize("text", ["-x", "--json", "--", "-", "- sent", "-5", "plain", "--a=b"])
def test_behind_two_dashes_every_word_is_text(text: str) -> None:
    options = read_arguments(arranged(["--json", "job", "add", "7", "--hidden", "--", text]))
    assert (options.account, options.description) == (7, text)
    assert options.json
    assert options.hidden


def test_without_a_command_the_panel_opens() -> None:
    assert read_arguments([]).run == ("panel", "staff")
    assert read_arguments(arranged(["--reseller", "5", "--actor", "anna"])).reseller == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("jobs", "invalid choice: 'jobs'"),
        ("job", "COMMAND"),
        ("job add 1001", "DESCRIPTION"),
        ("job add 1001 a b", "unrecognized arguments: b"),
        ("job add acme x", '"acme" is no ID'),
        ("job show 1234567890123", '"1234567890123" is no ID'),
        ("job show ¹²", '"¹²" is no ID'),
        ("job show -- -5", '"-5" is no ID'),
        ("job list --status open", '"open" is no status: write new, in-progress, on-hold'),
        ("job status 5 done", '"done" is no status'),
        ("job list --stat new", "unrecognized arguments: --stat=new"),
        ("job list --status", "expected one argument"),
        ("account search x --limit 0", '"0" is no number from 1 to 10,000'),
        ("account search x --limit 10001", "is no number"),
        ("job search x --limit 10001", "is no number"),
        ("job move 5", "ACCOUNT"),
        ("history --kind nonsense", "invalid choice: 'nonsense' (choose from"),
        ("history --limit 10001", "is no number from 1 to 10,000"),
        ("history --job #57", "is no ID"),
        ("customer", "--account"),
        ("customer --account 1;2", "is no ID"),
        ("customer --account 1 --reseller 2", "unrecognized arguments: --reseller=2"),
        ("check --reseller 2", "unrecognized arguments"),
        ("demo --accounts many", "is no number from 1 to 1,000,000"),
        ("demo --database x.db", "--database: a demo makes its own"),
        ("task add 5 x", "required: --time, --fixed or --free"),
        ("task add 5 x --rate 75", "required: --time"),
        ("task add 5 x --fixed 5 --free", "not allowed with argument"),
        ("task add 5 x --fixed 5 --rate 75", "--rate: not allowed with argument --fixed"),
        ("task add 5 x --free --done --planned", "not allowed with argument"),
        ("import excel x.xls", "SOURCE: write whm or csv"),
        ("import csv x.csv --map Login", "--map"),
    ],
)
def test_wrong_usage_is_code_2_and_says_what(
    run: Callable[..., Any], home: Path, words: str, said: str
) -> None:
    outcome = run(*words.split())
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err.splitlines()[-1]
    assert outcome.err.startswith("usage: customjobs")
    assert list(home.iterdir()) == []


def test_wrong_usage_repeats_no_controls(run: Callable[..., Any]) -> None:
    outcome = run("job", "add", "5", "x", "\x1b[31mred\x9b\x00")
    assert outcome.code == 2
    assert "\x1b" not in outcome.err
    assert "\x9b" not in outcome.err
    assert "␛[31mred" in outcome.err


@pytest.mark.parametrize("words", ["--help", "-h", "job --help", "task add -h", "--json --help"])
def test_help_is_code_0(run: Callable[..., Any], words: str) -> None:
    outcome = run(*words.split())
    assert outcome.text.startswith("usage: customjobs")


@pytest.mark.parametrize("words", ["--version", "job list --version", "--version nonsense"])
def test_version(run: Callable[..., Any], words: str) -> None:
    assert run(*words.split()).text.startswith("customjobs ")


@pytest.mark.parametrize("words", ["--help", "job add --help", "--version", "job bogus"])
def test_help_version_and_wrong_usage_load_nothing_heavy(words: str) -> None:
    program = (
        "import sys; from tui.cli.main import main; main(sys.argv[1:]);"
        "print('loaded', *sys.modules, sep='\\n')"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program, *words.split()],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = finished.stdout.partition("loaded\n")[2].split()
    top = {module.partition(".")[0] for module in loaded}
    assert "tui" in top
    assert top.isdisjoint(
        {"asyncio", "peewee", "platformdirs", "playhouse", "pysqlite3", "rich", "sqlite3"}
        | {"textual", "tomllib"}
    )
