"""The line by which sshd runs this program and nothing else, and how a file of them is checked."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.access.grants import Grant
from models.access.public_key import PublicKey
from models.refusals import BadInput
from tui.ssh.authorized_keys import authorized_keys, problems_of
from tui.ssh.forced_command import Installation, authorized_line, key_of_line

BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAIJzNmCFTyYflZ5hZUdTMhYQhkmloh4e2xdmI46PIF4UG"
OTHER_BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAINReWu7UCW46dW1Dj5tFZcnAYUT1vj1Ikkvq9ncwDNdm"
KEY = PublicKey("ssh-ed25519", BLOB, "jane@laptop")
CUSTOMER = Grant(17, KEY, "", None, (1001,), 0)
STAFF = Grant(18, PublicKey("ssh-ed25519", OTHER_BLOB), "anna", 1005, (), 0)
HERE = Installation(sys.executable, Path("/var/lib/customjobs/jobs.db"))
LINE = authorized_line(CUSTOMER, HERE)


def test_the_line_of_a_customer() -> None:
    there = Installation("/opt/customjobs/bin/python", Path("/var/lib/customjobs/jobs.db"))
    assert authorized_line(CUSTOMER, there) == (
        "restrict,pty,command=\"trap '' INT QUIT TSTP; exec "
        "/opt/customjobs/bin/python -I -X utf8 -m tui customer "
        '--database /var/lib/customjobs/jobs.db --account 1001 --access 17" '
        f"ssh-ed25519 {BLOB}"
    )


def test_the_line_of_a_resellers_staff() -> None:
    configured = Installation(
        "/usr/bin/python3", Path("/srv/a b.db"), Path("/etc/custom jobs.toml")
    )
    assert authorized_line(STAFF, configured) == (
        "restrict,pty,command=\"trap '' INT QUIT TSTP; exec "
        "/usr/bin/python3 -I -X utf8 -m tui staff --database '/srv/a b.db' "
        "--config '/etc/custom jobs.toml' --actor anna --reseller 1005 --access 18\" "
        f"ssh-ed25519 {OTHER_BLOB}"
    )


@pytest.mark.parametrize("grant", [CUSTOMER, STAFF])
def test_its_own_lines_are_recognised(grant: Grant) -> None:
    key = key_of_line(authorized_line(grant, HERE))
    assert (key.kind, key.base64) == (grant.key.kind, grant.key.base64)
    assert key_of_line(f"{LINE} a comment of anybody").base64 == BLOB


_PATH_CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='"\\')


@given(st.text(_PATH_CHARACTERS, min_size=1), st.lists(st.integers(1, 10**12 - 1), min_size=1))
@example("'", [1])
def test_a_shell_sees_the_words_that_were_meant(name: str, accounts: list[int]) -> None:
    path = Path("/srv") / name
    line = authorized_line(
        Grant(1, KEY, "", None, tuple(accounts), 0), Installation(sys.executable, path)
    )
    assert key_of_line(line).base64 == BLOB
    command = line.partition('command="')[2].rpartition('" ssh-ed25519')[0]
    command = command.replace('\\"', '"')
    echoed = subprocess.run(
        ["sh", "-c", command.replace("exec ", "exec printf '%s\\n' ", 1)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert echoed.stdout.split("\n")[7:9] == ["--database", str(path)]
    assert shlex.split(command)[-2:] == ["--access", "1"]


@pytest.mark.parametrize("name", ['a".db', "a\\.db", "a\n.db", "a\x1b.db", "a\u202e.db"])
def test_a_path_that_no_line_can_carry_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="cannot stand in a line for sshd"):
        Installation.here(Path("/srv") / name, None)


def test_the_folder_that_a_relative_path_means_is_looked_at_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / f'a"\nssh-ed25519 {OTHER_BLOB} #'
    folder.mkdir()
    monkeypatch.chdir(folder)
    with pytest.raises(BadInput, match="cannot stand in a line for sshd"):
        Installation.here(Path("/srv/j.db"), Path("c.toml"))


def with_command(command: str) -> str:
    return f'restrict,pty,command="{command}" ssh-ed25519 {BLOB}'


START = "trap '' INT QUIT TSTP; exec "
PYTHON = sys.executable
PROGRAM = f"{START}{PYTHON} -I -X utf8 -m tui"
OPTIONS = "--database /srv/j.db --account 1001 --access 17"


@pytest.mark.parametrize(
    "line",
    [
        f"ssh-ed25519 {BLOB}",
        f"restrict,pty ssh-ed25519 {BLOB}",
        LINE.replace("restrict,", ""),
        LINE.replace("restrict,pty", "restrict,pty,port-forwarding"),
        LINE.replace("restrict,pty", "pty,restrict"),
        f'environment="A=1",{LINE}',
        LINE.replace("ssh-ed25519", "ssh-dss"),
        LINE[:-4],
        f"{LINE}\u0000",
        with_command("sh"),
        with_command(""),
        with_command(f"{PROGRAM} customer {OPTIONS}; sh"),
        with_command(f"{PROGRAM} customer {OPTIONS} && sh"),
        with_command(f"{PROGRAM} customer {OPTIONS} `id`"),
        with_command(f"{PROGRAM} customer {OPTIONS} $(id)"),
        with_command(f"{PROGRAM} customer --database $HOME/j.db --account 1001 --access 17"),
        with_command(f"{PROGRAM} customer {OPTIONS} > /tmp/x"),
        with_command(f"exec {PROGRAM} customer {OPTIONS}"),
        with_command(PROGRAM.removeprefix(START) + f" customer {OPTIONS}"),
        with_command(START + f"sh -c id; exec /opt/bin/python customer {OPTIONS}"),
        with_command(f"{START}python -I -X utf8 -m tui customer {OPTIONS}"),
        with_command(f"{START}/usr/bin/less -I -X utf8 -m tui customer {OPTIONS}"),
        with_command(f"{START}{PYTHON}x -I -X utf8 -m tui customer {OPTIONS}"),
        with_command(f"{START}{PYTHON} -X utf8 -m tui customer {OPTIONS}"),
        with_command(f"{START}{PYTHON} -I -X utf8 -c tui customer {OPTIONS}"),
        with_command(f"{START}{PYTHON} -I -X utf8 -m pdb customer {OPTIONS}"),
        with_command(f"{PROGRAM} import {OPTIONS}"),
        with_command(PROGRAM),
        with_command(f"{PROGRAM} customer --account 1001 --access 17"),
        with_command(f"{PROGRAM} customer --database j.db --account 1001 --access 17"),
        with_command(f"{PROGRAM} customer --database /srv/j.db --access 17"),
        with_command(f"{PROGRAM} customer --database /srv/j.db --account 1001"),
        with_command(f"{PROGRAM} customer {OPTIONS} --access 18"),
        with_command(f"{PROGRAM} customer {OPTIONS} --actor anna"),
        with_command(f"{PROGRAM} customer {OPTIONS} extra"),
        with_command(f"{PROGRAM} customer --database /srv/j.db --account 1001x --access 17"),
        with_command(f"{PROGRAM} staff --database /srv/j.db --access 17"),
        with_command(f"{PROGRAM} staff --database /srv/j.db --actor -x --access 17"),
        with_command(f"{PROGRAM} staff --database /srv/j.db --actor 'a b' --access 17"),
        with_command(f"{PROGRAM} customer '{OPTIONS}"),
        with_command(f"{PROGRAM} customer {OPTIONS}").replace('" ssh', '\\" ssh'),
    ],
)
def test_a_line_that_opens_anything_else_is_refused(line: str) -> None:
    with pytest.raises(BadInput):
        key_of_line(line)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with a line for each of two grants."""
    path = tmp_path / "authorized_keys"
    path.write_text(authorized_keys([CUSTOMER, STAFF], HERE))
    path.chmod(0o644)
    return path


def lines_refused(path: Path) -> list[str]:
    return [problem for problem in problems_of(path) if ": refused: " in problem]


def test_its_own_file_is_in_order(file: Path) -> None:
    assert lines_refused(file) == []


def test_wrong_lines_are_named_by_their_number(file: Path) -> None:
    whole = file.read_text()
    file.write_text(f"{whole}\n\t# a remark\n   \n{LINE}\nssh-ed25519 {OTHER_BLOB}\n")
    count = whole.count("\n")
    assert lines_refused(file) == [
        f"{file}:{count + 4}: refused: the same key as in line 4.",
        f'{file}:{count + 5}: refused: the line does not read restrict,pty,command="…" TYPE KEY.',
    ]


@pytest.mark.parametrize("separator", ["\r\n", "\x0b", "\x0c", "\u2028", "\r"])
def test_only_what_sshd_takes_for_an_end_of_line_ends_a_comment(file: Path, separator: str) -> None:
    """sshd would not begin a line there, and so reads one comment."""
    file.write_bytes(f"# remark{separator}ssh-ed25519 {BLOB}\n".encode())
    refused = lines_refused(file)
    assert (refused != []) == (separator == "\r\n")


def test_who_may_write_the_file_matters(file: Path) -> None:
    file.chmod(0o666)
    assert any("can be written by others" in problem for problem in problems_of(file))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nowhere cannot be read: No such file"):
        problems_of(tmp_path / "nowhere")
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff")
    with pytest.raises(BadInput, match="no UTF-8 text"):
        problems_of(binary)
