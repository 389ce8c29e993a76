"""What an account is found by, for a million of them."""

from models.search_text import search_text


def found_by(
    username: str, domains: str, person: str | None, company: str | None, email: str | None
) -> str:
    """Return the folded text of cleaned lines; between two domains is one blank."""
    names = domains.split()
    text = "\n".join(filter(None, (username, *names, person, company, email))).lower()
    line = text.replace("\n", "")
    if line.isascii() and line.isprintable() and "  " not in line and "xn--" not in line:
        # Most accounts are like this: folding changes nothing but the case.
        return f"\n{text}\n"
    return search_text(username, names, person or "", company or "", email or "")
