"""The made-up company of the benchmarks is what it says it is."""

from contextlib import closing
from pathlib import Path

from benchmarks.company import MANY, OF_MANY_JOBS, OF_MANY_TASKS, make_company
from models.opening import open_for_staff
from models.staff.desk import StaffDesk
from models.staff.session import Actor


def contents(path: Path) -> list[tuple[object, ...]]:
    """Return accounts and jobs as they are."""
    with closing(open_for_staff(path)) as database:
        rows = list(database.execute_sql("SELECT * FROM account"))
        rows += database.execute_sql("SELECT * FROM job")
        return [*rows, *database.execute_sql("SELECT * FROM domain")]


def test_a_company_is_whole_and_the_same_each_time(tmp_path: Path) -> None:
    first, again = tmp_path / "first.db", tmp_path / "again.db"
    make_company(first, 300)
    make_company(again, 300)
    assert contents(first) == contents(again)
    with closing(StaffDesk.open(first, Actor("anna"))) as desk:
        assert desk.database.integrity_problems() == []
        assert desk.search.count("").total == 300
        assert desk.jobs.page(OF_MANY_JOBS).total == MANY
        newest = desk.search.jobs("job:").rows[0]
        assert newest.account == OF_MANY_TASKS
        assert desk.tasks.page(newest.id).total == MANY
        assert desk.search.count("status:suspended").total > 3
        assert desk.search.count("reseller:1005").total > 3
