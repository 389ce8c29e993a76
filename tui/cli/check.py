"""`customjobs check`: the libraries, the state of the database, what confines customers here."""

from argparse import Namespace
from pathlib import Path

from models.health import FileAccess, Health, check_database
from tui.cli.answers import answer, answer_json, tell
from tui.cli.named_files import database_path
from tui.cli.text_table import Column, facts, output_width, table
from tui.confinement import Layer, layers
from tui.ssh.authorized_keys import problems_of

_SQL_LAYER = Layer(
    "SQLite authorizer",
    True,
    "a statement reads the views of the customer's accounts and nothing else",
)
"""Without it no customer's session begins; the other layers are those of the process."""

_SEARCH_INDEX = {
    True: "agrees with the accounts",
    False: "does not agree with the accounts",
    None: "not compared with the accounts",
}


def check(options: Namespace) -> int:
    """Answer with the state of program and database, or of a file of keys; 1 if it is wrong."""
    if options.authorized_keys is not None:
        return _check_keys(options)
    health = check_database(database_path(options))
    if options.json:
        answer_json(_shape(health))
    else:
        answer("\n".join(_lines(health)))
    for problem in health.problems:
        tell(problem)
    return 1 if health.problems else 0


def _check_keys(options: Namespace) -> int:
    problems = problems_of(Path(options.authorized_keys))
    if options.json:
        answer_json({"ok": not problems, "problems": problems})
    elif not problems:
        answer("Every line opens this program and nothing else.")
    for problem in problems:
        tell(problem)
    return 1 if problems else 0


def _shape(health: Health) -> dict[str, object]:
    return {
        "ok": not health.problems,
        "sqlite": {
            "driver": health.library.driver,
            "version": health.library.version_text,
            "safe": health.library.is_safe,
        },
        "python": health.python,
        "peewee": health.peewee,
        "textual": health.textual,
        "database": {
            "path": str(health.path),
            "schema": health.schema_found,
            "newest_schema": health.schema_expected,
            "search_index": health.search_index,
            "bytes": health.size,
            "free_bytes": health.free_space,
            "open_panels": health.panels,
            "files": [_file_shape(file) for file in health.files],
        },
        "confinement": [
            {"layer": layer.name, "active": layer.active, "detail": layer.detail}
            for layer in _confinement()
        ],
        "problems": list(health.problems),
        "warnings": list(health.warnings),
    }


def _file_shape(file: FileAccess) -> dict[str, str]:
    return {
        "path": str(file.path),
        "owner": file.owner,
        "mode": f"{file.mode:o}",
        "group": file.group,
        "others": file.others,
    }


def _lines(health: Health) -> list[str]:
    safe = "safe" if health.library.is_safe else "safe only behind the write lock, see below"
    known = f"this program knows {health.schema_expected}"
    found = "not found" if health.schema_found is None else str(health.schema_found)
    return [
        *facts(
            [
                ("SQLite", f"{health.library.version_text} by {health.library.driver}: {safe}"),
                ("Python", health.python),
                ("Peewee", health.peewee),
                ("Textual", health.textual),
                ("Database", str(health.path)),
                ("Schema", f"{found}; {known}"),
                ("Search index", _SEARCH_INDEX[health.search_index]),
                ("Size", _mebibytes(health.size)),
                ("Free space", _mebibytes(health.free_space)),
                ("Open panels", str(health.panels)),
                ("State", "something is wrong" if health.problems else "sound"),
            ]
        ),
        *_file_lines(health),
        "What confines a customer's session on this machine:",
        *(f"  {line}" for line in facts(map(_in_words, _confinement()))),
        *(f"Warning: {warning}" for warning in health.warnings),
    ]


def _file_lines(health: Health) -> list[str]:
    """Return who may read and write which file; titles alone say nothing."""
    columns = (Column("Mode"), Column("Owner"), Column("Group may"), Column("Others may"))
    rows = [
        (f"{file.mode:o}", file.owner, file.group, file.others, str(file.path))
        for file in health.files
    ]
    lines = table((*columns, Column("File")), rows, output_width())
    return ["Files of the database:", *(f"  {line}" for line in lines)] if rows else []


def _confinement() -> tuple[Layer, ...]:
    return (_SQL_LAYER, *layers())


def _in_words(layer: Layer) -> tuple[str, str]:
    return layer.name, f"{'active' if layer.active else 'missing'}: {layer.detail}"


def _mebibytes(count: int | None) -> str:
    return "" if count is None else f"{count / 1024**2:,.1f} MiB"
