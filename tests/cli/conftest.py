"""A database of its own for every test, and the command run on it within this process."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tui.cli.main import main


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer, which must be all that stands on standard output of a command that did it."""
        assert (self.code, self.err) == (0, "")
        return json.loads(self.out)

    @property
    def text(self) -> str:
        """The answer of a command that did it."""
        assert (self.code, self.err) == (0, "")
        return self.out

    @property
    def refusal(self) -> str:
        """What a refused command said, which answers nothing."""
        assert (self.code, self.out) == (1, "")
        return self.err


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of nobody, and an environment that says nothing of customjobs."""
    folder = tmp_path / "home"
    folder.mkdir()
    for variable in ("DATABASE", "CONFIG", "ACTOR"):
        monkeypatch.delenv(f"CUSTOMJOBS_{variable}", raising=False)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
    return folder


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without any data, to be copied."""
    path = tmp_path_factory.mktemp("new") / "new.db"
    StaffDesk.open(path, Actor("maker"), create=True).close()
    return path


@pytest.fixture
def database(new_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database of a test, which the environment names, with anna as the actor."""
    path = tmp_path / "jobs.db"
    shutil.copy(new_database, path)
    monkeypatch.setenv("CUSTOMJOBS_DATABASE", str(path))
    monkeypatch.setenv("CUSTOMJOBS_ACTOR", "anna")
    return path


@pytest.fixture
def desk(database: Path) -> Iterator[StaffDesk]:
    """The hosting company's desk on the test's database, beside the commands."""
    with closing(StaffDesk.open(database, Actor("anna", "Anna Berg"))) as desk:
        yield desk


@pytest.fixture
def acme(desk: StaffDesk, add_account: Callable[..., int]) -> int:
    """A customer's account that says everything about itself."""
    return add_account(
        desk,
        "acme",
        ["acme.example", "shop.acme.example"],
        person="Jane Roe",
        company="Acme GmbH",
        email="jane@acme.example",
        phone="+49 30 1234",
        street="Weg 1",
        city="Berlin",
        region="BE",
        postcode="10115",
        country="DE",
        plan="Pro",
        status="suspended",
        status_reason="unpaid",
        created_at=1_706_745_600_000,
        balance_minor=-1200,
        agreed_rate_minor=7500,
    )


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Returns `run("job", "list")`, which runs the command and returns its outcome."""

    def run_command(*words: object) -> Outcome:
        capsys.readouterr()
        code = main(list(map(str, words)))
        said = capsys.readouterr()
        return Outcome(code, said.out, said.err)

    return run_command


@pytest.fixture
def job(run: Callable[..., Outcome], acme: int) -> int:
    """A job of acme."""
    return int(run("job", "add", acme, "Site redesign", "--json").json["id"])
