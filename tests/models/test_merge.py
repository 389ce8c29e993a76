"""Two people's changes come together, and no text of either is lost."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.merge import THEIRS, Dispute, Texts, Value, kept_disputes, merge, to_keep

FEW = st.sampled_from(["", "a", "b", "c", "ab"])
"""So few that they are often the same."""

NAMES = ("description", "details", "pricing", "rate", "done")
FORMS: st.SearchStrategy[Texts] = st.fixed_dictionaries(
    {name: st.one_of(st.booleans()) if name == "done" else FEW for name in NAMES}
)
GOVERNS = {"pricing": ("rate",)}


def cycle(dispute: Dispute) -> Iterator[Value]:
    """Yield what stands in the form, one press of the key after another, all around."""
    for _ in dispute.versions:
        yield dispute.value
        dispute = dispute.next()


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "form"),
    [
        ("a", "a", "a", "a"),
        ("a", "b", "a", "b"),
        ("a", "b", "b", "b"),
        (False, True, False, True),
        (True, True, True, True),
    ],
)
def test_what_needs_no_word_gets_none(base: Value, mine: Value, theirs: Value, form: Value) -> None:
    merged = merge({"x": base}, {"x": mine}, {"x": theirs})
    assert merged.texts == {"x": form}
    assert not merged.taken
    assert not merged.disputes


def test_what_only_the_others_changed_is_taken_over() -> None:
    merged = merge({"x": "a", "y": False}, {"x": "a", "y": False}, {"x": "b", "y": True})
    assert merged.texts == {"x": "b", "y": True}
    assert merged.taken == ("x", "y")
    assert not merged.disputes


def test_what_both_changed_differently_is_left_to_choose_and_mine_stays_in_the_form() -> None:
    merged = merge({"x": "a"}, {"x": "b"}, {"x": "c"})
    assert merged.texts == {"x": "b"}
    assert merged.disputes == {"x": Dispute("b", "c")}
    assert not merged.disputes["x"].is_decided


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"pricing": "hourly", "rate": "80"}, {"pricing": "fixed", "rate": "75"}),
        ({"pricing": "fixed", "rate": "75"}, {"pricing": "hourly", "rate": "80"}),
    ],
)
def test_a_rate_that_one_changed_and_a_pricing_that_the_other_changed_do_not_mix_unsaid(
    mine: Texts, theirs: Texts
) -> None:
    base = {"pricing": "hourly", "rate": "75"}
    merged = merge(base, mine, theirs, governs=GOVERNS)
    assert set(merged.disputes) == {"pricing"}
    assert merged.texts["pricing"] == mine["pricing"]


def test_a_pricing_and_a_rate_of_the_same_side_are_no_dispute() -> None:
    base = {"pricing": "hourly", "rate": "75"}
    fixed = {"pricing": "fixed", "rate": "80"}
    assert not merge(base, fixed, base, governs=GOVERNS).disputes
    assert merge(base, base, fixed, governs=GOVERNS).taken == ("pricing", "rate")


def test_choosing_goes_around() -> None:
    dispute = Dispute("mine", "theirs").next()
    assert (dispute.value, dispute.is_decided) == ("theirs", True)
    assert dispute.next().value == "mine"


def test_typing_over_mine_is_mine_and_decided() -> None:
    dispute = Dispute("mine", "theirs").typed("mine!")
    assert dispute == Dispute("mine!", "theirs", is_decided=True)


def test_typing_over_theirs_keeps_mine_one_key_away() -> None:
    dispute = Dispute("mine", "theirs").next().typed("theirs!").typed("theirs!!")
    assert dispute.versions == ("mine", "theirs", "theirs!!")
    assert dispute.value == "theirs!!"
    assert dispute.next().value == "mine"


def test_typing_back_to_theirs_leaves_no_half_typed_text_behind() -> None:
    dispute = Dispute("mine", "theirs").next().typed("theirs!").typed("theirs")
    assert dispute == Dispute("mine", "theirs", at=THEIRS, is_decided=True)


def test_the_text_that_stands_in_the_form_already_decides_nothing() -> None:
    assert Dispute("mine", "theirs").typed("mine") == Dispute("mine", "theirs")


def test_a_decision_stands_as_long_as_theirs_does() -> None:
    chosen = Dispute("mine", "theirs").next()
    assert chosen.meet("theirs") == chosen


@pytest.mark.parametrize("presses", [1, 2])
def test_new_text_of_theirs_opens_the_choice_again(presses: int) -> None:
    chosen = Dispute("mine", "theirs")
    for _ in range(presses):
        chosen = chosen.next()
    met = chosen.meet("newer")
    assert not met.is_decided
    assert met.at == chosen.at
    assert set(met.versions) == {"mine", "newer"}


def test_others_who_come_to_the_same_text_settle_it() -> None:
    merged = merge({"x": "c"}, {"x": "b"}, {"x": "b"}, {"x": Dispute("b", "c", is_decided=True)})
    assert merged.texts == {"x": "b"}
    assert not merged.disputes


@given(FORMS, FORMS, FORMS)
def test_no_text_of_either_side_is_lost(base: Texts, mine: Texts, theirs: Texts) -> None:
    merged = merge(base, mine, theirs, governs=GOVERNS)
    assert set(merged.texts) == set(NAMES)
    for name in NAMES:
        dispute = merged.disputes.get(name)
        reached = set(cycle(dispute)) if dispute else {merged.texts[name]}
        assert merged.texts[name] == (dispute.value if dispute else merged.texts[name])
        if mine[name] != base[name]:
            assert mine[name] in reached
        if theirs[name] != base[name]:
            assert theirs[name] in reached
        if base[name] == mine[name] == theirs[name]:
            assert merged.texts[name] == base[name]
            assert not dispute
        assert (name in merged.taken) == (not dispute and merged.texts[name] != mine[name])


STEPS = st.lists(
    st.one_of(
        st.just(("choose", "")),
        st.tuples(st.just("type"), FEW),
        st.tuples(st.just("theirs"), FEW),
    ),
    max_size=12,
)


@given(FEW, FEW, FEW, STEPS)
def test_whatever_follows_only_typing_over_a_text_of_ones_own_loses_it(
    base: str, mine: str, theirs: str, steps: list[tuple[str, str]]
) -> None:
    form: dict[str, Value] = {"x": mine}
    merged = merge({"x": base}, form, {"x": theirs})
    own = {mine} if mine != base else set()
    for step, text in steps:
        dispute = merged.disputes.get("x")
        if not dispute:
            return
        if step == "theirs":
            now = {"x": dispute.theirs}
            form = {"x": dispute.value}
            merged = merge(now, form, {"x": text}, merged.disputes)
            own.discard(str(now["x"]))  # a text that was theirs, too
            theirs = text
        else:
            if step == "type" and text != dispute.value:
                if dispute.at != THEIRS:
                    own.discard(str(dispute.value))
                own.add(text)
            dispute = dispute.next() if step == "choose" else dispute.typed(text)
            merged.disputes["x"] = dispute
        dispute = merged.disputes.get("x")
        reached = set(cycle(dispute)) if dispute else {merged.texts["x"]}
        assert own - {theirs} <= reached
        assert theirs in reached


@given(FEW, FEW, FEW, st.lists(st.one_of(st.none(), FEW), max_size=6), FEW)
def test_what_is_kept_of_a_dispute_brings_back_every_text(
    base: str, mine: str, theirs: str, steps: list[str | None], later: str
) -> None:
    found = merge({"x": base}, {"x": mine}, {"x": theirs}).disputes.get("x")
    if found is None:
        return
    for step in steps:
        found = found.next() if step is None else found.typed(step)
    kept = to_keep({"x": found.value}, {"x": found})
    now = {"x": later}
    disputes = kept_disputes(kept, now)
    form = {"x": disputes["x"].value if disputes else kept["x"]}
    again = merge({"x": base}, form, now, disputes)
    dispute = again.disputes.get("x")
    reached = set(cycle(dispute)) if dispute else {again.texts["x"]}
    assert {found.mine, *found.more} - {base, later} <= reached
    assert not (dispute and dispute.is_decided)
