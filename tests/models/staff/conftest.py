"""Anna's desk at the hosting company, and an account to work for."""

from collections.abc import Callable

import pytest

from models.drafts import JobDraft
from models.staff.desk import StaffDesk
from tests.conftest import insert_account


@pytest.fixture
def desk(open_desk: Callable[..., StaffDesk]) -> StaffDesk:
    """Anna's desk, on the clock of the test."""
    return open_desk("anna")


@pytest.fixture
def acme(desk: StaffDesk) -> int:
    """An account of the hosting company itself."""
    return insert_account(desk, "acme", ["acme.example"], company="Acme GmbH")


@pytest.fixture
def job(desk: StaffDesk, acme: int) -> int:
    """A job of acme without tasks."""
    return desk.jobs.add(acme, JobDraft("Site redesign")).id
