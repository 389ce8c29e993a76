"""What a program switched on at its terminal, and whether it switched it off again."""

import re

_MODES = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
_NORMALLY_ON = {"7", "25"}
"""Line wrap and the cursor."""


def modes_left_behind(received: bytes) -> set[str]:
    """Return what a program changed of its terminal and did not put back."""
    on: dict[str, bool] = {}
    for numbers, how in _MODES.findall(received):
        on |= dict.fromkeys(numbers.decode().split(";"), how == b"h")
    left = {number for number, is_on in on.items() if is_on != (number in _NORMALLY_ON)}
    if len(re.findall(rb"\x1b\[>[0-9]+u", received)) != received.count(b"\x1b[<u"):
        left.add("kitty keys")
    shapes = re.findall(rb"\x1b\]22;([^\x07]*)\x07", received)
    return left | {"pointer"} if shapes and shapes[-1] != b"default" else left
