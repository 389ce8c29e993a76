"""Public keys as OpenSSH writes them: checked whole, so that nothing but a key gets through.

A line is `TYPE BASE64 [COMMENT]` (sshd(8), AUTHORIZED_KEYS FILE FORMAT, without its options). The
base64 holds the key in the wire format of RFC 4251, section 5, and RFC 4253, section 6.6.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final

from models.refusals import BadInput
from models.text import LINE_LIMIT, clean_line, quoted

_FIELDS: Final = {
    "ssh-ed25519": 1,
    "ssh-rsa": 2,
    "ecdsa-sha2-nistp256": 2,
    "ecdsa-sha2-nistp384": 2,
    "ecdsa-sha2-nistp521": 2,
    "sk-ssh-ed25519@openssh.com": 2,
    "sk-ecdsa-sha2-nistp256@openssh.com": 3,
}
"""The kinds of keys that are accepted, and how many fields follow the kind's name in each.

RFC 8709 (Ed25519), RFC 4253 (RSA), RFC 5656 (ECDSA), OpenSSH's PROTOCOL.u2f (security keys).
"""

_SHORTEST_RSA: Final = 2048
"""Bits; what OpenSSH's own advice and NIST SP 800-131A ask for at least."""

_ED25519_LENGTH: Final = 32
"""Bytes of an Ed25519 key (RFC 8032)."""

_LONGEST_LINE: Final = 16_384
"""Characters; an RSA key of 16,384 bits, the longest that OpenSSH makes, takes 2,800."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that was checked: its kind, its base64, and what its owner calls it."""

    kind: str
    base64: str
    comment: str = ""

    @property
    def fingerprint(self) -> str:
        """The SHA-256 fingerprint, as `ssh-keygen -l` and sshd's log write it."""
        digest = hashlib.sha256(base64.b64decode(self.base64)).digest()
        return "SHA256:" + base64.b64encode(digest).decode("ascii").rstrip("=")


def read_public_key(text: str) -> PublicKey:
    """Return the key that a `.pub` file holds.

    Raises:
        BadInput: it is not exactly one line with a key of a known kind, without options.
    """
    if "PRIVATE KEY" in text:
        raise BadInput("This is a private key: keep it secret, and give its .pub file here.")
    if "BEGIN SSH2 PUBLIC KEY" in text:
        raise BadInput("This key is in another format: ssh-keygen -i -f FILE turns it into a line.")
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) != 1:
        raise BadInput(
            "A key file holds exactly one line, such as ssh-ed25519 AAAA… jane@laptop; this one "
            f"holds {len(lines)}."
        )
    if len(lines[0]) > _LONGEST_LINE:
        raise BadInput("This line is too long for a key.")
    return _read_line(lines[0].strip())


def _read_line(line: str) -> PublicKey:
    words = line.split(None, 2)
    kind = words[0]
    if kind not in _FIELDS:
        known = ", ".join(_FIELDS)
        raise BadInput(
            f"{quoted(kind)} is no kind of key that is accepted here. A line begins with one of "
            f"{known}; options before it are not accepted."
        )
    if len(words) == 1:
        raise BadInput(f"The key itself is missing behind {kind}.")
    return checked_key(kind, words[1], words[2] if len(words) > 2 else "")


def checked_key(kind: str, encoded: str, comment: str = "") -> PublicKey:
    """Return the key of these parts.

    Raises:
        BadInput: the parts are no key of this kind, or one that is too weak.
    """
    try:
        blob = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadInput("The key is damaged: copy the whole line again.") from error
    fields = _fields(blob)
    whole = fields and fields[0] == kind.encode("ascii", "replace")
    if not whole or len(fields) != 1 + _FIELDS.get(kind, -1):
        raise BadInput(f"This is no whole {quoted(kind)} key: copy the whole line again.")
    _refuse_weak(kind, fields)
    name = clean_line(clean_line(comment)[:LINE_LIMIT])  # a cut may leave half of a character
    return PublicKey(kind, base64.b64encode(blob).decode("ascii"), name)


def _fields(blob: bytes) -> list[bytes]:
    """Split strings with their lengths before them; nothing if the lengths do not add up."""
    fields = []
    while blob:
        length = int.from_bytes(blob[:4])
        if len(blob) < 4 + length:
            return []
        fields.append(blob[4 : 4 + length])
        blob = blob[4 + length :]
    return fields


def _refuse_weak(kind: str, fields: list[bytes]) -> None:
    if kind == "ssh-rsa" and (bits := int.from_bytes(fields[2]).bit_length()) < _SHORTEST_RSA:
        raise BadInput(
            f"This RSA key has {bits} bits; at least {_SHORTEST_RSA} are needed, and "
            "ssh-keygen -t ed25519 makes a better key."
        )
    if kind == "ssh-rsa" and not any(fields[1]):
        raise BadInput("This is no whole RSA key: copy the whole line again.")
    curve = kind.partition("@")[0].rpartition("-")[2]
    if "ecdsa" in kind and fields[1] != curve.encode("ascii"):
        raise BadInput("This is no whole ECDSA key: copy the whole line again.")
    if "ed25519" in kind and len(fields[1]) != _ED25519_LENGTH:
        raise BadInput("This is no whole Ed25519 key: copy the whole line again.")
