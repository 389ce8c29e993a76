"""Support Center -> Custom Jobs: the customer's list of jobs."""

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.message import Message

from models.customer.desk import CustomerDesk
from models.duration import format_time
from models.moments import day
from models.values import CustomerAccount, CustomerJob
from tui.desk_line import DeskLine
from tui.job_words import STATUS_TONES, tasks_in_words
from tui.pane import Pane
from tui.widgets.virtual_list import Column, VirtualList

COLUMNS: tuple[Column[CustomerJob], ...] = (
    Column("ID", lambda job: f"#{job.id}", 6, priority=9, is_link=True, sort="id"),
    Column("Description", lambda job: job.description, 18, 3, priority=8, sort="description"),
    Column(
        "Status",
        lambda job: job.status.label,
        11,
        priority=7,
        style=lambda job: STATUS_TONES[job.status],
        sort="status",
    ),
    Column("Done", lambda job: tasks_in_words(job.totals), 9, priority=4),
    Column(
        "Time",
        lambda job: format_time(job.totals.minutes),
        8,
        right=True,
        priority=3,
        sort="time",
        descending=True,
    ),
    Column(
        "Amount",
        lambda job: job.totals.total.text,
        16,
        right=True,
        priority=6,
        sort="amount",
        descending=True,
    ),
    Column("Since", lambda job: day(job.created), 10, priority=2, sort="since"),
)


class CustomerJobsPane(Pane):
    """Lists the jobs of one account; there is nothing here to change."""

    @dataclass
    class JobChosen(Message):
        """A job is to be opened."""

        job: CustomerJob

    def __init__(self, desk: DeskLine[CustomerDesk], account: CustomerAccount) -> None:
        """List the jobs of `account`."""
        super().__init__(id="customer-jobs")
        self._desk = desk
        self._account = account
        self._list: VirtualList[CustomerJob] = VirtualList(
            COLUMNS, empty=_empty(account), fits=True, id="customer-jobs-list"
        )

    def compose(self) -> ComposeResult:
        """The list alone."""
        yield self._list

    def on_mount(self) -> None:
        """Read the jobs."""
        account_id = self._account.id
        self._list.show(
            lambda offset, limit, order: self._desk.ask(
                lambda desk: desk.jobs(account_id, offset, limit, order)
            ),
            cursor="last",
            key=lambda job: job.id,
            locate=lambda job, order: self._desk.ask(
                lambda desk: desk.place_of_job(account_id, job, order)
            ),
        )

    def show_account(self, account: CustomerAccount) -> None:
        """Show what is new of the account, such as who looks after it."""
        self._account = account
        self._list.empty = _empty(account)

    def focus_first(self) -> None:
        """Go to the list."""
        self._list.focus()

    def refresh_data(self) -> None:
        """Read the list again; the reader's place stays."""
        self._list.refresh_rows()

    @on(VirtualList.Opened)
    def _opened(self, event: VirtualList.Opened[CustomerJob]) -> None:
        event.stop()
        self.post_message(self.JobChosen(event.row))


def _empty(account: CustomerAccount) -> str:
    return f"There are no custom jobs. Ask {account.provider_name} for one."
