"""An import that is killed at any moment: every account is whole, and the next run finishes it."""

import json
import random
import shutil
from collections import Counter
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.durability.nursery import KILLED, Nursery
from tests.models.import_files import load, whm, whm_account

KILLS = 32
KILLS_OF_ONE_IMPORT = 3
ACCOUNTS = 200

State = tuple[Any, ...]

STATES = """
    SELECT account.key, account.username, account.plan, account.email, account.status,
        account.search_text, coalesce(reseller.key, ''), account.is_reseller, account.version,
        (SELECT group_concat(name || is_primary) FROM domain WHERE account_id = account.id)
    FROM account LEFT JOIN account AS reseller ON reseller.id = account.reseller_id
    WHERE account.source <> ''
"""


@pytest.fixture(scope="module")
def former(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with every other account, as they were, to be copied."""
    path = tmp_path_factory.mktemp("former") / "jobs.db"
    with closing(StaffDesk.open(path, Actor("anna", "Anna"), create=True)) as desk:
        load(desk, "whm", whm(*(whm_account(f"u{number}") for number in range(0, ACCOUNTS, 2))))
    return path


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all accounts; the former ones have changed."""
    file = tmp_path_factory.mktemp("files") / "customers.json"
    accounts = [
        whm_account(f"u{number}", owner=f"u{number % 7}", plan="Pro", domain=f"new{number}.example")
        for number in range(ACCOUNTS)
    ]
    file.write_bytes(whm(*accounts))
    return file


def states(path: Path) -> dict[str, State]:
    """Return every imported account by its key."""
    with closing(StaffDesk.open(path, Actor("anna", "Anna"))) as desk:
        return {key: tuple(state) for key, *state in desk.database.execute_sql(STATES)}


def test_an_import_that_is_killed_leaves_whole_accounts_and_is_finished_by_the_next_run(
    tmp_path: Path, former: Path, file: Path, workers: Nursery, chance: random.Random
) -> None:
    whole = Path(shutil.copy(former, tmp_path / "whole.db"))
    old = states(whole)
    begun = monotonic()
    assert run(workers, whole, file)[-1] == [ACCOUNTS // 2, ACCOUNTS // 2, 0]
    duration = monotonic() - begun
    new = states(whole)
    killed = unfinished = 0
    while killed < KILLS:
        path = Path(shutil.copy(former, tmp_path / f"{killed}.db"))
        killed_here = 0
        # Each takes up what the one before left.
        for _ in range(KILLS_OF_ONE_IMPORT):
            worker = workers.start("import_accounts", path, file)
            workers.hear(0, chance.uniform(0, duration))
            killed_here += workers.kill(worker) == {KILLED}
            check_whole(states(path), old, new)
        unfinished += check_finished_by_another_run(workers, path, file, new, killed_here)
        killed += killed_here
    assert unfinished > KILLS // 4


def run(workers: Nursery, path: Path, file: Path) -> list[Any]:
    """Let an import run to its end, and return what it told."""
    worker = workers.start("import_accounts", path, file)
    assert workers.wait(worker) == 0
    return [what for _, what in workers.hear()]


def check_whole(found: dict[str, State], old: dict[str, State], new: dict[str, State]) -> None:
    for key in old.keys() | found.keys():
        assert found[key] in (old.get(key), new[key])


def check_finished_by_another_run(
    workers: Nursery, path: Path, file: Path, new: dict[str, State], killed: int
) -> int:
    """Return how many runs are recorded as unfinished."""
    before = states(path)
    added, changed, unchanged = run(workers, path, file)[-1]
    assert added == len(new.keys() - before.keys())
    assert changed == sum(key in before and before[key] != state for key, state in new.items())
    assert added + changed + unchanged == ACCOUNTS
    assert states(path) == new
    with closing(StaffDesk.open(path, Actor("anna", "Anna"))) as desk:
        assert desk.database.integrity_problems() == []
        recorded = Counter(
            record
            for (record,) in desk.database.execute_sql(
                "SELECT record FROM event WHERE kind = 'account-changed'"
            )
        )
        assert len(recorded) == ACCOUNTS // 2
        assert set(recorded.values()) == {1}
        finished = [
            moment is not None
            for (moment,) in desk.database.execute_sql(
                "SELECT finished_at FROM import_run ORDER BY id"
            )
        ]
        entries = [
            json.loads(after)
            for (after,) in desk.database.execute_sql(
                "SELECT after FROM event WHERE kind = 'import-run' ORDER BY id"
            )
        ]
    assert len(entries) == sum(finished)
    assert entries[-1] == {"added": added, "changed": changed, "unchanged": unchanged, "skipped": 0}
    assert finished[0]
    assert finished[-1]
    assert finished.count(False) <= killed
    return finished.count(False)
