"""Keys as ssh-keygen makes them."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def key_line(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Returns `key_line(kind="ed25519", number=1)`: a line of a .pub file, always the same one."""
    folder = tmp_path_factory.mktemp("keys")

    def make(kind: str = "ed25519", number: int = 1, bits: int | None = None) -> str:
        file: Path = folder / f"{kind}-{number}-{bits}"
        if not file.exists():
            size = () if bits is None else ("-b", str(bits))
            command = ["ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-C", f"jane {number}"]
            subprocess.run([*command, "-f", str(file)], check=True)
        return file.with_suffix(".pub").read_text()

    return make
