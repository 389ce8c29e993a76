"""The staff's desk: the one way from the screens and the command line to the data."""

from collections.abc import Callable
from pathlib import Path

from peewee import fn

from models.moments import now_ms
from models.opening import explained, open_for_staff
from models.refusals import NotFound
from models.settings import Settings
from models.sqlite.database import PanelDatabase
from models.staff.accounts import Accounts
from models.staff.history import History
from models.staff.jobs import Jobs
from models.staff.notes import Notes
from models.staff.search import AccountSearch
from models.staff.session import Actor, StaffSession
from models.staff.tasks import Tasks
from models.staff.undo import Undo
from models.tables import Account, Staff, rows
from models.values import StaffMember


class StaffDesk:
    """Every operation of the staff, each a single transaction that also writes the history.

    A desk has one connection and is used by one thread at a time. `provider` is None for the
    hosting company's staff, else the reseller's Account ID whose staff work here.
    """

    def __init__(
        self,
        database: PanelDatabase,
        actor: Actor,
        provider: int | None = None,
        settings: Settings | None = None,
        clock: Callable[[], int] = now_ms,
        access: int | None = None,
    ) -> None:
        """Set the desk up on an open `database`.

        Raises:
            AccessEnded: the grant `access` is not in force, or not for this actor and provider.
            BadInput: the actor has no name.
            NotFound: `provider` is no reseller's account.
        """
        self.settings = settings or Settings()
        self.database = database
        self.provider = provider
        self.session = StaffSession(database, actor, provider, self.settings, clock, access)
        self.require_access()
        self.search = AccountSearch(self.session)
        self.accounts = Accounts(self.session)
        self.tasks = Tasks(self.session)
        self.jobs = Jobs(self.session, self.tasks)
        self.notes = Notes(self.session)
        self.history = History(self.session)
        self.undo = Undo(self.session)
        self.provider_name = self._provider_name()

    @classmethod
    def open(
        cls,
        path: Path,
        actor: Actor,
        provider: int | None = None,
        settings: Settings | None = None,
        *,
        create: bool = False,
        access: int | None = None,
    ) -> "StaffDesk":
        """Open the database and set a desk up on it; see `open_for_staff` for the refusals.

        `access` is the number of the grant by which the actor came in over SSH, if so.
        """
        database = open_for_staff(path, create=create)
        try:
            return cls(database, actor, provider, settings, access=access)
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        self.database.close()

    def require_access(self) -> None:
        """Raise `AccessEnded` when the grant by which the actor came in is no longer in force."""
        self.session.require_access()

    def require_current(self) -> None:
        """Raise `NewerDatabase` if a newer program upgraded the database since it was opened."""
        self.session.require_current()

    def staff(self) -> list[StaffMember]:
        """Return the people who work for this desk's provider, by login."""
        with self.session.reading():
            found = rows(
                Staff.select(Staff.login, Staff.display_name)
                .where(self.session.own(Staff.provider), Staff.active)
                .order_by(Staff.login)
            )
            return [StaffMember(login, name or login) for login, name in found]

    def account_count(self) -> int:
        """Return how many accounts this desk can find."""
        with self.session.reading():
            count: int = (
                Account.select(fn.COUNT(Account.id))
                .where(self.session.accounts_in_reach())
                .scalar()
            )
            return count

    def log_mark(self) -> tuple[int, int] | None:
        """Return what is another before each commit of any session; see `PanelDatabase`."""
        return self.database.log_mark()

    def data_version(self) -> int:
        """Return a number that changes when another session commits something."""
        with explained(self.database.path):
            return int(self.database.data_version)

    def _provider_name(self) -> str:
        if self.provider is None:
            return self.settings.company
        with self.session.reading():
            reseller = Account.get_or_none(Account.id == self.provider, Account.is_reseller)
            if reseller is None:
                raise NotFound(f"There is no reseller {self.provider}.")
            return reseller.company or reseller.username
