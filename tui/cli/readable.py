"""Records in plain text for people at a terminal: no colour, nothing but displayable text."""

from collections.abc import Iterator, Sequence

from models.access.grants import Grant
from models.duration import format_time
from models.moments import day, short
from models.pricing import amount_in_words
from models.text import displayable
from models.values import Account, AccountRow, Count, Event, Job, JobHit, Note, Page, Task
from tui.cli.text_table import Column, facts, output_width, table

_HIT_COLUMNS = (
    Column("ID", right=True),
    Column("User", elastic=True),
    Column("Domain", elastic=True),
    Column("Person", elastic=True),
    Column("Company", elastic=True),
    Column("Plan", elastic=True),
    Column("Status"),
    Column("Reseller", right=True),
)
_GRANT_COLUMNS = (
    Column("ID", right=True),
    Column("Who", elastic=True),
    Column("Accounts", elastic=True),
    Column("Reseller", right=True),
    Column("Key"),
    Column("Fingerprint", elastic=True),
    Column("Comment", elastic=True),
    Column("Since"),
)
_JOB_COLUMNS = (
    Column("ID", right=True),
    Column("Account", right=True),
    Column("Description", elastic=True),
    Column("Status"),
    Column("Time", right=True),
    Column("Total", right=True),
    Column("Due"),
    Column("Assignee", elastic=True),
    Column("Provider", right=True),
)
_JOB_HIT_COLUMNS = (
    Column("ID", right=True),
    Column("Account", right=True),
    Column("User", elastic=True),
    Column("Description", elastic=True),
    Column("Status"),
    Column("Found in", elastic=True),
)
_TASK_COLUMNS = (
    Column("ID", right=True),
    Column("Description", elastic=True),
    Column("Amount"),
    Column("State"),
    Column("By", elastic=True),
    Column("Note", elastic=True),
)
_EVENT_COLUMNS = (
    Column("When"),
    Column("Who", elastic=True),
    Column("Account", right=True),
    Column("What", elastic=True),
)


def grants(values: Sequence[Grant]) -> str:
    """Return who may come in, and by which key."""
    if not values:
        return "Nobody can come in by a key yet: see customjobs access add --help."
    rows = [
        (
            str(value.id),
            value.staff or "customer",
            ", ".join(map(str, value.accounts)),
            str(value.reseller or ""),
            value.key.kind,
            value.key.fingerprint,
            value.key.comment,
            day(value.created),
        )
        for value in values
    ]
    return "\n".join(table(_GRANT_COLUMNS, rows, output_width()))


def hits(found: Sequence[AccountRow], count: Count) -> str:
    """Return accounts that a search found, and how many there are."""
    if not count.total:
        return "No account matches."
    rows = [
        (
            str(row.id),
            row.username,
            row.domain,
            row.person,
            row.company,
            row.plan,
            row.status.value,
            str(row.reseller or ""),
        )
        for row in found
    ]
    return "\n".join([*table(_HIT_COLUMNS, rows, output_width()), _of_all(rows, count)])


def job_hits(found: Sequence[JobHit], count: Count) -> str:
    """Return jobs that a search found, and how many there are."""
    if not count.total:
        return "No job matches."
    rows = [
        (
            f"#{hit.id}",
            str(hit.account),
            hit.username,
            hit.description,
            hit.status.label,
            f"{hit.found.where}: {hit.found.text}" if hit.found else "",
        )
        for hit in found
    ]
    return "\n".join([*table(_JOB_HIT_COLUMNS, rows, output_width()), _of_all(rows, count)])


def _of_all(rows: Sequence[object], count: Count) -> str:
    more = "" if count.exact else "more than "
    return f"{len(rows):,} of {more}{count.total:,}"


def history(page: Page[Event]) -> str:
    """Return entries of the history, one line each, and how many more there are."""
    if not page.total:
        return "Nothing of this kind happened yet."
    rows = [(short(row.at), row.actor, str(row.account or ""), row.summary) for row in page.rows]
    count = f"{len(rows):,} of {page.total:,}"
    if more := page.total - len(rows):
        count += f": {more:,} more with --limit"
    return "\n".join([*table(_EVENT_COLUMNS, rows, output_width()), count])


def account(value: Account) -> str:
    """Return an account with all that is known of it."""
    status = value.status.value + (f" ({value.status_reason})" if value.status_reason else "")
    reseller = f"{value.reseller} {value.reseller_name}" if value.reseller else ""
    lines = facts(
        [
            ("Account ID", str(value.id)),
            ("User", value.username),
            ("Domains", ", ".join(value.domains)),
            ("Person", value.person),
            ("Company", value.company),
            ("E-mail", value.email),
            ("Phone", value.phone),
            ("Address", value.address.text),
            ("Plan", value.plan),
            ("Status", status),
            ("Since", "" if value.created is None else day(value.created)),
            ("Currency", value.currency),
            ("Balance", value.balance.text if value.balance else ""),
            ("Agreed rate", f"{value.agreed_rate.text}/h" if value.agreed_rate else ""),
            ("Reseller", reseller),
            ("Is a reseller", "yes" if value.is_reseller else ""),
            ("Open jobs", str(value.open_jobs)),
        ]
    )
    return "\n".join(lines)


def jobs(values: Sequence[Job], own: int | None) -> str:
    """Return a list of jobs; those that are not of the provider `own` say whose they are."""
    if not values:
        return "There are no custom jobs here."
    rows = [
        (
            str(value.id),
            str(value.account),
            value.description,
            value.status.label,
            format_time(value.totals.minutes),
            value.totals.total.text,
            value.due,
            value.assignee,
            str(value.provider or ""),
        )
        for value in values
    ]
    shown = len(_JOB_COLUMNS)
    if all(value.provider == own for value in values):
        shown -= 1
    count = "1 job" if len(values) == 1 else f"{len(values):,} jobs"
    lines = table(_JOB_COLUMNS[:shown], [row[:shown] for row in rows], output_width())
    return "\n".join([*lines, count])


def job(value: Job) -> str:
    """Return a job without its tasks and notes."""
    return "\n".join(_job_lines(value))


def whole_job(value: Job, tasks: Sequence[Task], notes: Sequence[Note]) -> str:
    """Return a job with all its tasks and notes."""
    lines = _job_lines(value)
    if tasks:
        rows = list(map(_task_row, tasks))
        lines += ["", "Tasks", *table(_TASK_COLUMNS, rows, output_width())]
    for remark in notes:
        lines += ["", *_note_lines(remark)]
    return "\n".join(lines)


def task(value: Task) -> str:
    """Return a task, with how its amount came about."""
    return "\n".join(
        facts(
            [
                ("Task", f"{value.id} {value.description}"),
                ("Amount", _amount(value)),
                ("State", _state(value)),
                ("By", value.worked_by),
                ("Note", value.note),
                ("Billed", value.billed.reference or "yes" if value.billed else ""),
            ]
        )
    )


def note(value: Note) -> str:
    """Return a note."""
    return "\n".join(_note_lines(value))


def _job_lines(value: Job) -> list[str]:
    totals = value.totals
    lines = facts(
        [
            ("Job", f"#{value.id} {value.description}"),
            ("Account", str(value.account)),
            ("Provider", str(value.provider or "")),
            ("Status", value.status.label),
            ("Assignee", value.assignee),
            ("Due", value.due),
            ("Reference", value.reference),
            ("Customer", "sees this job" if value.shown_to_customer else "does not see this job"),
            ("Created", f"{short(value.created)} by {value.created_by}"),
            ("Finished", "" if value.finished is None else short(value.finished)),
            ("Total", f"{format_time(totals.minutes)} h, {totals.total.text}"),
            ("Done", f"{format_time(totals.done_minutes)} h, {totals.done_total.text}"),
        ]
    )
    return [*lines, "", *_block(value.details)] if value.details else lines


def _task_row(value: Task) -> tuple[str, ...]:
    return (
        str(value.id),
        value.description,
        _amount(value),
        _state(value),
        value.worked_by,
        value.note,
    )


def _amount(value: Task) -> str:
    return amount_in_words(
        value.pricing,
        value.rate.minor if value.rate else None,
        value.minutes,
        value.amount.minor,
        value.amount.currency,
    )


def _state(value: Task) -> str:
    if value.done is None:
        return "planned"
    return f"done {value.worked_on or day(value.done)}"


def _note_lines(value: Note) -> list[str]:
    readers = "the customer sees it" if value.visible_to_customer else "staff only"
    author = displayable(value.author)
    return [f"Note {value.id}  {short(value.at)} by {author}, {readers}", *_block(value.body)]


def _block(text: str) -> Iterator[str]:
    """Yield the lines of a long text, set in, so that none passes for one of ours."""
    return (f"  {line}".rstrip() for line in displayable(text, lines=True).split("\n"))
