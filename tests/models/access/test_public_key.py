"""Only a whole key of a sane kind is a key, and nothing comes in beside it."""

import base64
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.access.public_key import checked_key, read_public_key
from models.refusals import BadInput

KeyLine = Callable[..., str]

RAW = b"\0\0\0\x0bssh-ed25519\0\0\0 " + bytes(range(32))
ED25519 = f"ssh-ed25519 {base64.b64encode(RAW).decode()} jane@laptop"


@pytest.mark.parametrize(("kind", "bits"), [("ed25519", None), ("rsa", 2048), ("ecdsa", 521)])
def test_a_key_of_ssh_keygen_is_read_with_its_fingerprint(
    key_line: KeyLine, kind: str, bits: int | None
) -> None:
    line = key_line(kind, bits=bits)
    key = read_public_key(line)
    assert f"{key.kind} {key.base64} {key.comment}" == line.strip()
    told = subprocess.run(
        ["ssh-keygen", "-lf", "-"], input=line, capture_output=True, text=True, check=True
    )
    assert told.stdout.split()[1] == key.fingerprint


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\n\n"])
def test_an_end_of_line_more_or_less_is_no_second_line(ending: str) -> None:
    assert read_public_key(ED25519 + ending).comment == "jane@laptop"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "exactly one line.* holds 0"),
        (f"{ED25519}\n{ED25519}", "exactly one line.* holds 2"),
        (f"{ED25519}\u2028{ED25519}", "exactly one line.* holds 2"),
        (f'command="sh" {ED25519}', "options before it are not accepted"),
        (f"restrict,pty {ED25519}", "options before it are not accepted"),
        (f"# {ED25519}", "is no kind of key"),
        (f"@cert-authority {ED25519}", "is no kind of key"),
        ("ssh-ed25519", "is missing"),
        ("ssh-ed25519 AAAA", "no whole"),
        ("ssh-ed25519 !!!!", "damaged"),
        (ED25519.replace("AAAA", "AA A", 1), "damaged|no whole"),
        (ED25519[:-40], "damaged|no whole"),
        (ED25519.replace("ssh-ed25519", "ssh-rsa", 1), "no whole"),
        (ED25519.replace("ssh-ed25519", "ssh-dss", 1), "is no kind of key"),
        ("ssh-ed25519-cert-v01@openssh.com AAAA", "is no kind of key"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nabc", "private key"),
        ("---- BEGIN SSH2 PUBLIC KEY ----\nabc", "ssh-keygen -i"),
        (f"{ED25519} {'x' * 20_000}", "too long"),
    ],
)
def test_what_is_not_exactly_one_key_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_public_key(text)


def test_a_private_key_is_recognised_in_any_format(tmp_path: Path) -> None:
    for number, options in enumerate([("-t", "ed25519"), ("-t", "rsa", "-m", "PEM")]):
        file = tmp_path / str(number)
        subprocess.run(["ssh-keygen", "-q", *options, "-N", "", "-f", str(file)], check=True)
        with pytest.raises(BadInput, match="private key"):
            read_public_key(file.read_text())


def test_a_short_rsa_key_is_refused(key_line: KeyLine) -> None:
    with pytest.raises(BadInput, match=r"1024 bits; at least 2048"):
        read_public_key(key_line("rsa", bits=1024))


def test_what_follows_the_key_in_its_base64_is_refused() -> None:
    longer = base64.b64encode(RAW + b"\0\0\0\x01x").decode()
    with pytest.raises(BadInput, match="no whole"):
        checked_key("ssh-ed25519", longer)
    short = base64.b64encode(RAW[:15] + b"\0\0\0\x1f" + bytes(31)).decode()
    with pytest.raises(BadInput, match="no whole"):
        checked_key("ssh-ed25519", short)


def packed(*fields: bytes) -> str:
    return base64.b64encode(b"".join(len(it).to_bytes(4) + it for it in fields)).decode()


def test_parts_that_do_not_belong_to_the_kind_are_refused() -> None:
    point = b"\x04" + bytes(64)
    checked_key("ecdsa-sha2-nistp256", packed(b"ecdsa-sha2-nistp256", b"nistp256", point))
    for curve in (b"", b"nistp384"):
        with pytest.raises(BadInput, match="no whole ECDSA"):
            checked_key("ecdsa-sha2-nistp256", packed(b"ecdsa-sha2-nistp256", curve, point))
    checked_key("ssh-rsa", packed(b"ssh-rsa", b"\1\0\1", b"\x80" + bytes(255)))
    with pytest.raises(BadInput, match="no whole RSA"):
        checked_key("ssh-rsa", packed(b"ssh-rsa", b"", b"\x80" + bytes(255)))


def test_a_comment_is_cleaned() -> None:
    assert read_public_key(ED25519 + "\x1b[31m\tx").comment == "jane@laptop␛[31m x"


@given(st.text() | st.builds("{} {} {}".format, st.text(), st.text(), st.text()))
def test_any_text_is_a_key_or_refused_in_words(text: str) -> None:
    with suppress(BadInput):
        key = read_public_key(text)
        assert key == checked_key(key.kind, key.base64, key.comment)


@given(st.binary(max_size=100))
def test_any_bytes_after_the_kind_are_a_key_or_refused(rest: bytes) -> None:
    blob = base64.b64encode(b"\0\0\0\x0bssh-ed25519" + rest).decode()
    try:
        checked_key("ssh-ed25519", blob)
    except BadInput:
        assert rest[:4] != b"\0\0\0 " or len(rest) != 36
    else:
        assert (rest[:4], len(rest)) == (b"\0\0\0 ", 36)
