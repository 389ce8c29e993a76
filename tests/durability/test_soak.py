"""Random keys beside live changes of others; `python -m benchmarks.soak` does it for longer."""

import random
import sys
from pathlib import Path

import pytest

from benchmarks.soak import soak

SECONDS = 12.0


@pytest.mark.skipif(sys.platform != "linux", reason="reads memory from Linux's /proc")
def test_random_keys_end_no_panel(tmp_path: Path, chance: random.Random) -> None:
    soaked = soak(tmp_path, SECONDS, chance.getrandbits(32))
    assert not soaked.faults, "\n".join(soaked.faults)
    assert soaked.keys > 0
    assert soaked.changes > 0
