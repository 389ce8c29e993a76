"""Databases that are treated badly."""

import os
import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.conftest import insert_account
from tests.durability.nursery import Nursery, nursery

# What it finds is to be read like the findings of the tests themselves.
pytest.register_assert_rewrite("tests.durability.ledger")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with one account, 1001."""
    path = tmp_path / "jobs.db"
    with closing(StaffDesk.open(path, Actor("anna", "Anna"), create=True)) as desk:
        insert_account(desk, "acme", ["acme.example"])
    return path


@pytest.fixture(scope="module")
def workers() -> Iterator[Nursery]:
    """Where workers come from."""
    with nursery() as opened:
        yield opened


@pytest.fixture
def chance() -> random.Random:
    """What the test leaves to chance; `CHANCE_SEED` repeats what a failed test printed."""
    seed = os.environ.get("CHANCE_SEED") or str(random.SystemRandom().getrandbits(32))
    print(f"CHANCE_SEED={seed}")  # noqa: T201  # pytest shows it when the test fails
    return random.Random(seed)
