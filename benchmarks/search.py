"""How long Search takes at 1,000, 100,000 and 1,000,000 accounts, beside SQLite's own floor.

    python -m benchmarks.search [--folder FOLDER]

In the folder are, or are made, databases of made-up companies (benchmarks/company.py). Through the
desk, and so through Peewee, go texts of 1 to 10 characters, beginnings and inner parts of what
accounts have and texts that none has, each for the first window of 50 rows. In the same run, the
driver alone asks for the names that start with the text and, from three characters on, for what
the trigram index has, and reads the 50 rows; and SQLite scans for `LIKE '%text%'`.

All of it runs once before it is measured. Exit code 1: a limit is broken.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from benchmarks.company import make_company
from models.refusals import BadInput
from models.search_query import parse_query
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.text import fold

SIZES: Final = (1_000, 100_000, 1_000_000)
LENGTHS: Final = range(1, 11)
ROWS: Final = 50

MOST_P95: Final = 4.0
MOST_WORST: Final = 30.0
"""Milliseconds that a search of a million accounts may take."""

MOST_GROWTH: Final = 4.0
"""How many times as long the p95 may be at a million as at a thousand accounts."""

FILTERS: Final = (
    "status:suspended",
    "plan:pro",
    "created:2026-01",
    "reseller:1005",
    "has:open-jobs",
    "has:unbilled",
    "user:shop",
    "domain:blog",
    "email:info@",
    "book status:closed",
    "garden has:unbilled",
    "job:certificate",
    "job:certificate book",
    "job:w",
)

Times = dict[int, list[float]]


def main() -> int:
    """Measure all sizes and print; return 1 if something took longer than it may."""
    parser = argparse.ArgumentParser(description="Measures Search.")
    parser.add_argument("--folder", type=Path, help="where databases are, or are made and kept")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N")
    parser.add_argument("--texts", type=int, default=200, help="of each length (200)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        figures = {size: _measure(_database(folder, size), options.texts) for size in options.sizes}
    return 0 if _is_within(figures) else 1


def _database(folder: Path, size: int) -> Path:
    path = folder / f"company-{size}.db"
    if not path.exists():
        make_company(path, size)
    return path


def _measure(path: Path, count: int) -> list[float]:
    """Print the figures of one database; return the milliseconds of all searches."""
    with closing(StaffDesk.open(path, Actor("benchmark"))) as desk:
        total = desk.search.count("").total
        print(f"\n{total:,} accounts, in ms")
        texts = _texts(desk, count)
        desks = _timed(texts, lambda text: desk.search.page(text, 0, ROWS))
        floors = _timed(texts, lambda text: _floor(desk, text))
        some = {length: texts[length][:: max(1, count // 20)] for length in texts}
        scans = _timed(some, lambda text: _scan(desk, text))
        print("length      desk p50    p95  worst    floor p50    p95  worst    LIKE p50    p95")
        for length in LENGTHS:
            desk_, floor, scan = desks[length], floors[length], scans[length]
            print(
                f"{length:6}{_line(desk_):>25}{_line(floor):>26}"
                f"{statistics.median(scan):12.1f}{_p95(scan):7.1f}"
            )
        everything, floor = (
            [time for some in times.values() for time in some] for times in (desks, floors)
        )
        print(f"{'all':>6}{_line(everything):>25}{_line(floor):>26}")
        _print_filters(desk)
        return everything


def _line(times: Sequence[float]) -> str:
    return f"{statistics.median(times):.2f} {_p95(times):6.2f} {max(times):6.2f}"


def _print_filters(desk: StaffDesk) -> None:
    for text in FILTERS:
        of_jobs = parse_query(text).is_of_jobs
        find: Callable[..., object] = desk.search.jobs if of_jobs else desk.search.page
        times = [_once(desk, find, text) for _ in range(6)]
        print(f"{text:<28}{statistics.median(times[1:]):8.2f}")


def _p95(times: Sequence[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _timed(texts: dict[int, list[str]], ask: Callable[[str], object]) -> Times:
    times: Times = defaultdict(list)
    for is_measured in (False, True):
        for length, some in texts.items():
            for text in some:
                began = time.perf_counter()
                ask(text)
                if is_measured:
                    times[length].append((time.perf_counter() - began) * 1000)
    return times


def _once(desk: StaffDesk, ask: Callable[[str], object], text: str) -> float:
    # What the last search found is kept: another one comes between.
    desk.search.page("another", 0, 1)
    desk.search.jobs("job:another", 0, 1)
    began = time.perf_counter()
    ask(text)
    return (time.perf_counter() - began) * 1000


def _texts(desk: StaffDesk, count: int) -> dict[int, list[str]]:
    """Return texts by length: four of nine are beginnings, four are inner parts, one is a miss."""
    chance = random.Random(5)
    fields = _fields(desk, chance, 2000)
    return {length: list(_of_length(length, count, fields, chance)) for length in LENGTHS}


def _of_length(
    length: int, count: int, fields: Sequence[str], chance: random.Random
) -> Iterator[str]:
    made = 0
    while made < count:
        field = chance.choice(fields)
        first = 0 if made % 9 < 4 else chance.randrange(max(1, len(field) - length + 1))
        text = field[first : first + length]
        if made % 9 == 8:
            text = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=length))
        if len(text) == length == len(text.strip()) and _is_plain(text):
            made += 1
            yield text


def _is_plain(text: str) -> bool:
    try:
        query = parse_query(text)
    except BadInput:
        return False
    return not (query.is_of_jobs or query.filters)


def _fields(desk: StaffDesk, chance: random.Random, count: int) -> list[str]:
    """Return names, domains and addresses of accounts drawn by chance."""
    ids = [row.id for row in desk.search.page("", 0, 1).rows]
    total = desk.search.count("").total
    drawn = desk.accounts.many([ids[0] + chance.randrange(total) for _ in range(count)])
    fields: Iterable[str] = (
        field
        for account in drawn
        for field in (
            account.username,
            *account.domains,
            account.person,
            account.company,
            account.email,
            str(account.id),
        )
    )
    return [fold(field) for field in fields if field]


def _floor(desk: StaffDesk, text: str) -> None:
    """Ask the driver alone, by statements that it keeps prepared."""
    driver = desk.database.connection()
    ids = driver.execute(
        "SELECT id FROM account WHERE username_folded >= ? AND username_folded < ? LIMIT 50",
        (text, f"{text}\U0010ffff"),
    ).fetchall()
    if len(ids) < ROWS and len(text) > 2:
        sought = '"' + text.replace('"', '""') + '"'
        ids += driver.execute(
            "SELECT rowid FROM account_fts WHERE account_fts MATCH ? LIMIT 50", (sought,)
        ).fetchall()
    for (id_,) in ids[:ROWS]:
        driver.execute(
            "SELECT id, username, person, company, plan, status FROM account WHERE id = ?", (id_,)
        ).fetchone()


def _scan(desk: StaffDesk, text: str) -> None:
    driver = desk.database.connection()
    query = "SELECT id FROM account WHERE search_text LIKE ? LIMIT 50"
    driver.execute(query, (f"%{text}%",)).fetchall()


def _is_within(figures: dict[int, list[float]]) -> bool:
    """Print what the limits are about, and tell whether they hold."""
    smallest, largest = min(figures), max(figures)
    p95, worst = _p95(figures[largest]), max(figures[largest])
    growth = p95 / _p95(figures[smallest])
    print(f"\np95 {p95:.2f} ms (at most {MOST_P95}), worst {worst:.2f} ms (at most {MOST_WORST}),")
    print(f"p95 {growth:.1f} times that at {smallest:,} accounts (at most {MOST_GROWTH})")
    return p95 <= MOST_P95 and worst <= MOST_WORST and growth <= MOST_GROWTH


if __name__ == "__main__":
    sys.exit(main())
