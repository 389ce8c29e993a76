"""A company with a real sshd before it: its staff, its customers, and the keys of them all."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from models.drafts import JobDraft, TaskDraft
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.conftest import insert_account
from tests.ssh.server import CannotRun, Client, Server, make_key, require_this_program, sshd_here
from tests.terminal import Terminal

ACME, BETA, CLOSING, HUB, OF_HUB = 1001, 1002, 1003, 1004, 1005
"""Accounts: two customers, one that will be closed, a reseller, and a customer of the reseller."""

GRANTED = {
    "anna": ("staff", "anna"),
    "rosa": ("staff", "rosa", "--reseller", str(HUB)),
    "acme": ("customer", str(ACME)),
    "beta": ("customer", str(BETA)),
    "both": ("customer", str(ACME), str(BETA)),
    "closing": ("customer", str(CLOSING)),
}
"""What each key was granted, in the words of `customjobs access add`."""


@dataclass
class Company:
    """The running service, and everybody who may come to it."""

    server: Server
    access: dict[str, int]
    keys: Path
    _open: ExitStack = field(default_factory=ExitStack)

    def client(self, name: str) -> Client:
        """Return the person with this key; `stranger` has one that was never granted."""
        return Client(self.server, self.keys / name)

    def terminal(self, who: Client | str, *options: str, **more: Any) -> Terminal:
        """Return a terminal in which somebody has started ssh; it is closed after the test."""
        client = self.client(who) if isinstance(who, str) else who
        return self._closed_afterwards(client.terminal(*options, **more))

    def shell(self, script: str) -> Terminal:
        """Return a terminal of somebody's own machine, where a shell runs a script."""
        return self._closed_afterwards(Terminal("bash", "-c", script))

    def _closed_afterwards(self, terminal: Terminal) -> Terminal:
        self._open.callback(terminal.close)
        return terminal

    def another(self, adapt: Callable[[str], str]) -> Server:
        """Return a second sshd on the same database, with the block changed; ended afterwards."""
        return self._open.enter_context(Server(self.server.folder, adapt))

    def close(self) -> None:
        """Close what the test left open."""
        self._open.close()


@contextmanager
def busy_line(service: Company, name: str) -> Iterator[Client]:
    """Hold a connection over which one thing follows the other at once; yield who comes over it.

    The printed block allows one session on a connection, and sshd may still be closing the last.
    """
    with (
        Server(service.server.folder, _several_sessions) as server,
        Client(server, service.keys / name).connected() as client,
    ):
        yield client


def _several_sessions(block: str) -> str:
    assert "MaxSessions 1\n" in block
    return block.replace("MaxSessions 1\n", "MaxSessions 10\n")


@pytest.fixture(scope="session")
def service() -> Iterator[Company]:
    """The service of this worker of the tests, with all keys granted."""
    require_this_program()
    try:
        sshd_here()
    except CannotRun as reason:
        if os.environ.get("CI"):
            pytest.fail(f"This must run here: {reason}.", pytrace=False)
        pytest.skip(str(reason))
    # Not below pytest's own folder: the path of a socket must be short.
    with (
        tempfile.TemporaryDirectory(prefix="cj") as folder,
        Server(Path(folder).resolve()) as server,
    ):
        _fill(server.database)
        make_key(server.folder / "stranger")
        make_key(server.folder / "authority")  # which the machine trusts for all its users
        company = Company(server, {}, server.folder)
        for name, words in GRANTED.items():
            key = make_key(server.folder / name)
            granted = server.customjobs("access", "add", *words, key.with_suffix(".pub"))
            company.access[name] = granted["id"]
        shutil.copy(server.database, server.folder / "as_new.db")
        yield company


@pytest.fixture
def company(service: Company) -> Iterator[Company]:
    """The service with its data as new; after the test nothing is left of any session."""
    shutil.copy(service.server.folder / "as_new.db", service.server.database)
    company = Company(service.server, service.access, service.keys)
    held = service.server.left()  # connections without a session, for several tests
    yield company
    company.close()
    try:
        service.server.wait_for_no_sessions(but=held)
    finally:
        service.server.end_sessions(but=held)


@pytest.fixture
def desk(company: Company) -> Iterator[StaffDesk]:
    """The hosting company's desk on the same data, beside all sessions."""
    with closing(StaffDesk.open(company.server.database, Actor("ben", "Ben"))) as desk:
        yield desk


def _fill(database: Path) -> None:
    with closing(StaffDesk.open(database, Actor("ben", "Ben"), create=True)) as desk:
        insert_account(desk, "acme", ["acme.example"], company="Acme GmbH")
        insert_account(desk, "beta", ["beta.example"])
        insert_account(desk, "gamma", ["gamma.example"])
        insert_account(desk, "hub", is_reseller=True, company="Hub AG")
        insert_account(desk, "ofhub", ["ofhub.example"], reseller=HUB)
        wireframes = TaskDraft("Wireframes", rate="75", time="2:30")
        desk.jobs.add(ACME, JobDraft("Site redesign"), wireframes)
        desk.jobs.add(BETA, JobDraft("Secret shop"), TaskDraft("Plan", rate="75", time="1"))
        desk.jobs.add(CLOSING, JobDraft("Archive"))
    with closing(StaffDesk.open(database, Actor("rosa", "Rosa"), HUB)) as desk:
        desk.jobs.add(OF_HUB, JobDraft("Migration"))
