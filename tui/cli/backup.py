"""`customjobs backup` and `restore`: a checked copy of the database, and the way back to one."""

from argparse import Namespace
from pathlib import Path

from models.backup import Copy, back_up, restore
from tui.cli.answers import answer, answer_json
from tui.cli.named_files import database_path
from tui.cli.text_table import facts


def write_backup(options: Namespace) -> int:
    """Write a copy into a new file, and answer with what is in it."""
    copy = back_up(database_path(options), Path(options.file).absolute())
    if options.json:
        answer_json(_shape(copy))
    else:
        answer("\n".join([*facts([("Backup", str(copy.file)), *_facts(copy)]), "Checked: sound."]))
    return 0


def bring_back(options: Namespace) -> int:
    """Put a copy in the place of the database, and answer with what is in it."""
    done = restore(database_path(options), Path(options.file).absolute())
    kept = None if done.kept is None else str(done.kept)
    if options.json:
        answer_json(_shape(done.copy) | {"database": str(done.database), "kept": kept})
        return 0
    lines = facts(
        [
            ("Database", str(done.database)),
            ("From", str(done.copy.file)),
            *_facts(done.copy),
            ("Kept as", kept or ""),
        ]
    )
    answer(
        "\n".join([*lines, "History and access by keys are as they were then: see access list."])
    )
    return 0


def _shape(copy: Copy) -> dict[str, object]:
    return {
        "file": str(copy.file),
        "bytes": copy.size,
        "accounts": copy.accounts,
        "jobs": copy.jobs,
        "events": copy.events,
        "schema": copy.schema,
    }


def _facts(copy: Copy) -> list[tuple[str, str]]:
    return [
        ("Size", f"{copy.size / 1024**2:,.1f} MiB"),
        ("Accounts", f"{copy.accounts:,}"),
        ("Jobs", f"{copy.jobs:,}"),
        ("Events", f"{copy.events:,}"),
        ("Schema", str(copy.schema)),
    ]
