"""What a person asks for in Search: words, filters, and what is sought in jobs.

Pure: a text becomes a `SearchQuery`, or is refused with a sentence that says what would be right.
"""

import difflib
import re
from dataclasses import dataclass
from typing import Final

from models.moments import span
from models.refusals import BadInput
from models.search_text import folded_query
from models.text import clean_line, fold_domain, quoted
from models.values import AccountStatus

TEXT_LIMIT: Final = 200
"""Characters that a search may have."""

OPEN_JOBS: Final = "open-jobs"
UNBILLED: Final = "unbilled"

_WHAT: Final = {
    "user": "user names with this in them",
    "domain": "domains with this in them",
    "email": "e-mail addresses with this in them",
    "plan": "plans with this in them; blanks need quotes",
    "status": "active, suspended or closed",
    "reseller": "the customers of the reseller with this Account ID",
    "created": "when the account was created: 2026-01, 2026-01-15, 2026-01..2026-03",
    "has": "open-jobs or unbilled: accounts with such work",
    "job": "words in descriptions, details, tasks and notes of jobs",
}
_EXAMPLES: Final = {
    "user": "user:acme",
    "domain": "domain:shop.example",
    "email": "email:jane@",
    "plan": 'plan:"Pro XL"',
    "created": "created:2026-01, created:2026-01-15.. or created:2026-01..2026-03",
    "job": "job:certificate",
}
_CHOICES: Final = {
    "status": {
        AccountStatus.ACTIVE.value: "accounts that are in use",
        AccountStatus.SUSPENDED.value: "accounts that are suspended",
        AccountStatus.CLOSED.value: "accounts that were closed",
    },
    "has": {
        OPEN_JOBS: "with a job that is new, in progress or on hold",
        UNBILLED: "with a task done that is not billed yet",
    },
}
_OF_JOB_NUMBER: Final = "the job with this number"

_FILTER = re.compile(
    rf'(?<!\S)(?P<name>{"|".join(_WHAT)}) ?: ?(?P<value>"[^"]*"?|\S*)', re.IGNORECASE
)
_LIKE_A_FILTER = re.compile(r"(?<!\S)([a-z]+):(?!//)", re.IGNORECASE)
_ACCOUNT_ID = re.compile(r"[0-9]{1,12}")
_JOB_NUMBER = re.compile(r"#([0-9]{1,12})")
_LAST_WORD = re.compile(r'(?:[^\s"]|"[^"]*"?)*\Z')


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on accounts: the name of the filter and what was written behind it, folded.

    `span` is what `created` means: from the first moment, in epoch milliseconds, to before the
    second one; None where it is open.
    """

    name: str
    value: str
    span: tuple[int | None, int | None] = (None, None)


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is sought.

    Attributes:
        words: the text without the filters, folded.
        names: the forms of that text that a domain may have been written in, folded.
        filters: conditions that all hold.
        job_words: what stands behind `job:`, None without it; then jobs are sought.
        job_number: the number of the one job that `#57` means.
    """

    words: str
    names: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    job_words: str | None = None
    job_number: int | None = None

    @property
    def is_of_jobs(self) -> bool:
        """Whether jobs are sought, not accounts."""
        return self.job_words is not None or self.job_number is not None

    @property
    def is_empty(self) -> bool:
        """Whether everything is meant."""
        return not (self.words or self.filters or self.is_of_jobs)


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that could be written in place of the text from `start` to `end`, and what it is.

    An empty `insert` only says what belongs there.
    """

    insert: str
    start: int
    end: int
    what: str


def parse_query(text: str) -> SearchQuery:
    """Return what a text in Search means.

    What stands behind `job:`, up to the next filter, is sought in jobs; all other words are of
    accounts. `job:` may be alone, as it is while one types.

    Raises:
        BadInput: it is too long, has an unknown filter, or a value that its filter cannot have.
    """
    line = " ".join(text.split())
    if len(line) > TEXT_LIMIT:
        raise BadInput(f"A search has at most {TEXT_LIMIT} characters.")
    words, job_words, filters = [], None, []
    position, of_job = 0, False
    for found in [*_FILTER.finditer(line), None]:
        plain = line[position : found.start() if found else len(line)].strip()
        _refuse_unknown(plain)
        if of_job:
            job_words = f"{job_words} {plain}"
        else:
            words.append(plain)
        if found is None:
            break
        position = found.end()
        name, value = found["name"].lower(), found["value"].strip('"').strip()
        of_job = name == "job"
        if of_job:
            job_words = value if job_words is None else f"{job_words} {value}"
        else:
            filters.append(_filter(name, value))
    plain = " ".join(words).strip()
    number = _JOB_NUMBER.fullmatch(plain)
    if number:
        plain = ""
    return SearchQuery(
        words=folded_query(plain),
        names=tuple(dict.fromkeys((folded_query(plain), *fold_domain(plain)))) if plain else (),
        filters=tuple(filters),
        job_words=None if job_words is None else clean_line(" ".join(job_words.split())),
        job_number=int(number[1]) if number else None,
    )


def hints(text: str, cursor: int) -> tuple[Hint, ...]:
    """Return what could be written at the cursor, in the place of the word that was begun there.

    At the start of a word that is every filter, within one those that begin so, behind a filter's
    colon its values; nothing where the word is a name like any other.
    """
    word = _LAST_WORD.search(text[:cursor])
    begun = word[0] if word else ""
    start = cursor - len(begun)
    name, colon, value = begun.lower().partition(":")
    if colon:
        return _values(name, value, cursor - len(value), cursor)
    found = [
        Hint(f"{known}:", start, cursor, what)
        for known, what in _WHAT.items()
        if known.startswith(name)
    ]
    if not name and not text.strip():
        found.append(Hint("#", start, cursor, _OF_JOB_NUMBER))
    return tuple(found)


def _values(name: str, begun: str, start: int, end: int) -> tuple[Hint, ...]:
    if name in _CHOICES:
        return tuple(
            Hint(f"{value} ", start, end, what)
            for value, what in _CHOICES[name].items()
            if value.startswith(begun)
        )
    return (Hint("", start, end, _WHAT[name]),) if name in _WHAT else ()


def _refuse_unknown(plain: str) -> None:
    named = _LIKE_A_FILTER.search(plain)
    if named is None:
        return
    nearest = difflib.get_close_matches(named[1].lower(), _WHAT, 1, 0.5)
    advice = f"did you mean {nearest[0]}:?" if nearest else f"there are {_listed(list(_WHAT))}."
    raise BadInput(f"There is no filter {quoted(named[1] + ':')}; {advice}")


def _filter(name: str, value: str) -> Filter:
    if name == "reseller":
        if not _ACCOUNT_ID.fullmatch(value):
            raise BadInput(
                "Write the reseller's Account ID behind reseller: and, if you like, more to look "
                "for, such as reseller:1005 or reseller:1005 acme."
            )
        return Filter(name, str(int(value)))
    if name in _CHOICES:
        return Filter(name, _choice(name, value))
    folded = folded_query(value)
    if not folded:
        raise BadInput(f"Write what to look for behind {name}:, such as {_EXAMPLES[name]}.")
    if name == "created":
        return Filter(name, folded, _created(folded))
    return Filter(name, folded)


def _choice(name: str, value: str) -> str:
    """Return the value that is meant; its beginning will do."""
    typed = value.lower()
    meant = [known for known in _CHOICES[name] if typed and known.startswith(typed)]
    if len(meant) == 1:
        return meant[0]
    nearest = difflib.get_close_matches(typed, _CHOICES[name], 1, 0.5)
    advice = f" Did you mean {name}:{nearest[0]}?" if nearest else ""
    raise BadInput(f"Behind {name}: stands {_listed(list(_CHOICES[name]), ' or ')}.{advice}")


def _created(value: str) -> tuple[int | None, int | None]:
    first, dots, last = value.partition("..")
    try:
        if not dots:
            return span(first)
        if not (first or last):
            raise BadInput("Both ends are open.")
        since = span(first)[0] if first else None
        until = span(last)[1] if last else None
    except BadInput as error:
        raise BadInput(f"{error} Write {_EXAMPLES['created']}.") from error
    if since is not None and until is not None and since >= until:
        raise BadInput(f"{quoted(value)} ends before it begins: the earlier date comes first.")
    return since, until


def _listed(names: list[str], last: str = " and ") -> str:
    return f"{', '.join(names[:-1])}{last}{names[-1]}"
