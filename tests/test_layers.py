"""Who may import whom, and how little an import may cost, seen in fresh interpreters."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
SCREENS = {"rich", "styles", "textual", "tui"}
SOURCES = ("models", "styles", "tui", "tests", "benchmarks")

IMPORT_AND_LIST = """
import importlib, sys
checkout, *modules = sys.argv[1:]
sys.path.insert(0, checkout)
before = set(sys.modules)
for module in modules:
    importlib.import_module(module)
print(*sorted(set(sys.modules) - before), sep="\\n")
"""


def loaded_by(*modules: str) -> set[str]:
    """All modules that a fresh interpreter loads when it imports these."""
    command = [sys.executable, "-I", "-c", IMPORT_AND_LIST, str(CHECKOUT), *modules]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    return set(finished.stdout.split())


def top_level(modules: set[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


def modules_of(package: str) -> list[str]:
    """The package and what is in it, but no migration step: its name is no identifier."""
    paths = [source.relative_to(CHECKOUT).with_suffix("").parts for source in source_files(package)]
    names = {".".join(parts).removesuffix(".__init__") for parts in paths}
    return sorted(name for name in names if name.rpartition(".")[2].isidentifier())


def source_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (CHECKOUT / folder).rglob("*.py")


def imported_names(source: Path) -> set[str]:
    """What the file imports anywhere in it, as dotted names: `peewee.sqlite3`."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_bytes(), str(source))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def test_models_know_nothing_of_the_screens() -> None:
    modules = modules_of("models")
    loaded = loaded_by(*modules)
    assert loaded.issuperset(modules)
    assert top_level(loaded).isdisjoint(SCREENS)


def test_migration_steps_know_nothing_of_the_screens() -> None:
    """The checks that follow imports do not see them."""
    steps = list(source_files("models/migrations"))
    assert steps
    assert not any(top_level(imported_names(step)) & SCREENS for step in steps)


@pytest.mark.parametrize("module", ["models", "styles", "tui", "tui.cli", "tui.cli.main"])
def test_a_package_and_the_command_line_load_nothing_heavy(module: str) -> None:
    """`customjobs --help` answers at once, and each command pays for what it needs alone."""
    heavy = {"asyncio", "peewee", "playhouse", "pysqlite3", "rich", "sqlite3", "textual"}
    assert top_level(loaded_by(module)).isdisjoint(heavy)


def test_no_file_takes_a_sqlite_of_its_own() -> None:
    """Two copies of SQLite in one process lose each other's locks on a file."""
    takers = [
        source.relative_to(CHECKOUT).as_posix()
        for source in source_files(*SOURCES)
        if top_level(imported_names(source)) & {"_sqlite3", "pysqlite3", "sqlite3"}
    ]
    assert takers == []


def test_only_the_sqlite_room_takes_the_driver() -> None:
    takers = {
        source.relative_to(CHECKOUT).parent.as_posix()
        for source in source_files("models", "styles", "tui")
        if "peewee.sqlite3" in imported_names(source)
    }
    assert takers == {"models/sqlite"}
