"""The search against a plain model of it, on small companies of any accounts."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import models.staff.search
from models.refusals import BadInput
from models.settings import Settings
from models.sqlite import search_index, trigrams
from models.staff.desk import StaffDesk
from models.staff.search import AccountSearch
from models.staff.session import Actor, StaffSession
from models.text import fold, fold_domain
from models.values import Count
from tests.conftest import insert_account
from tests.models.desks import undone

HUB = 2

letters = st.text("aäbB1-. ", min_size=1, max_size=5).filter(lambda text: text.strip())
names = st.text("aäbB1-.", min_size=1, max_size=4)
phrases = st.lists(st.sampled_from(["ab", "abab", "ba", "b", "1"]), min_size=1, max_size=3).map(
    " ".join
)


@dataclass(frozen=True)
class Person:
    """An account of the model."""

    id: int
    username: str
    domains: tuple[str, ...]
    person: str
    company: str
    email: str
    plan: str
    reseller: int | None

    @property
    def fields(self) -> list[str]:
        """What is searched."""
        forms = [form for domain in self.domains for form in fold_domain(domain)]
        folded = map(fold, (self.username, self.person, self.company, self.email, str(self.id)))
        return [field for field in (*forms, *folded) if field]

    def rank(self, words: str) -> tuple[object, ...] | None:
        """Return what orders it among those that are found; None: it is not."""
        domains = sorted(fold(domain) for domain in self.domains)
        beginning = next((name for name in domains if name.startswith(words)), "")
        anywhere = "\n".join(self.fields)
        tiers = (
            (str(self.id) == words, ""),
            (fold(self.username) == words, ""),
            (words in domains, ""),
            (fold(self.username).startswith(words), fold(self.username)),
            (bool(beginning), beginning),
            (any(field.startswith(words) for field in self.fields), ""),
            (words in anywhere, ""),
            (all(word in anywhere for word in words.split()), ""),
        )
        for tier, (holds, order) in enumerate(tiers):
            if holds:
                return tier, order, self.id
        return None


people = st.builds(
    Person,
    st.integers(1, 3000),
    names,
    st.lists(names, max_size=3, unique=True).map(tuple),
    st.one_of(st.just(""), letters, phrases),
    st.one_of(st.just(""), letters),
    st.one_of(st.just(""), names),
    st.sampled_from(["", "Pro", "Pro XL", "äb"]),
    st.sampled_from([None, None, HUB]),
)
companies = st.lists(people, max_size=7, unique_by=lambda person: person.id).filter(
    lambda company: all(person.id != HUB for person in company)
)
filters = st.sampled_from(["", "", "plan:pro", 'plan:"pro x"', "user:a", "domain:ä", "email:b1"])


def meets(person: Person, condition: str) -> tuple[bool, bool]:
    """Tell whether an account meets a filter, and whether it comes before others by it."""
    name, _, value = condition.partition(":")
    value = fold(value.strip('"'))
    texts: Sequence[str] = {
        "": [""],
        "plan": [fold(person.plan)],
        "user": [fold(person.username)],
        "email": [fold(person.email)],
        "domain": [form for domain in person.domains for form in fold_domain(domain)],
    }[name]
    return any(value in text for text in texts), any(text.startswith(value) for text in texts)


def expected(company: Sequence[Person], words: str, condition: str, own: int | None) -> list[int]:
    """Return the accounts that are found, in their order, by the model."""
    reachable = [person for person in company if own is None or person.reseller == own]
    wanted = [person for person in reachable if meets(person, condition)[0]]
    if not words:
        wanted.sort(key=lambda person: (not meets(person, condition)[1], person.id))
        return [person.id for person in wanted]
    ranked = [(rank, person.id) for person in wanted if (rank := person.rank(words)) is not None]
    return [id_ for _, id_ in sorted(ranked)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    companies,
    st.one_of(st.just(""), letters, names, phrases),
    filters,
    st.booleans(),
    st.booleans(),
    st.sampled_from([3, 500]),
)
@example([Person(5, "a", ("a", "aä"), "", "", "", "Pro", None)], "a", "plan:pro", False, True, 3)
@example(
    [Person(1, "1", (), "", "", "", "", None), Person(4, "1", (), "", "", "", "", None)],
    "abab abab", "", False, False, 3,
)  # fmt: skip
@example([Person(12, "b", (), "1", "", "", "", HUB)], "1", "", True, False, 3)
def test_what_is_found_and_in_which_order(
    desk: StaffDesk,
    company: list[Person],
    text: str,
    condition: str,
    of_reseller: bool,
    few_are_ranked: bool,
    sample: int,
) -> None:
    with pytest.MonkeyPatch.context() as patch, undone(desk):
        # Both ways of the search, and the limits of its shortcuts.
        patch.setattr(models.staff.search, "FEW_TO_RANK", 2000 if few_are_ranked else -1)
        patch.setattr(models.staff.search, "FEW_TO_LIST", 2000 if few_are_ranked else -1)
        patch.setattr(search_index, "SCANNED", 2)
        patch.setattr(search_index, "COMMON", 0.6)
        patch.setattr(search_index, "MANY", 2)
        patch.setattr(trigrams, "MOST_TRIGRAMS", 2)
        patch.setattr(trigrams, "ASKED", 1)
        patch.setattr(trigrams, "SAMPLE", sample)
        patch.setattr(trigrams, "COMPARED", 4)
        insert_account(desk, "hub", id=HUB, is_reseller=True, plan="Hub")
        for one in company:
            insert_account(
                desk,
                one.username,
                one.domains,
                id=one.id,
                person=one.person,
                company=one.company,
                email=one.email,
                plan=one.plan,
                reseller=one.reseller,
            )
        hub = Person(HUB, "hub", (), "", "", "", "Hub", None)
        provider = HUB if of_reseller else None
        session = StaffSession(desk.database, Actor("rosa"), provider, Settings())
        search = AccountSearch(session)
        ids = expected([hub, *company], fold(text), condition, provider)
        line = f"{condition} {text}"
        assert [row.id for row in search.page(line).rows] == ids
        assert search.count(line) == Count(len(ids))
        for limit in (1, 3):
            windows = [search.page(line, offset, limit) for offset in range(0, 9, limit)]
            assert [row.id for window in windows for row in window.rows] == ids
            for window in windows:
                more = window.total if window.exact else window.total + 1
                assert window.total == len(ids) if window.exact else more <= len(ids)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(st.text(max_size=220))
@example('job:"')
@example("job:AND OR NOT NEAR(a b) ^ * : { } + -")
@example('a" OR search_text:*')
@example("\0 \ud800")
@example("job:\0\ud800")
@example("job:" + "é" * 196)
@example("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 200)
@example("plan:\ud800 user:\0x domain:.xn--a email:%")
def test_no_text_is_a_fault(desk: StaffDesk, text: str) -> None:
    insert_account(desk, "acme", ["acme.example"], company="Acme")
    for asked in (desk.search.page, desk.search.jobs, desk.search.count, desk.search.first):
        with suppress(BadInput):
            asked(text)
