"""By which trigrams texts are sought: the rarest, and never so that an account is missed."""

import random

import pytest

from models.sqlite import trigrams
from models.sqlite.trigrams import Plan, Trigrams, near
from models.staff.desk import StaffDesk
from tests.conftest import insert_account


@pytest.fixture
def many(desk: StaffDesk, monkeypatch: pytest.MonkeyPatch) -> Trigrams:
    """Return what is known of a company in which everybody has `.example`."""
    monkeypatch.setattr(trigrams, "SAMPLE", 20)
    for number in range(60):
        insert_account(desk, f"user{number}", [f"{number:02}kite.example"], company="Rope Ltd")
    insert_account(desk, "quiz", ["quizjury.example"])
    return Trigrams(desk.database)


def asked(known: Trigrams, *texts: str) -> str:
    """Return what the index is asked for."""
    plan = known.plan(texts)
    assert plan is not None
    return plan.asked


def test_what_everybody_has_is_left_to_be_compared(many: Trigrams) -> None:
    plan = many.plan(["quizjury.example"])
    assert plan is not None
    assert "xam" not in plan.asked
    assert "qui" in plan.asked
    assert plan.whole == frozenset()


def test_of_several_texts_the_rarest_is_asked_for(many: Trigrams) -> None:
    assert asked(many, "example", "quiz") == '"quiz"'
    assert asked(many, "quiz", "example", "quiz") == '"quiz"'


def test_what_nobody_has_is_known_at_once(many: Trigrams) -> None:
    assert many.plan(["日"], needed=True) is None
    assert many.plan(["zq"], needed=True) is None


def test_short_texts_are_asked_for_only_where_that_pays_or_must_be(many: Trigrams) -> None:
    assert many.plan(["e"]) == Plan()
    everything = many.plan(["e"], needed=True)
    assert everything is not None
    assert '"e.e"' in everything.asked
    assert everything.whole == {"e"}
    assert many.plan(["ki"]) == Plan('("kit")', frozenset(["ki"]))


def test_among_few_accounts_the_whole_text_is_asked_for(desk: StaffDesk) -> None:
    insert_account(desk, "acme")
    assert Trigrams(desk.database).plan(["acme"]) == Plan('"acme"', frozenset(["acme"]))


def test_what_is_expected_is_about_what_there_is(many: Trigrams) -> None:
    assert 40 <= many.expected(["kite"]) <= 61
    assert many.expected(["quiz"]) < 10


@pytest.mark.parametrize("places", [(0, 2), (0, 4), (1, 2, 5), (0, 1, 4, 5), (0, 3, 6), (0, 5, 6)])
def test_trigrams_are_found_at_their_distance_and_not_much_farther(
    desk: StaffDesk, places: tuple[int, ...]
) -> None:
    text = "abcdefghi"
    account = insert_account(desk, text, company="xabcxxxdefghixxx")
    far = insert_account(desk, "abc-----------------------cde-efg-fgh-ghi-bcd-def")
    sought = near(text, places)
    query = "SELECT rowid FROM account_fts WHERE account_fts MATCH ?"
    found = [id_ for (id_,) in desk.database.execute_sql(query, (sought,))]
    assert account in found
    if 0 in places:
        assert far not in found


def test_no_choice_of_trigrams_misses_an_account(
    desk: StaffDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trigrams, "SAMPLE", 10)
    chance = random.Random(3)
    names = {"".join(chance.choices("ab.", weights=(6, 3, 1), k=12)) for _ in range(80)}
    for name in sorted(names):
        insert_account(desk, name)
    for compared in (0, 1, 3, 1000):
        monkeypatch.setattr(trigrams, "COMPARED", compared)
        for name in sorted(names)[::8]:
            text = name[chance.randrange(4) :][: chance.randrange(3, 9)]
            rows = desk.search.page(text, 0, 100).rows
            assert {row.username for row in rows} == {name for name in names if text in name}, text
