"""The accounts, as staff see them."""

from functools import cached_property

from peewee import fn

from models.composed import Composed, given
from models.currency import Currency
from models.money import Money
from models.staff.session import StaffSession
from models.tables import Account, Domain, Job
from models.values import Account as AccountValue
from models.values import AccountStatus, Address, JobStatus

OPEN_STATUSES = [status.value for status in JobStatus if not status.is_closed]


class Accounts:
    """Reads accounts within the scope of a session."""

    def __init__(self, session: StaffSession) -> None:
        """Work in the scope of `session`."""
        self._session = session

    def get(self, account_id: int) -> AccountValue:
        """Return an account with its domains and the number of its open jobs.

        Raises:
            NotFound: no such account for this desk.
        """
        with self._session.reading():
            return self._value(account_id)

    def many(self, account_ids: list[int]) -> list[AccountValue]:
        """Return several accounts, in the order asked for, from one view of the database."""
        with self._session.reading():
            return [self._value(account_id) for account_id in account_ids]

    def _value(self, account_id: int) -> AccountValue:
        row = self._session.account_in_reach(account_id)
        domains = self._domains(account_id)
        currency = Currency.of(row.currency)
        return AccountValue(
            id=row.id,
            username=row.username,
            domain=domains[0] if domains else "",
            domains=domains,
            person=row.person,
            company=row.company,
            email=row.email,
            phone=row.phone,
            address=Address(row.street, row.city, row.region, row.postcode, row.country),
            plan=row.plan,
            status=AccountStatus(row.status),
            status_reason=row.status_reason,
            created=row.created_at,
            currency=row.currency,
            balance=_money(row.balance_minor, currency),
            agreed_rate=_money(row.agreed_rate_minor, currency),
            reseller=row.reseller_id,
            reseller_name=self._reseller_name(row.reseller_id),
            is_reseller=row.is_reseller,
            open_jobs=self._open_jobs(account_id),
            writable=row.reseller_id == self._session.provider,
        )

    def _domains(self, account_id: int) -> tuple[str, ...]:
        """Return the primary domain, then the others in the order they came."""
        found = self._domains_of.rows(self._session.database, account=account_id)
        return tuple(name for (name,) in found)

    @cached_property
    def _domains_of(self) -> Composed:
        of_account = Domain.select(Domain.name).where(Domain.account == given("account"))
        return Composed(of_account.order_by(Domain.is_primary.desc(), Domain.id))

    def _reseller_name(self, reseller_id: int | None) -> str:
        if reseller_id is None:
            return ""
        reseller = Account.get_by_id(reseller_id)
        return reseller.company or reseller.username

    def _open_jobs(self, account_id: int) -> int:
        ((count,),) = self._open_jobs_of.rows(self._session.database, account=account_id)
        return int(count)

    @cached_property
    def _open_jobs_of(self) -> Composed:
        return Composed(
            Job.select(fn.COUNT(Job.id))
            .join(Account, on=(Job.account == Account.id))
            .where(
                Job.account == given("account"),
                Job.status.in_(OPEN_STATUSES),
                self._session.jobs_in_reach(),
            )
        )


def _money(minor: int | None, currency: Currency) -> Money | None:
    return None if minor is None else Money(minor, currency)
