"""What an account is found by, for a million of them."""

from collections.abc import Sequence
from typing import NamedTuple

from models.search_text import search_text
from models.text import fold


class Folded(NamedTuple):
    """The folded texts that are stored with an account."""

    username: str
    domains: Sequence[str]
    search_text: str

    @classmethod
    def of(
        cls, username: str, domains: Sequence[str], person: str, company: str, email: str
    ) -> "Folded":
        """Fold texts that are cleaned lines, and domains without blanks in them."""
        parts = [part for part in (username, *domains, person, company, email) if part]
        line = " ".join(parts).lower()
        if line.isascii() and line.isprintable() and "  " not in line and "xn--" not in line:
            # Most accounts are like this: folding changes nothing but the case.
            lowered = [domain.lower() for domain in domains]
            return cls(username.lower(), lowered, "\n" + "\n".join(parts).lower() + "\n")
        text = search_text(username, domains, person, company, email)
        return cls(fold(username), [fold(domain) for domain in domains], text)
