"""`customjobs access …` and `sshd-config`: who may come in, and what sshd is told."""

import getpass
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from models.history_filter import HistoryFilter
from models.staff.desk import StaffDesk
from models.tables import Event
from tests.cli.conftest import Outcome
from tests.test_layers import loaded_by
from tui.ssh.authorized_keys import problems_of
from tui.ssh.forced_command import key_of_line

Run = Callable[..., Outcome]

BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAIJzNmCFTyYflZ5hZUdTMhYQhkmloh4e2xdmI46PIF4UG"
LINE = f"ssh-ed25519 {BLOB} jane@laptop"
OTHER_BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAINReWu7UCW46dW1Dj5tFZcnAYUT1vj1Ikkvq9ncwDNdm"
ME = getpass.getuser()


@pytest.fixture
def keyfile(tmp_path: Path) -> Path:
    """Jane's public key."""
    path = tmp_path / "jane.pub"
    path.write_text(LINE + "\n")
    return path


@pytest.fixture
def other_keyfile(tmp_path: Path) -> Path:
    """Another public key."""
    path = tmp_path / "other.pub"
    path.write_text(f"ssh-ed25519 {OTHER_BLOB}\n")
    return path


def test_a_customer_is_let_in_and_listed(run: Run, acme: int, keyfile: Path) -> None:
    added = run("access", "add", "customer", acme, keyfile, "--json").json
    told = subprocess.run(
        ["ssh-keygen", "-lf", str(keyfile)], capture_output=True, text=True, check=True
    )
    assert added == {
        "id": 1,
        "staff": None,
        "reseller": None,
        "accounts": [acme],
        "key_type": "ssh-ed25519",
        "fingerprint": told.stdout.split()[1],
        "comment": "jane@laptop",
        "created": added["created"],
    }
    listed = run("access", "list", "--json").json
    assert listed == {"items": [added], "count": {"value": 1, "exact": True}}
    text = run("access", "list").text
    assert "customer" in text
    assert "jane@laptop" in text


def test_one_key_opens_several_accounts(
    run: Run, desk: StaffDesk, acme: int, keyfile: Path, add_account: Callable[..., int]
) -> None:
    other = add_account(desk, "other")
    assert run("access", "add", "customer", acme, other, keyfile, "--json").json["accounts"] == [
        acme,
        other,
    ]
    assert run("access", "list", "--account", other, "--json").json["count"]["value"] == 1
    assert run("access", "list", "--account", 9999).text.startswith("Nobody")


def test_a_key_comes_by_standard_input(
    run: Run, acme: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LINE.encode())))
    assert run("access", "add", "customer", acme, "-", "--json").json["comment"] == "jane@laptop"


def test_staff_are_let_in_for_the_company_or_a_reseller(
    run: Run,
    desk: StaffDesk,
    keyfile: Path,
    other_keyfile: Path,
    add_account: Callable[..., int],
) -> None:
    reseller = add_account(desk, "hostman", is_reseller=True)
    anna = run("access", "add", "staff", "anna", keyfile, "--display-name", "Anna", "--json").json
    ben = run("access", "add", "staff", "ben", other_keyfile, "--reseller", reseller, "--json").json
    assert [(it["staff"], it["reseller"], it["accounts"]) for it in (anna, ben)] == [
        ("anna", None, []),
        ("ben", reseller, []),
    ]


def test_a_removed_access_is_gone_and_stands_in_the_history(
    run: Run, desk: StaffDesk, acme: int, keyfile: Path
) -> None:
    run("access", "add", "customer", acme, keyfile)
    removed = run("access", "remove", 1, "--json").json
    assert removed["accounts"] == [acme]
    assert run("access", "list").text == (
        "Nobody can come in by a key yet: see customjobs access add --help.\n"
    )
    assert run("access", "remove", 1).refusal == "customjobs: There is no access 1.\n"
    with desk.session.reading():
        kinds = [event.kind for event in Event.select().where(Event.account == acme)]
        assert kinds == ["access-added", "access-removed"]
        assert {event.actor.login for event in Event.select()} == {"anna"}
    summaries = [event.summary for event in desk.history.page(HistoryFilter(account=acme)).rows]
    assert summaries == [
        "Access 1 removed: jane@laptop",
        "Access 1 added: jane@laptop",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "exactly one line"),
        (b"\xff\xfe", "no text"),
        (b'command="sh" ' + LINE.encode(), "options before it are not accepted"),
        (LINE.encode() * 2, "no whole|damaged|jane"),
        (b"x" * 100_000, "too long"),
    ],
)
def test_a_file_that_holds_no_key_is_refused(
    run: Run, acme: int, tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "bad.pub"
    path.write_bytes(content)
    outcome = run("access", "add", "customer", acme, path)
    if content.startswith(b"ssh-"):
        # One line, whose second half is the comment.
        assert outcome.code == 0
    else:
        assert words in outcome.refusal


def test_a_file_that_is_not_there_is_named(run: Run, acme: int, tmp_path: Path) -> None:
    missing = tmp_path / "missing.pub"
    refusal = run("access", "add", "customer", acme, missing).refusal
    assert refusal == f"customjobs: {missing} cannot be read: No such file or directory.\n"


def test_sshd_gets_one_line_or_nothing(run: Run, database: Path, acme: int, keyfile: Path) -> None:
    asked = ("access", "keys", ME, "ssh-ed25519")
    assert run(*asked, BLOB) == Outcome(0, "", "")
    run("access", "add", "customer", acme, keyfile)
    line = run(*asked, BLOB).text
    assert line == (
        "restrict,pty,command=\"trap '' INT QUIT TSTP; exec "
        f"{sys.executable} -I -X utf8 -m tui customer --database {database} "
        f'--account {acme} --access 1" ssh-ed25519 {BLOB}\n'
    )
    assert key_of_line(line.rstrip("\n")).base64 == BLOB
    assert run(*asked, BLOB, "--json").json == {"line": line.rstrip("\n")}
    for kind, key in (("ssh-ed25519", OTHER_BLOB), ("ssh-rsa", BLOB), ("x", "y"), ("", "")):
        assert run("access", "keys", ME, kind, key) == Outcome(0, "", "")
    run("access", "remove", 1)
    assert run(*asked, BLOB) == Outcome(0, "", "")


def test_the_line_names_the_settings_that_were_given(
    run: Run, database: Path, tmp_path: Path, keyfile: Path
) -> None:
    settings = tmp_path / "customjobs.toml"
    settings.write_text('company = "Example Hosting"\n')
    run("access", "add", "staff", "anna", keyfile)
    line = run("access", "keys", ME, "ssh-ed25519", BLOB, "--config", settings).text
    assert f" --config {settings} --actor anna --access 1" in line


def test_sshd_gets_nothing_for_another_user(run: Run, acme: int, keyfile: Path) -> None:
    """A configuration that reaches too far must not let customers in as root."""
    run("access", "add", "customer", acme, keyfile)
    outcome = run("access", "keys", f"not-{ME}", "ssh-ed25519", BLOB)
    assert (outcome.code, outcome.out) == (1, "")
    assert "reaches too far" in outcome.err


def test_the_question_of_sshd_loads_no_screen() -> None:
    """It is asked at every login."""
    loaded = loaded_by("tui.cli.main", "tui.cli.access_keys")
    assert loaded.isdisjoint({"asyncio", "playhouse.migrations", "rich", "textual", "tomllib"})
    assert not any(module.startswith("models.staff") for module in loaded)


def test_the_whole_file_holds_a_line_for_each_key(
    run: Run, tmp_path: Path, acme: int, keyfile: Path, other_keyfile: Path
) -> None:
    run("access", "add", "customer", acme, keyfile)
    run("access", "add", "staff", "anna", other_keyfile)
    written = tmp_path / "authorized_keys"
    written.write_text(run("access", "authorized-keys").text)
    assert [line for line in problems_of(written) if "refused" in line] == []
    lines = run("access", "authorized-keys", "--json").json
    assert [(item["access"], key_of_line(item["line"]).base64) for item in lines["items"]] == [
        (1, BLOB),
        (2, OTHER_BLOB),
    ]


def test_a_file_of_keys_is_checked(run: Run, tmp_path: Path, acme: int, keyfile: Path) -> None:
    run("access", "add", "customer", acme, keyfile)
    written = tmp_path / "authorized_keys"
    written.write_text(run("access", "authorized-keys").text + LINE + "\n")
    written.chmod(0o644)
    outcome = run("check", "--authorized-keys", written)
    assert outcome.code == 1
    assert f"{written}:5: refused: the line does not read" in outcome.err
    answer = run("check", "--authorized-keys", written, "--json")
    assert answer.code == 1
    assert '"ok": false' in answer.out


def test_the_block_for_sshd_names_user_program_and_database(run: Run, database: Path) -> None:
    block = run("sshd-config", "--user", "jobs").text
    assert "\nMatch User jobs\n" in block
    assert (
        f"    AuthorizedKeysCommand {sys.executable} -I -X utf8 -m tui access keys "
        f"--database {database} %u %t %k\n    AuthorizedKeysCommandUser jobs\n"
    ) in block
    assert run("sshd-config", "--json").json["match_block"].count("Match User panel") == 1
    assert run("sshd-config", "--user", "a b").code == 2
