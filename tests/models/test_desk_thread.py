"""The desk's own thread: one operation after another, each to its end."""

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path

import pytest

from models.desk_thread import DeskThread
from models.drafts import JobDraft
from models.refusals import BadFields, DatabaseUnusable, Interrupted
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.conftest import insert_account

ENDLESS = """
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number)
    SELECT count(*) FROM number WHERE begun()
"""


@pytest.fixture
async def thread(path: Path) -> AsyncIterator[DeskThread[StaffDesk]]:
    """A thread with a desk on the test's database."""
    thread = DeskThread(lambda: StaffDesk.open(path, Actor("anna")), "anna")
    yield thread
    await thread.close()


def search_without_end(begun: threading.Event, desk: StaffDesk) -> None:
    """Run a query that never ends by itself, and tell when it has begun."""

    def tell() -> int:
        begun.set()
        return 1

    desk.database.connection().create_function("begun", 0, tell)
    with desk.session.reading():
        list(desk.database.execute_sql(ENDLESS))


async def test_operations_run_in_order_on_one_thread(thread: DeskThread[StaffDesk]) -> None:
    order: list[int] = []

    def note_down(number: int, _desk: StaffDesk) -> str:
        order.append(number)
        return threading.current_thread().name

    names = await asyncio.gather(*(thread.run(partial(note_down, number)) for number in range(20)))
    assert order == list(range(20))
    assert set(names) == {"anna_0"}
    assert threading.current_thread().name not in names


async def test_the_desk_is_opened_once_and_where_it_is_used(path: Path) -> None:
    opened: list[str] = []

    def open_desk() -> StaffDesk:
        opened.append(threading.current_thread().name)
        return StaffDesk.open(path, Actor("anna"))

    thread = DeskThread(open_desk, "anna")
    assert opened == []
    desks = [await thread.run(lambda desk: desk) for _ in range(3)]
    assert opened == ["anna_0"]
    assert len(set(map(id, desks))) == 1
    await thread.close()
    assert desks[0].database.is_closed()


async def test_refusals_reach_the_caller_and_the_desk_works_on(
    thread: DeskThread[StaffDesk],
) -> None:
    account = await thread.run(lambda desk: insert_account(desk, "acme"))
    with pytest.raises(BadFields):
        await thread.run(lambda desk: desk.jobs.add(account, JobDraft("")))
    job = await thread.run(lambda desk: desk.jobs.add(account, JobDraft("Logo")))
    assert job.description == "Logo"


async def test_a_desk_that_cannot_be_opened_says_so_each_time(tmp_path: Path) -> None:
    thread = DeskThread(lambda: StaffDesk.open(tmp_path / "missing.db", Actor("anna")), "anna")
    for _ in range(2):
        with pytest.raises(DatabaseUnusable):
            await thread.run(lambda desk: desk.data_version())
    await thread.close()


async def test_a_caller_that_stops_waiting_cuts_nothing_off(
    thread: DeskThread[StaffDesk],
) -> None:
    account = await thread.run(lambda desk: insert_account(desk, "acme"))
    begun, go_on = threading.Event(), threading.Event()

    def add_slowly(desk: StaffDesk) -> None:
        with desk.session.writing():
            desk.jobs.add(account, JobDraft("Begun"))
            begun.set()
            go_on.wait()

    running = asyncio.create_task(thread.run(add_slowly))
    waiting = asyncio.create_task(
        thread.run(lambda desk: desk.jobs.add(account, JobDraft("Waiting")))
    )
    await asyncio.to_thread(begun.wait)
    for task in (running, waiting):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    go_on.set()
    jobs = await thread.run(lambda desk: desk.jobs.page(account).rows)
    assert [job.description for job in jobs] == ["Begun", "Waiting"]


async def test_closing_waits_for_what_was_asked_for(path: Path) -> None:
    thread = DeskThread(lambda: StaffDesk.open(path, Actor("anna")), "anna")
    desk = await thread.run(lambda desk: desk)
    account = await thread.run(lambda desk: insert_account(desk, "acme"))
    begun, go_on = threading.Event(), threading.Event()

    def wait(_desk: StaffDesk) -> None:
        begun.set()
        go_on.wait()

    first = asyncio.create_task(thread.run(wait))
    second = asyncio.create_task(thread.run(lambda it: it.jobs.add(account, JobDraft("Last"))))
    await asyncio.to_thread(begun.wait)
    closing = asyncio.create_task(thread.close())
    done, _ = await asyncio.wait({closing}, timeout=0.05)
    assert not done
    assert not desk.database.is_closed()
    go_on.set()
    await closing
    assert (await second).description == "Last"
    await first
    assert desk.database.is_closed()
    assert sorted(path.parent.glob("jobs.db-*")) == []


async def test_closing_goes_on_when_nobody_waits_for_it(path: Path) -> None:
    thread = DeskThread(lambda: StaffDesk.open(path, Actor("anna")), "anna")
    desk = await thread.run(lambda desk: desk)
    begun, go_on = threading.Event(), threading.Event()

    def wait(_desk: StaffDesk) -> threading.Thread:
        begun.set()
        go_on.wait()
        return threading.current_thread()

    last = asyncio.create_task(thread.run(wait))
    await asyncio.to_thread(begun.wait)
    closing = asyncio.create_task(thread.close())
    await asyncio.sleep(0)
    closing.cancel()
    go_on.set()
    worker = await last
    await asyncio.to_thread(worker.join)
    assert desk.database.is_closed()


async def test_a_desk_that_was_never_used_is_never_opened() -> None:
    def open_desk() -> StaffDesk:
        pytest.fail("the desk was opened")

    thread = DeskThread(open_desk, "anna")
    thread.glance(lambda desk: desk.database.interrupt())
    await thread.close()


async def test_a_running_search_is_given_up_and_the_next_one_works(
    thread: DeskThread[StaffDesk],
) -> None:
    await thread.run(lambda desk: insert_account(desk, "acme"))
    for _ in range(3):
        begun = threading.Event()
        search = asyncio.create_task(thread.run(partial(search_without_end, begun)))
        await asyncio.to_thread(begun.wait)
        thread.glance(lambda desk: desk.database.interrupt())
        with pytest.raises(Interrupted):
            await search
        page = await thread.run(lambda desk: desk.search.page("acme"))
        assert [row.username for row in page.rows] == ["acme"]
    assert not await thread.run(lambda desk: desk.database.in_transaction())


async def test_giving_up_nothing_does_no_harm(thread: DeskThread[StaffDesk]) -> None:
    await thread.run(lambda desk: insert_account(desk, "acme"))
    for _ in range(3):
        thread.glance(lambda desk: desk.database.interrupt())
        assert (await thread.run(lambda desk: desk.search.page("acme"))).total == 1


async def test_the_screen_goes_on_while_the_desk_works(thread: DeskThread[StaffDesk]) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def wait(_desk: StaffDesk) -> None:
        begun.set()
        go_on.wait()

    working = asyncio.create_task(thread.run(wait))
    await asyncio.to_thread(begun.wait)
    await asyncio.sleep(0)
    assert not working.done()
    go_on.set()
    await working


async def test_who_asks_after_the_end_is_not_answered(path: Path) -> None:
    """A screen that is about to go asks on, and must not take that for a fault."""
    thread = DeskThread(lambda: StaffDesk.open(path, Actor("anna")), "desk")
    await thread.run(lambda desk: desk.provider)
    await thread.close()
    with pytest.raises(asyncio.CancelledError):
        await thread.run(lambda desk: desk.provider)


def test_what_is_posted_is_done_before_the_desk_closes(path: Path) -> None:
    async def post() -> None:
        thread = DeskThread(lambda: StaffDesk.open(path, Actor("anna")), "anna")
        posted.append(thread.post(lambda desk: desk.provider_name))
        await thread.close()
        assert thread.post(lambda desk: desk.provider_name) is None

    posted: list[Future[str] | None] = []
    asyncio.run(post())
    assert posted[0] is not None
    assert posted[0].result(0) == "Hosting company"
