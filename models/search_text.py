"""The text by which an account is found, folded: case, accents and IDN forms do not matter."""

from collections.abc import Iterable

from models.text import fold, fold_domain


def search_text(
    username: str, domains: Iterable[str], person: str, company: str, email: str
) -> str:
    """Return the folded fields of an account, each between line feeds."""
    parts = [fold(username)]
    for domain in domains:
        parts += fold_domain(domain)
    parts += [fold(person), fold(company), fold(email)]
    return "\n" + "\n".join(part for part in parts if part) + "\n"


def folded_query(text: str) -> str:
    """Return what a person typed into Search in the same form, blanks collapsed."""
    return " ".join(fold(text).split())
