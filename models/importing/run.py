"""One run of an import: everything is read and checked first, then written in small batches."""

from contextlib import ExitStack
from dataclasses import dataclass
from typing import BinaryIO, Final

from models.currency import Currency
from models.importing.account_list import AccountList, Progress
from models.importing.batches import AccountImport, Counts
from models.importing.csv_rows import read_csv
from models.importing.runs import unfinished_runs
from models.importing.stored import Identity
from models.importing.whm import read_whm
from models.refusals import BadInput, NotAllowed
from models.settings import Settings
from models.sqlite.bulk_writing import bulk_writing
from models.staff.desk import StaffDesk
from models.text import checked_line, displayable, quoted

SOURCES: Final = ("whm", "csv")
"""What accounts can be imported from."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to import.

    `server` keeps apart the accounts of several servers. `currency` is for new accounts of which
    the file does not say one. A dry run only reports.
    """

    server: str = ""
    currency: str | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """An account that was left out: where it stands in the file, and why."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or in a dry run would do; every account of the file counts once.

    `notes` tell what else a person should know; `currency_note`, one of them, which currency
    accounts got that had none, and why; it is empty if there was no such account.
    """

    added: int
    changed: int
    unchanged: int
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]
    currency_note: str


def _silent(_phase: str, _done: int, _total: int | None) -> None:
    """Tell nobody."""


def read_accounts(
    source: str,
    file: BinaryIO,
    name: str,
    mapping: tuple[tuple[str, str], ...] = (),
    progress: Progress = _silent,
) -> AccountList:
    """Read and check a whole file, without a database; whoever takes the list must close it.

    Args:
        source: one of `SOURCES`.
        file: what to read, to its end.
        name: how to call the file; `-` is the standard input.
        mapping: pairs columns of a CSV file with fields.
        progress: called again and again while it reads.

    Raises:
        BrokenFile: the file cannot be read as what it should be.
        BadInput: the source or the mapping cannot be accepted.
    """
    shown = "standard input" if name == "-" else displayable(name)
    if source not in SOURCES:
        raise BadInput(f"{quoted(source)} is no source: import from {' or '.join(SOURCES)}.")
    if mapping and source != "csv":
        raise BadInput("Only columns of a CSV file can be mapped: leave out --map.")
    with ExitStack() as failing:
        accounts = failing.enter_context(AccountList(progress))
        if source == "csv":
            read_csv(file, shown, mapping, accounts)
        else:
            read_whm(file, shown, accounts)
        failing.pop_all()
    return accounts


def run_import(
    desk: StaffDesk,
    source: str,
    accounts: AccountList,
    options: ImportOptions | None = None,
    progress: Progress = _silent,
) -> ImportReport:
    """Bring the accounts of a file into the database: add new ones, update those known already.

    An account is known by source, server and key, so running the same import again changes
    nothing, and completes one that was interrupted.

    Args:
        desk: the hosting company's.
        source: one of `SOURCES`.
        accounts: what `read_accounts` read; used up by this.
        options: see `ImportOptions`.
        progress: called again and again while it works, never in a transaction.

    Raises:
        BadInput: an option cannot be accepted; nothing was changed.
        NotAllowed: the desk is a reseller's.
        DatabaseBusy: other sessions held the database for too long; the sentence says how far
            the import came.
    """
    options = options or ImportOptions()
    with accounts:
        if desk.provider is not None:
            raise NotAllowed("Accounts are imported by the hosting company's staff.")
        server = checked_line(options.server, required=False, what="The server")
        currency = Currency.of(options.currency or desk.settings.default_currency).code
        identity = Identity(source, server)
        with desk.session.reading():
            unfinished = unfinished_runs(desk.database)
        with accounts.attached(desk.database), bulk_writing(desk.database):
            run = AccountImport(desk.session, identity, accounts, currency, progress)
            run.plan()
            note = _currency_note(currency, options, desk.settings) if run.needs_currency else ""
            if not options.dry_run:
                run.write()
    if not options.dry_run:
        with desk.session.writing():
            desk.database.refresh_statistics()
    for former in unfinished:
        finished = former.identity == identity and not options.dry_run
        accounts.notes.append(former.finished_in_words if finished else former.in_words)
    return _report(run.counts, accounts, note)


def _report(counts: Counts, accounts: AccountList, currency_note: str) -> ImportReport:
    return ImportReport(
        added=counts.added,
        changed=counts.changed,
        unchanged=counts.unchanged,
        skipped=tuple(
            Skipped(accounts.where(place), reason)
            for place, reason in sorted(accounts.refused.items())
        ),
        notes=(*accounts.notes, *([currency_note] if currency_note else [])),
        currency_note=currency_note,
    )


def _currency_note(currency: str, options: ImportOptions, settings: Settings) -> str:
    if options.currency:
        why = "as --currency says"
    elif settings.default_currency != Settings().default_currency:
        why = "the default_currency of the configuration"
    else:
        why = "the default, as neither --currency nor the configuration names another"
    return f"The currency of new accounts for which the file names none is {currency}, {why}."
