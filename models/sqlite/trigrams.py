"""By which trigrams a text is sought: those that few accounts have.

The index reads the whole list of each trigram that it is asked for. That of `.ex` may name every
account, and so take a thousand times as long as what is rare in the same text. So the rarest are
asked for, as many as pay, and what they find is compared with the text itself.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Final

from models.sqlite.database import PanelDatabase

TRIGRAM: Final = 3
"""Characters that the index of texts takes for one term."""

SAMPLE: Final = 500
"""Accounts of which the texts are looked at; with fewer, nothing takes long."""

COMPARED: Final = 400
"""Entries of a list that are read in the time in which one account is compared with a text."""

KEPT: Final = 0.7
"""What a trigram more leaves of accounts of which the sample has none."""

ASKED: Final = 60
"""Accounts that are compared in the time in which one trigram is found and asked for."""

ENOUGH: Final = 100
"""Accounts, about, of which no more are taken in most cases."""

MOST_TRIGRAMS: Final = 160
"""Trigrams by which a text of one or two characters is sought, if it can be done without them."""

_ALL_TRIGRAMS = 1 << 24

_STARTS = 16
"""Places in the sample that are looked at."""

_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Plan:
    """How texts are sought: what the index is asked for, and what is to be compared.

    `asked` holds for every account that has all of the texts. `whole` are those of the texts of
    which nothing is left to compare.
    """

    asked: str = ""
    whole: frozenset[str] = frozenset()


class Trigrams:
    """What is common on one connection; looked at once, for it decides on nothing but time."""

    def __init__(self, database: PanelDatabase) -> None:
        """Look at accounts of `database` when something is asked for the first time."""
        self._database = database
        self._sample: _Sample | None = None

    def prepare(self) -> None:
        """Look at accounts now: in a large database that takes some tens of milliseconds."""
        self._known()

    def plan(self, texts: Sequence[str], *, needed: bool = False) -> Plan | None:
        """Return how accounts that have all of some texts are sought, None if there are none.

        Where only texts of one or two characters are sought, the index is left alone if they
        begin many trigrams, unless it is `needed`.
        """
        sample = self._known()
        rarest, left = _rarest(texts, sample)
        short: dict[str, list[str]] = {}
        among = 1.0
        for share, text in sorted({(sample.share(it), it) for it in texts if len(it) < TRIGRAM}):
            compared = min(left * among * sample.accounts, ENOUGH / share)
            most = min(MOST_TRIGRAMS, int(compared / ASKED))
            terms = self._terms(text, _ALL_TRIGRAMS if needed and not (rarest or short) else most)
            if terms == []:
                return None
            if terms:
                short[text] = terms
                among *= share
        if among < 1:
            rarest, _ = _rarest(texts, sample, among)
        asked = [near(text, sorted(places)) for text, places in rarest.items()]
        asked += [f"({' OR '.join(map(quoted, terms))})" for terms in short.values()]
        whole = {text for text, places in rarest.items() if len(places) == _count(text)}
        return Plan(" AND ".join(asked), frozenset(whole.union(short)))

    def expected(self, texts: Sequence[str]) -> float:
        """Return how many accounts have all of some texts, very roughly; 0 where they are few."""
        sample = self._known()
        short = (sample.share(text) for text in texts if len(text) < TRIGRAM)
        return prod(short, start=_rarest(texts, sample)[1]) * sample.accounts

    def _terms(self, text: str, most: int) -> list[str] | None:
        """Return the trigrams in use that begin with a text, None if they are more than `most`."""
        # From one trigram to the next: reading how often each occurs would take long.
        found = self._database.execute_sql(
            "WITH RECURSIVE known(term) AS ("
            "SELECT (SELECT term FROM account_trigrams WHERE term >= ?1 LIMIT 1) UNION ALL"
            " SELECT (SELECT term FROM account_trigrams WHERE term >= known.term || char(1)"
            " LIMIT 1) FROM known WHERE known.term < ?2)"
            " SELECT term FROM known WHERE term < ?2 LIMIT ?3",
            (text, text + _LAST, most + 1),
        )
        terms = [term for (term,) in found]
        return terms if len(terms) <= most else None

    def _known(self) -> "_Sample":
        if self._sample is None:
            query = "SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM account"
            ((first, last),) = self._database.execute_sql(query)
            step = (last - first) // SAMPLE
            texts = self._database.execute_sql(
                "WITH RECURSIVE place(id) AS (SELECT ?1 UNION ALL SELECT id + ?2 FROM place"
                " LIMIT ?3) SELECT (SELECT search_text || id || char(10, 10) FROM account"
                " WHERE account.id >= place.id ORDER BY id LIMIT 1) FROM place",
                (first, step, SAMPLE if step else 0),
            )
            self._sample = _Sample("".join(text for (text,) in texts), last - first if step else 0)
        return self._sample


class _Sample:
    """The texts of some accounts, and about how many there are in all.

    The places of its trigrams are kept in the order of these, which takes four bytes for each.
    """

    def __init__(self, text: str, accounts: int) -> None:
        self.text = text
        self.accounts = accounts
        self._places = array("I", sorted(range(_count(text)), key=self._term))

    def share(self, term: str) -> float:
        """Return the part of all accounts that has a term, about."""
        count = len(self._range(term)) if len(term) == TRIGRAM else self.text.count(term)
        return max(0.5, count) / SAMPLE

    def starts(self, term: str, place: int) -> list[int]:
        """Return where texts would start that have the term at a place: enough to tell from."""
        found = self._range(term)[:_STARTS]
        return [self._places[number] - place for number in found]

    def _range(self, term: str) -> range:
        """Return which of the places are those of a trigram."""
        first = bisect_left(self._places, term, key=self._term)
        return range(first, bisect_right(self._places, term, first, key=self._term))

    def _term(self, place: int) -> str:
        return self.text[place : place + TRIGRAM]


def _rarest(
    texts: Sequence[str], sample: _Sample, among: float = 1.0
) -> tuple[dict[str, list[int]], float]:
    """Return the places of the trigrams that pay, and the part of all accounts that is left.

    They are sought `among` a part of the accounts.

    Every trigram more costs the reading of its list, and saves the comparing of some accounts:
    how many, the sample tells by what stands around the trigrams that were chosen before.
    """
    if not sample.text:
        return {text: list(range(_count(text))) for text in texts if _count(text)}, 1.0
    rarest = sorted(
        (sample.share(term), text, place)
        for text in set(texts)
        for place, term in enumerate(_terms(text))
    )
    places: dict[str, list[int]] = {}
    starts: dict[str, list[int]] = {}
    left = among
    for share, text, place in rarest:
        term = text[place : place + TRIGRAM]
        if text not in places:
            further = sample.starts(term, place)
            kept = min(1.0, share)
        else:
            before = starts[text]
            further = [at for at in before if sample.text.startswith(term, at + place)]
            # As if there were one more, of which most is kept: a few do not tell much, and
            # trigrams side by side are often of the same word.
            kept = (len(further) + KEPT) / (len(before) + 1)
            kept = 1.0 if len(further) == _STARTS else kept
        if not places or share < COMPARED * left * (1 - kept):
            places.setdefault(text, []).append(place)
            starts[text] = further
            left *= kept
    return places, left


def quoted(text: str) -> str:
    """Return a text as the full-text index takes it: whatever is in it, it means itself."""
    return '"' + text.replace('"', '""') + '"'


def near(text: str, places: Sequence[int]) -> str:
    """Return what finds the trigrams of a text that begin at some places, as near as they are."""
    stretches: list[list[int]] = []
    for place in places:
        if stretches and place == stretches[-1][1] + 1:
            stretches[-1][1] = place
        else:
            stretches.append([place, place])
    phrases = " ".join(quoted(text[first : last + TRIGRAM]) for first, last in stretches)
    between = stretches[-1][0] - stretches[0][1] - 1
    return f"NEAR({phrases}, {between})" if len(stretches) > 1 else phrases


def _terms(text: str) -> list[str]:
    """Return the trigrams of a text, in their order."""
    return [text[place : place + TRIGRAM] for place in range(_count(text))]


def _count(text: str) -> int:
    return max(0, len(text) - TRIGRAM + 1)
