"""Kept drafts: what survives, who gets them back, and what a file that fails does to them."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.desk_thread import DeskThread
from models.draft_store import DRAFT_LIMIT, DraftPlace, DraftsNotKept, DraftStore, KeptDraft
from models.refusals import Refused
from models.sessions import Sessions
from models.sqlite.database import PanelDatabase
from models.sqlite.draft_file import DraftFile
from tests.models.desks import Clock
from tests.models.processes import CHECKOUT, python

NOTE = DraftPlace("note", 57, 1001, 57)
TASK = DraftPlace("task", 57, 1001, 57)
JOB = DraftPlace("job", 1001, 1001, None)
ELSEWHERE = DraftPlace("job", 1002, 1002, None)

ANY_TEXTS = st.dictionaries(
    st.text(st.characters(exclude_categories=())),
    st.booleans() | st.text(st.characters(exclude_categories=())),
)

TYPIST = """
import sys
from pathlib import Path
from models.draft_store import DraftPlace, DraftStore

session = sys.argv[2]
store = DraftStore.open(Path(sys.argv[1]), "anna", None, session, lambda name: name != "old")
left = store.left_at()
print("ready", flush=True)
match sys.stdin.readline().split():
    case ["keep", count]:
        for number in range(int(count)):
            place = DraftPlace("edit-task", number, 1001, 57)
            store.keep(place, {"description": f"{session} {number}"}, number, {"note": ""})
        print("done")
    case ["adopt"]:
        print(*[store.adopt(kept) for kept in left])
store.close()
"""

KILLED = """
import os, random, signal, sys
from pathlib import Path
from models.draft_store import DraftPlace, DraftStore

chance = random.Random(57)
place = DraftPlace("note", 57, 1001, 57)
for number in range(int(sys.argv[2])):
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        session = f"session {number}"
        store = DraftStore.open(Path(sys.argv[1]), "anna", None, session, lambda name: False)
        typed = 0
        while True:
            typed += 1
            store.keep(place, {"body": f"{typed} " + "x" * 2000})
            os.write(told, b".")
    os.close(told)
    acknowledged = sum(len(os.read(heard, 1)) for _ in range(chance.randrange(1, 150)))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while rest := os.read(heard, 4096):
        acknowledged += len(rest)
    os.close(heard)
    print(acknowledged)
"""


STARTING_TOGETHER = """
import os, sys
from pathlib import Path
from models.draft_store import DraftPlace, DraftStore

waiting, start = os.pipe()
for number in range(6):
    if os.fork() == 0:
        os.close(start)
        os.read(waiting, 1)
        path = Path(sys.argv[1])
        try:
            store = DraftStore.open(path, "anna", None, str(number), lambda name: False)
            store.keep(DraftPlace("note", number, 1001, 57), {})
            os._exit(0)
        finally:
            os._exit(1)
os.close(start)
print([os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(6)])
"""


@contextmanager
def typist(database: Path, session: str) -> Iterator[subprocess.Popen[str]]:
    """Hold another process of the same person, for which only the session `old` is gone."""
    process = subprocess.Popen(
        [sys.executable, "-c", TYPIST, str(database), session],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert answer(process) == "ready"
        yield process
    finally:
        process.kill()
        process.communicate()


def tell(process: subprocess.Popen[str], order: str) -> None:
    assert process.stdin is not None
    print(order, file=process.stdin, flush=True)


def answer(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


class Drafts:
    """The stores of one test, and which of their sessions live."""

    def __init__(self, database: Path, clock: Clock, closing: ExitStack) -> None:
        self.database = database
        self.clock = clock
        self.living: set[str] = set()
        self.asked: list[str] = []
        self._closing = closing

    def open(self, session: str, login: str = "anna", provider: int | None = None) -> DraftStore:
        """Let someone start a session."""
        self.living.add(session)
        store = DraftStore.open(self.database, login, provider, session, self._is_alive, self.clock)
        self._closing.callback(store.close)
        return store

    def end(self, *sessions: str) -> None:
        """Let sessions end, their drafts unsaved."""
        self.living -= set(sessions)

    def _is_alive(self, session: str) -> bool:
        self.asked.append(session)
        return session in self.living


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A file in place of a database: only its name and its mode matter here."""
    path = tmp_path / "jobs.db"
    path.touch(0o600)
    return path


@pytest.fixture
def drafts(database: Path, clock: Clock) -> Iterator[Drafts]:
    """Returns stores that are closed after the test."""
    with ExitStack() as closing:
        yield Drafts(database, clock, closing)


def beside(database: Path, suffix: str = "") -> Path:
    return database.with_name(f"{database.name}.drafts{suffix}")


def bodies(kept: list[KeptDraft]) -> list[object]:
    return [draft.texts.get("body") for draft in kept]


# -- keeping, offering, adopting -------------------------------------------------------------


def test_what_a_session_left_is_offered_to_the_next_one(drafts: Drafts) -> None:
    first = drafts.open("first")
    began: dict[str, str | bool] = {"description": "Old", "free": False}
    first.keep(
        DraftPlace("edit-task", 211, 1001, 57), {"description": "New", "free": True}, 4, began
    )
    drafts.end("first")
    drafts.clock.now += 5
    (kept,) = drafts.open("second").left_at()
    assert kept == KeptDraft(
        DraftPlace("edit-task", 211, 1001, 57),
        drafts.clock.now - 5,
        "first",
        {"description": "New", "free": True},
        4,
        began,
    )


def test_only_what_was_kept_last_at_a_place_is_offered(drafts: Drafts) -> None:
    first = drafts.open("first")
    for body in ("H", "He", "Hello"):
        drafts.clock.now += 1
        first.keep(NOTE, {"body": body})
    first.keep(TASK, {"description": "Wireframes"})
    drafts.end("first")
    kept = drafts.open("second").left_at()
    assert {draft.place.form: draft.texts for draft in kept} == {
        "note": {"body": "Hello"},
        "task": {"description": "Wireframes"},
    }
    assert kept[0].at == drafts.clock.now


def test_drafts_are_offered_where_they_belong_the_newest_first(drafts: Drafts) -> None:
    first = drafts.open("first")
    for place in (NOTE, JOB, TASK, ELSEWHERE):
        drafts.clock.now += 1
        first.keep(place, {})
    drafts.end("first")
    store = drafts.open("second")

    def places(**where: int) -> list[DraftPlace]:
        return [kept.place for kept in store.left_at(**where)]

    assert places() == [ELSEWHERE, TASK, JOB, NOTE]
    assert places(account=1001) == [TASK, JOB, NOTE]
    assert places(job=57) == [TASK, NOTE]
    assert places(account=1001, job=57) == [TASK, NOTE]
    assert places(account=1002) == [ELSEWHERE]
    assert places(account=1002, job=57) == []
    assert places(job=58) == []


def test_drafts_of_sessions_that_live_are_theirs(drafts: Drafts) -> None:
    first, second, third = (drafts.open(name) for name in ("first", "second", "third"))
    first.keep(NOTE, {"body": "first"})
    first.keep(TASK, {"body": "first, too"})
    second.keep(NOTE, {"body": "second"})
    assert third.left_at() == first.left_at() == second.left_at() == []
    drafts.end("first")
    drafts.asked.clear()
    assert sorted(map(str, bodies(third.left_at()))) == ["first", "first, too"]
    assert sorted(drafts.asked) == ["first", "second"]
    drafts.end("third", "second")
    third.keep(NOTE, {"body": "third"})
    assert "third" not in bodies(third.left_at())


def test_nobody_gets_or_changes_drafts_of_another_person_or_provider(drafts: Drafts) -> None:
    people: list[tuple[str, int | None]] = [
        ("anna", None),
        ("anna", 1001),
        ("anna", 1002),
        ("ben", None),
        ("Anna", None),
    ]
    for login, provider in people:
        old = drafts.open(f"old {login} {provider}", login, provider)
        old.keep(NOTE, {"body": f"{login} {provider}"})
    drafts.living.clear()
    stores = {person: drafts.open("new", *person) for person in [*people, ("cleo", None)]}
    kept = {person: store.left_at() for person, store in stores.items()}
    for login, provider in people:
        assert bodies(kept[login, provider]) == [f"{login} {provider}"]
    assert kept["cleo", None] == []
    for person, store in stores.items():
        for other in people:
            if other != person:
                assert not store.adopt(kept[other][0])
                store.dismiss(kept[other][0])
    in_its_place = drafts.open("old anna None", "cleo", None)
    in_its_place.keep(NOTE, {"body": "cleo"})
    in_its_place.forget(NOTE)
    drafts.end("old anna None")
    assert {person: store.left_at() for person, store in stores.items()} == kept


def test_two_sessions_of_one_name_for_two_providers_do_not_mix(drafts: Drafts) -> None:
    providers = (None, 1001, 1002)
    for provider in providers:
        drafts.open("same", "anna", provider).keep(NOTE, {"body": f"{provider}"})
    drafts.end("same")
    for provider in providers:
        assert bodies(drafts.open("new", "anna", provider).left_at()) == [f"{provider}"]


def test_forgetting_drops_what_this_session_kept_at_that_place(drafts: Drafts) -> None:
    first, second = drafts.open("first"), drafts.open("second")
    for store in (first, second):
        store.keep(NOTE, {"body": "note"})
        store.keep(TASK, {"body": "task"})
    first.forget(NOTE)
    first.forget(JOB)
    drafts.end("first", "second")
    kept = drafts.open("third").left_at()
    assert {(draft.session, draft.place) for draft in kept} == {
        ("first", TASK),
        ("second", NOTE),
        ("second", TASK),
    }


def test_an_adopted_draft_is_this_sessions_own(drafts: Drafts) -> None:
    drafts.open("first").keep(NOTE, {"body": "Hello"}, 3, {"body": "H"})
    drafts.end("first")
    second, third = drafts.open("second"), drafts.open("third")
    (kept,) = second.left_at()
    assert third.left_at() == [kept]
    assert second.adopt(kept)
    assert second.adopt(kept) is third.adopt(kept) is False
    assert second.left_at() == third.left_at() == []
    third.dismiss(kept)
    drafts.end("second")
    (again,) = third.left_at()
    assert (again.session, again.at) == ("second", kept.at)
    assert (again.texts, again.version, again.base) == (kept.texts, 3, {"body": "H"})
    assert third.adopt(again)
    third.forget(NOTE)
    drafts.end("third")
    assert second.left_at() == drafts.open("fourth").left_at() == []


def test_a_draft_set_aside_is_offered_while_its_session_lives(drafts: Drafts) -> None:
    first, second = drafts.open("first"), drafts.open("second")
    for body in ("one", "two"):
        first.keep(NOTE, {"body": body}, 3, {"body": "H"})
        first.set_aside(NOTE)
        drafts.clock.now += 1
    first.keep(NOTE, {"body": "three"})
    first.set_aside(TASK)
    assert bodies(first.left_at()) == bodies(second.left_at()) == ["two", "one"]
    two, one = first.left_at(job=57)
    assert (two.place, two.version, two.base) == (NOTE, 3, {"body": "H"})
    assert first.adopt(two)
    assert not second.adopt(two)
    second.dismiss(one)
    assert first.left_at() == second.left_at() == []
    drafts.end("first")
    assert bodies(second.left_at()) == ["two"]


def test_a_draft_set_aside_is_offered_even_where_it_is_not_known_who_lives(
    drafts: Drafts, database: Path
) -> None:
    drafts.open("first").keep(NOTE, {"body": "kept"})
    with closing(DraftStore.open(database, "anna", None, "second", lambda _: True)) as second:
        second.keep(NOTE, {"body": "aside"})
        second.set_aside(NOTE)
        assert bodies(second.left_at()) == ["aside"]


def test_an_adopted_draft_takes_the_place_of_what_was_typed_there(drafts: Drafts) -> None:
    drafts.open("first").keep(NOTE, {"body": "old"})
    drafts.end("first")
    second = drafts.open("second")
    second.keep(NOTE, {"body": "new"})
    second.keep(TASK, {"body": "task"})
    (kept,) = second.left_at()
    assert second.adopt(kept)
    drafts.end("second")
    assert sorted(map(str, bodies(drafts.open("third").left_at()))) == ["old", "task"]


def test_a_dismissed_draft_is_gone(drafts: Drafts) -> None:
    drafts.open("first").keep(NOTE, {"body": "Hello"})
    drafts.end("first")
    second = drafts.open("second")
    (kept,) = second.left_at()
    second.dismiss(kept)
    second.dismiss(kept)
    assert second.left_at() == []
    assert not second.adopt(kept)


def test_the_same_again_is_not_written(drafts: Drafts) -> None:
    store, watcher = drafts.open("first"), drafts.open("second")
    mark = beside(drafts.database, "-wal")

    def writes(keep: Callable[[], None]) -> bool:
        before = mark.read_bytes()
        drafts.clock.now += 1
        keep()
        return mark.read_bytes() != before

    texts: dict[str, str | bool] = {"body": "Hello"}
    assert writes(lambda: store.keep(NOTE, texts, 3, {"body": "H"}))
    assert not writes(lambda: store.keep(NOTE, dict(texts), 3, {"body": "H"}))
    assert writes(lambda: store.keep(NOTE, texts, 4, {"body": "H"}))
    assert writes(lambda: store.keep(NOTE, texts, 4))
    assert writes(lambda: store.keep(NOTE, {"body": True}, 4))
    assert writes(lambda: store.keep(DraftPlace("note", 57, 1002, 57), {"body": True}, 4))
    assert writes(lambda: watcher.keep(NOTE, {"body": True}, 4))
    assert not writes(lambda: store.forget(TASK))


def test_a_draft_that_is_too_long_is_refused_and_the_one_before_stays(drafts: Drafts) -> None:
    store = drafts.open("first")
    store.keep(NOTE, {"a": "x" * (DRAFT_LIMIT - 5), "b": "\N{GRINNING FACE}" * 5, "c": True})
    with pytest.raises(DraftsNotKept, match=r"200,001 characters.*up to 200,000"):
        store.keep(NOTE, {"a": "x" * DRAFT_LIMIT, "b": "y"})
    drafts.end("first")
    (kept,) = drafts.open("second").left_at()
    assert kept.texts["b"] == "\N{GRINNING FACE}" * 5


def test_a_clock_turned_back_makes_no_draft_of_the_future(drafts: Drafts) -> None:
    drafts.open("first").keep(NOTE, {})
    drafts.end("first")
    drafts.clock.pass_days(-3)
    second = drafts.open("second")
    (kept,) = second.left_at()
    assert kept.at == drafts.clock.now
    assert second.adopt(kept)


@pytest.fixture(scope="module")
def kept_for_good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database for the many examples of one test."""
    return tmp_path_factory.mktemp("examples") / "jobs.db"


@given(texts=ANY_TEXTS, base=ANY_TEXTS)
def test_any_text_comes_back_as_it_was_typed(
    texts: dict[str, str | bool], base: dict[str, str | bool], kept_for_good: Path
) -> None:
    def open_store(session: str) -> closing[DraftStore]:
        return closing(DraftStore.open(kept_for_good, "anna", None, session, lambda _: False))

    with open_store("first") as first:
        first.keep(NOTE, texts, None, base)
        first.keep(NOTE, texts, None, base)
    with open_store("second") as second:
        (kept,) = second.left_at()
    assert list(kept.texts.items()) == list(texts.items())
    assert list(kept.base.items()) == list(base.items())


def test_two_halves_of_a_character_stay_two(drafts: Drafts) -> None:
    drafts.open("first").keep(NOTE, {"body": "\ud83d\ude00 \udcff \0"})
    drafts.end("first")
    assert bodies(drafts.open("second").left_at()) == ["\ud83d\ude00 \udcff \0"]


def test_a_session_is_the_one_that_others_see(database: Path) -> None:
    """The store and the sessions together, as the panel uses them."""
    first = Sessions.enter(database, "anna", "Anna", None)
    second = Sessions.enter(database, "anna", "Anna", None)
    with (
        closing(DraftStore.open(database, "anna", None, first.name, first.is_alive)) as old,
        closing(DraftStore.open(database, "anna", None, second.name, second.is_alive)) as new,
    ):
        old.keep(NOTE, {"body": "Hello"})
        assert new.left_at() == []
        first.leave()
        assert bodies(new.left_at()) == ["Hello"]
    second.leave()


async def test_the_store_works_in_a_thread_of_its_own(database: Path) -> None:
    thread = DeskThread(
        lambda: DraftStore.open(database, "anna", None, "first", lambda _: False), "drafts"
    )
    await thread.run(lambda store: store.keep(NOTE, {"body": "Hello"}))
    await thread.close()
    with closing(DraftStore.open(database, "anna", None, "second", lambda _: False)) as store:
        assert bodies(store.left_at()) == ["Hello"]


# -- processes -------------------------------------------------------------------------------


def test_whatever_kills_a_process_what_was_kept_is_there(drafts: Drafts) -> None:
    """Fifty times at a random moment, in one file that nobody closes in peace."""
    acknowledged = list(map(int, python(KILLED, drafts.database, 50).split()))
    kept = {draft.session: str(draft.texts["body"]) for draft in drafts.open("last").left_at()}
    assert len(kept) == len(acknowledged) == 50
    for number, last in enumerate(acknowledged):
        typed, filling = kept[f"session {number}"].split()
        # The one after it may have been written, too, and not been told any more.
        assert int(typed) - last in (0, 1)
        assert filling == "x" * 2000
    assert not beside(drafts.database, ".damaged").exists()


def test_many_that_start_together_make_one_file(drafts: Drafts) -> None:
    for damaged in (False, True) * 2:
        if damaged:
            beside(drafts.database).write_bytes(b"no database at all " * 5000)
            beside(drafts.database, "-wal").unlink(missing_ok=True)
        else:
            for file in drafts.database.parent.glob("jobs.db.drafts*"):
                file.unlink()
        assert python(STARTING_TOGETHER, drafts.database) == "[0, 0, 0, 0, 0, 0]\n"
        store = drafts.open("seventh")
        assert {kept.place.record for kept in store.left_at()} == set(range(6))
        store.close()


def test_two_processes_of_a_person_keep_drafts_at_the_same_time(drafts: Drafts) -> None:
    with typist(drafts.database, "left") as left, typist(drafts.database, "right") as right:
        for process in (left, right):
            tell(process, "keep 150")
        assert (answer(left), answer(right)) == ("done", "done")
    kept = drafts.open("third").left_at()
    assert {(draft.session, draft.place.record, draft.texts["description"]) for draft in kept} == {
        (name, number, f"{name} {number}") for name in ("left", "right") for number in range(150)
    }


def test_of_two_that_adopt_the_same_draft_at_once_exactly_one_gets_it(drafts: Drafts) -> None:
    old = drafts.open("old")
    for number in range(100):
        old.keep(DraftPlace("edit-task", number, 1001, 57), {})
    drafts.end("old")
    with typist(drafts.database, "left") as left, typist(drafts.database, "right") as right:
        for process in (left, right):
            tell(process, "adopt")
        got = list(zip(answer(left).split(), answer(right).split(), strict=True))
    assert len(got) == 100
    assert all(set(answers) == {"True", "False"} for answers in got)
    owners = {kept.place.record: kept.session for kept in drafts.open("third").left_at()}
    assert set(owners.values()) <= {"left", "right"}
    assert len(owners) == 100


def test_nobody_waits_for_the_disk_while_typing(database: Path) -> None:
    file = DraftFile(database)
    for _ in range(2):
        file.open()
        with closing(file):
            assert file.connection.synchronous == 1  # NORMAL
            assert file.connection.journal_mode == "wal"


# -- files that fail -------------------------------------------------------------------------


def fill(store: DraftStore, count: int = 30) -> None:
    for number in range(count):
        store.keep(DraftPlace("edit-task", number, 1001, 57), {"note": f"{number} " * 2000})


def empty_log(database: Path) -> None:
    """Bring everything into the file itself, so that its damage is felt."""
    with closing(PanelDatabase(beside(database))) as connection:
        connection.connect()
        connection.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"no database at all " * 500,
        lambda content: content[:5000],
        lambda content: content[:100] + os.urandom(len(content) - 100),
        lambda content: content[:4096] + b"\xff" * (len(content) - 4096),
    ],
)
def test_a_damaged_file_is_moved_aside_and_a_new_one_begun(
    damage: Callable[[bytes], bytes], drafts: Drafts
) -> None:
    first = drafts.open("first")
    fill(first)
    first.close()
    file = beside(drafts.database)
    damaged = damage(file.read_bytes())
    file.write_bytes(damaged)
    second = drafts.open("second")
    assert second.left_at() == []
    second.keep(NOTE, {"body": "Hello"})
    drafts.end("second")
    assert bodies(drafts.open("third").left_at()) == ["Hello"]
    assert beside(drafts.database, ".damaged").read_bytes() == damaged
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_damaged_under_the_running_program_is_replaced_and_typing_goes_on(
    drafts: Drafts,
) -> None:
    first, second = drafts.open("first"), drafts.open("second")
    fill(first)
    empty_log(drafts.database)
    drafts.end("first")
    with beside(drafts.database).open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(60_000))
    # Another one's change makes SQLite look at the file again.
    assert second.left_at() == []
    assert beside(drafts.database, ".damaged").exists()
    second.keep(NOTE, {"body": "second"})
    first.keep(NOTE, {"body": "first"})
    drafts.end("second")
    assert sorted(map(str, bodies(drafts.open("third").left_at()))) == ["first", "second"]


@pytest.mark.parametrize("suffixes", [("",), ("", "-wal")])
def test_an_emptied_file_is_replaced_too(suffixes: tuple[str, ...], drafts: Drafts) -> None:
    first = drafts.open("first")
    fill(first)
    if len(suffixes) == 1:
        empty_log(drafts.database)
    for suffix in suffixes:
        os.truncate(beside(drafts.database, suffix), 0)
    second = drafts.open("second")
    for store in (first, second):
        store.keep(NOTE, {"body": "Hello"})
    drafts.end("first", "second")
    assert bodies(drafts.open("third").left_at()) == ["Hello", "Hello"]


def test_all_sessions_go_on_in_the_new_file(drafts: Drafts) -> None:
    stores = [drafts.open(f"session {number}") for number in range(4)]
    for store in stores:
        fill(store, 3)
    empty_log(drafts.database)
    beside(drafts.database).write_bytes(b"no database at all " * 5000)
    newcomer = drafts.open("newcomer")
    for number, store in enumerate(stores):
        store.keep(NOTE, {"body": f"{number}"})
        drafts.end(f"session {number}")
    assert {draft.texts.get("body") for draft in newcomer.left_at()} == {"0", "1", "2", "3"}
    with closing(PanelDatabase(beside(drafts.database), read_only=True)) as connection:
        connection.connect()
        assert list(connection.execute_sql("PRAGMA integrity_check")) == [("ok",)]


def test_a_file_taken_away_is_made_again(drafts: Drafts) -> None:
    store = drafts.open("first")
    store.keep(NOTE, {"body": "gone"})
    for suffix in ("", "-wal", "-shm"):
        beside(drafts.database, suffix).unlink()
    assert store.left_at() == []
    store.keep(NOTE, {"body": "Hello"})
    drafts.end("first")
    assert bodies(drafts.open("second").left_at()) == ["Hello"]


def test_what_this_program_did_not_write_is_left_out(drafts: Drafts) -> None:
    store = drafts.open("first")
    fill(store, 6)
    with closing(PanelDatabase(beside(drafts.database))) as connection:
        connection.connect()
        for number, content in enumerate((b"", b"[]", b'{"a": 1}', b"\xff\xfe", b"[" * 100_000)):
            connection.execute_sql("UPDATE draft SET texts = ? WHERE record = ?", (content, number))
    drafts.end("first")
    assert [kept.place.record for kept in drafts.open("second").left_at()] == [5]


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("PRAGMA user_version = 2", "was made by a newer customjobs"),
        ("PRAGMA application_id = 1", "is the database of another program"),
    ],
)
def test_a_file_of_another_program_or_a_newer_one_is_let_alone(
    statement: str, sentence: str, drafts: Drafts
) -> None:
    drafts.open("first").close()
    file = beside(drafts.database)
    with closing(PanelDatabase(file)) as connection:
        connection.connect()
        connection.execute_sql(statement)
    before = file.read_bytes()
    with pytest.raises(DraftsNotKept, match=sentence) as refused:
        drafts.open("second")
    assert str(file) in str(refused.value)
    assert isinstance(refused.value, Refused)
    assert file.read_bytes() == before
    assert not beside(drafts.database, ".damaged").exists()


def test_a_table_that_is_missing_is_a_refusal_too(drafts: Drafts) -> None:
    store = drafts.open("first")
    with closing(PanelDatabase(beside(drafts.database))) as connection:
        connection.connect()
        connection.execute_sql("DROP TABLE draft")
    with pytest.raises(DraftsNotKept, match="no such table"):
        store.keep(NOTE, {})


def test_bytes_that_are_no_text_are_a_refusal_too(drafts: Drafts) -> None:
    store = drafts.open("first")
    store.keep(NOTE, {})
    drafts.end("first")
    second = drafts.open("second")
    with closing(PanelDatabase(beside(drafts.database))) as connection:
        connection.connect()
        connection.execute_sql("UPDATE draft SET form = CAST(x'ff' AS TEXT)")
    with pytest.raises(DraftsNotKept):
        second.left_at()
    second.keep(NOTE, {})


def test_something_else_in_its_place_is_a_refusal(drafts: Drafts) -> None:
    beside(drafts.database).mkdir()
    with pytest.raises(DraftsNotKept, match="Half-typed work is not kept: "):
        drafts.open("first")
    beside(drafts.database).rmdir()
    drafts.open("first").keep(NOTE, {})


def test_a_missing_folder_is_a_refusal(drafts: Drafts) -> None:
    drafts.database = drafts.database.parent / "none" / "jobs.db"
    with pytest.raises(DraftsNotKept, match="No such file"):
        drafts.open("first")


def test_who_waits_too_long_for_another_session_is_told_and_keeps_the_next(
    drafts: Drafts,
) -> None:
    store = drafts.open("first")
    store.keep(NOTE, {"body": "before"})
    holder = DraftFile(drafts.database)
    holder.open()
    with closing(holder):
        holder.connection.begin()
        with pytest.raises(DraftsNotKept, match="busy for too long"):
            store.keep(NOTE, {"body": "lost"})
        holder.connection.rollback()
    store.keep(NOTE, {"body": "after"})
    drafts.end("first")
    assert bodies(drafts.open("second").left_at()) == ["after"]


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from models.draft_store import DraftPlace, DraftsNotKept, DraftStore

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = DraftStore.open(Path(sys.argv[1]), "anna", None, "first", lambda name: False)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
kept = 0
try:
    while kept < 1000:
        store.keep(DraftPlace("note", kept, 1001, kept), {"body": "x" * 20_000})
        kept += 1
except DraftsNotKept as refusal:
    print(refusal)
print(len(store.left_at()))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
store.keep(DraftPlace("note", 5000, 1001, None), {"body": "y"})
store.close()
other = DraftStore.open(Path(sys.argv[1]), "anna", None, "other", lambda name: False)
print(len(other.left_at()) == kept + 1, 0 < kept < 1000)
"""


def test_on_a_full_disk_the_person_is_told_and_later_drafts_are_kept(database: Path) -> None:
    sentence, left, state = python(FULL_DISK, database).splitlines()
    assert sentence.startswith("Half-typed work is not kept: the disk ")
    assert str(beside(database)) in sentence
    assert left == "0"
    assert state == "True True"
    assert not beside(database, ".damaged").exists()


# -- who may read them -----------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "expected"), [(0o600, 0o600), (0o644, 0o600), (0o660, 0o660)])
def test_the_files_are_for_those_who_share_the_database(
    mode: int, expected: int, drafts: Drafts
) -> None:
    drafts.database.chmod(mode)
    before = os.umask(0o022)
    try:
        drafts.open("first").keep(NOTE, {})
    finally:
        os.umask(before)
    for suffix in ("", "-wal", "-shm", ".lock"):
        assert stat.S_IMODE(beside(drafts.database, suffix).stat().st_mode) == expected, suffix


AS_USER = """
import os, sys
from pathlib import Path
from models.draft_store import DraftPlace, DraftsNotKept, DraftStore

os.setgroups([])
os.setgid(int(sys.argv[2]))
os.setuid(int(sys.argv[3]))
os.umask(0o022)
try:
    store = DraftStore.open(Path(sys.argv[1]), "anna", None, sys.argv[3], lambda name: False)
    print([kept.texts["body"] for kept in store.left_at()])
    store.keep(DraftPlace("note", 57, 1001, 57), {"body": sys.argv[3]})
except DraftsNotKept as refusal:
    print(refusal)
os._exit(0)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become other users")
def test_people_of_a_group_keep_drafts_in_one_file_and_strangers_are_refused() -> None:
    group = 64_001
    folder = Path(tempfile.mkdtemp(prefix="cj", dir="/tmp"))
    try:
        database = folder / "jobs.db"
        database.touch()
        for path, mode in ((folder, 0o2775), (database, 0o660)):
            os.chown(path, 0, group)
            path.chmod(mode)

        def run(user: int, as_group: int = group) -> str:
            return python(AS_USER, database, as_group, user).strip()

        assert run(64_101) == "[]"
        assert run(64_102) == "['64101']"
        assert run(64_101) == "['64102']"
        assert run(64_103, 64_103).startswith("Half-typed work is not kept: ")
    finally:
        shutil.rmtree(folder)
