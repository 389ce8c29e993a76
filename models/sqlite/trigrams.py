"""Which trigrams many accounts have, and how a text is sought without them.

The index reads the whole list of each trigram of a text. Those of `.example` may be in every
account, and so take a hundred times as long to read as all that is rare in the text. Where some
are rare, the others are left out, and what is found is compared with the text itself.
"""

from collections import Counter
from typing import Final

from models.sqlite.database import PanelDatabase

TRIGRAM: Final = 3
"""Characters that the index of texts takes for one term."""

SAMPLE: Final = 300
"""Accounts of which the texts are looked at; with fewer, nothing takes long."""

COMMON: Final = 0.3
"""The part of them that has a common trigram."""

_BEGINNING: Final = 5
"""Characters by which a text of nothing but common trigrams is sought."""


class Trigrams:
    """What is common on one connection; looked at once, for it decides on nothing but time."""

    def __init__(self, database: PanelDatabase) -> None:
        """Look at accounts of `database` when something is asked for the first time."""
        self._database = database
        self._common: frozenset[str] | None = None

    def phrases(self, text: str) -> list[str]:
        """Return the parts of a text by which it is sought, or the text itself.

        Those are the stretches of rare trigrams, each with what is beside it.
        """
        common = self._known()
        terms = _terms(text)
        rare = [place for place, term in enumerate(terms) if term not in common]
        if len(rare) == len(terms):
            return [text]
        if not rare:
            return [text[:_BEGINNING]]
        stretches: list[list[int]] = []
        for place in rare:
            if stretches and place - stretches[-1][1] <= TRIGRAM:
                stretches[-1][1] = place
            else:
                stretches.append([place, place])
        return [text[max(0, first - 1) : last + TRIGRAM + 1] for first, last in stretches]

    def _known(self) -> frozenset[str]:
        if self._common is None:
            query = "SELECT search_text FROM account ORDER BY id LIMIT ?"
            texts = [row[0] for row in self._database.execute_sql(query, (SAMPLE,))]
            if len(texts) < SAMPLE:
                return frozenset()
            counts = Counter(term for text in texts for term in set(_terms(text)))
            most = COMMON * SAMPLE
            self._common = frozenset(term for term, count in counts.items() if count > most)
        return self._common


def _terms(text: str) -> list[str]:
    """Return the trigrams of a text, in their order."""
    return [text[place : place + TRIGRAM] for place in range(len(text) - TRIGRAM + 1)]
