"""What an account becomes when a source's description of it is laid over what is stored."""

from models.currency import Currency
from models.importing.records import TEXT_FIELDS, Record
from models.importing.stored import COLUMNS, State, Stored
from models.moments import day
from models.money import parse_amount
from models.refusals import BadInput
from models.text import quoted
from models.values import AccountStatus

_BLANK = dict.fromkeys(COLUMNS, "") | {
    "status": AccountStatus.ACTIVE.value,
    "created_at": None,
    "balance_minor": None,
    "agreed_rate_minor": None,
    "reseller": None,
    "is_reseller": False,
}


def blank(currency: str) -> State:
    """Return what a new account is before its source has said anything."""
    return State(_BLANK | {"currency": currency}, ())


def merged(record: Record, base: State, reseller: int | None, is_reseller: bool) -> State:
    """Return `base` with all that the record says; `reseller` is whom it names, if anybody.

    Raises:
        BadInput: the balance is no amount in the account's currency.
    """
    columns = base.columns | {"username": record.username, "is_reseller": is_reseller}
    for column, text in zip(TEXT_FIELDS.values(), record.texts, strict=True):
        if text is not None:
            columns[column] = text
    if record.created_at is not None:
        columns["created_at"] = record.created_at
    if record.reseller is not None:
        columns["reseller"] = reseller
    _merge_status(columns, record, base)
    _merge_money(columns, record, base)
    return State(columns, _merged_domains(record, base.domains))


def refuse_reused_name(record: Record, stored: Stored) -> None:
    """Raise `BadInput` if the source has given a former customer's key to another one."""
    since = stored.columns["created_at"]
    if record.created_at is None or since in (None, record.created_at):
        return
    names = [record.domain, *(record.domains or ())]
    domains = tuple(name for name in names if name)
    if not domains or not set(domains).isdisjoint(stored.domains):
        return
    raise BadInput(
        f"{quoted(record.username)} seems to be another customer's now: account {stored.id} began "
        f"on {day(since)} with {_named(stored.domains)}, this one on {day(record.created_at)} "
        f"with {_named(domains)}. Import it under another server or key, so that it does not "
        "inherit jobs."
    )


def _named(domains: tuple[str, ...]) -> str:
    return quoted(domains[0]) if domains else "no domain"


def _merge_status(columns: dict[str, object], record: Record, base: State) -> None:
    if record.status is not None:
        columns["status"] = record.status
    if record.status_reason is not None:
        columns["status_reason"] = record.status_reason
    elif columns["status"] != base.columns["status"]:
        columns["status_reason"] = ""


def _merge_money(columns: dict[str, object], record: Record, base: State) -> None:
    code = record.currency or base.columns["currency"]
    if code != base.columns["currency"]:
        # Numbers of the old currency would be other sums in the new one.
        columns |= {"currency": code, "balance_minor": None, "agreed_rate_minor": None}
    if record.balance is not None:
        columns["balance_minor"] = _balance(record.balance, Currency.of(code))


def _balance(text: str, currency: Currency) -> int | None:
    if not text:
        return None
    try:
        return parse_amount(text, currency)
    except BadInput as error:
        raise BadInput(f"balance: {error}") from error


def _merged_domains(record: Record, stored: tuple[str, ...]) -> tuple[str, ...]:
    """Return the domains, the primary one first.

    A source that names only the primary domain replaces the former one and leaves the others.
    """
    if record.domains is not None:
        names = record.domains
    elif record.domain is not None:
        names = stored[1:]
    else:
        return stored
    if record.domain:
        names = (record.domain, *(name for name in names if name != record.domain))
    same = names[:1] == stored[:1] and set(names) == set(stored)
    return stored if same else names
