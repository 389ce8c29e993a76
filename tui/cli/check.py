"""`customjobs check`: which libraries run, and whether the database is sound."""

from argparse import Namespace

from models.health import Health, check_database
from tui.cli.answers import answer, answer_json, tell
from tui.cli.invocation import database_path
from tui.cli.text_table import facts


def check(options: Namespace) -> int:
    """Answer with the state of program and database; 1 when something is wrong."""
    health = check_database(database_path(options))
    if options.json:
        answer_json(_shape(health))
    else:
        answer("\n".join(_lines(health)))
    for problem in health.problems:
        tell(problem)
    return 1 if health.problems else 0


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
            "bytes": health.size,
            "free_bytes": health.free_space,
        },
        "problems": list(health.problems),
        "warnings": list(health.warnings),
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
                ("Size", _mebibytes(health.size)),
                ("Free space", _mebibytes(health.free_space)),
                ("State", "something is wrong" if health.problems else "sound"),
            ]
        ),
        *(f"Warning: {warning}" for warning in health.warnings),
    ]


def _mebibytes(count: int | None) -> str:
    return "" if count is None else f"{count / 1024**2:,.1f} MiB"
