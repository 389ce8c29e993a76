"""Makes the pictures of the documentation from the real program on the made-up company.

Run it by `make pictures` after a change of what the panel looks like.
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
NOW_MS = 1_795_348_800_000
"""2026-11-22 12:00 UTC: the same moment each time, for the same pictures."""

PICTURES: dict[str, tuple[str, tuple[int, int], list[str]]] = {
    "panel": ("dark", (120, 36), ["=1001", "enter", "up", "enter"]),
    "small": ("dark", (80, 24), ["=1001", "enter", "up", "enter", "n"]),
    "jobs": ("light", (80, 24), ["=1001", "enter"]),
    "history": ("dark", (120, 36), ["=1001", "enter", "h"]),
    "customer": ("light", (120, 36), ["up", "enter"]),
}
"""Each picture by name: the look, the size, and the keys pressed before it; `=` begins text."""


async def take(name: str, database: Path, target: Path) -> None:
    """Open the program, press the keys of a picture and save what is on the screen."""
    from models.customer.desk import CustomerDesk
    from models.demo import DEMO_SETTINGS
    from models.staff.desk import StaffDesk
    from models.staff.session import Actor
    from tui.staff_panel import StaffPanel
    from tui.support_center.app import SupportCenter
    from tui.widgets.virtual_list import VirtualList

    look, size, keys = PICTURES[name]
    app: StaffPanel | SupportCenter
    if name == "customer":
        app = SupportCenter(CustomerDesk.open(database, (1001,), DEMO_SETTINGS), look)
    else:
        desk = StaffDesk.open(database, Actor("anna"), None, DEMO_SETTINGS)
        app = StaffPanel(desk, database)
        app.theme = f"customjobs-{look}"
    async with app.run_test(size=size) as pilot:
        for key in keys:
            await pilot.press(*(key[1:] if key.startswith("=") else [key]))
            await app.type_ahead.done()
        for rows in app.screen.query(VirtualList):
            await rows.settled()
        await pilot.pause()
        (target / f"{name}.svg").write_text(app.export_screenshot(title="Custom Jobs"))


def main() -> None:
    """Make all pictures, or those that are named, in `docs/pictures`."""
    os.environ["TZ"] = "UTC"
    from models.demo import make_demo

    names = [name for name in sys.argv[1:] if name in PICTURES] or list(PICTURES)
    target = HERE / "pictures"
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "demo.db"
        make_demo(database, now_ms=NOW_MS)
        for name in names:
            asyncio.run(take(name, database, target))


if __name__ == "__main__":
    main()
