"""The customer's program: Support Center -> Custom Jobs for the accounts it was started for."""

import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.screen import Screen

from models.customer.desk import CustomerDesk
from models.desk_thread import DeskThread
from models.refusals import Refused
from models.settings import Settings
from models.text import displayable
from models.values import CustomerAccount, CustomerJob
from tui.desk_line import DeskLine
from tui.dialogs.choice import Choice, Offer
from tui.header import Header
from tui.key_line import KeyLine
from tui.lower_frame.frame import LowerFrame
from tui.pane import Pane
from tui.panel import Panel
from tui.support_center.job_pane import CustomerJobPane
from tui.support_center.jobs_pane import CustomerJobsPane


def run_support_center(path: Path, accounts: tuple[int, ...], settings: Settings) -> int:
    """Open the Support Center for `accounts`; return the exit code.

    An account that is unknown or closed, or a database that cannot be read, gets a sentence.
    """
    try:
        with ExitStack() as opened:
            desk = CustomerDesk.open(path, accounts, settings)
            opened.callback(desk.close)
            app = SupportCenter(desk, settings.theme)
            opened.pop_all()  # the app closes it
    except Refused as error:
        sys.stderr.write(f"{displayable(str(error))}\n")
        return 1
    app.run()
    return app.return_code or 0


class SupportCenter(Panel):
    """Shows jobs and nothing else: no palette, no command that writes, opens or runs anything."""

    ENABLE_COMMAND_PALETTE = False
    COMMANDS: ClassVar = set()

    def __init__(self, desk: CustomerDesk, theme: str = "dark") -> None:
        """Show what `desk` may read; it is open already and is closed at the end."""
        super().__init__(theme)
        self._accounts = desk.accounts()
        self._account = self._accounts[0]
        self._header = Header()
        thread = DeskThread(lambda: desk, "customer-desk")
        self._desk: DeskLine[CustomerDesk] = DeskLine(thread, self._header.tell)
        self._frame = LowerFrame("Reading…")
        self._frame.add_class("-grown")

    def compose(self) -> ComposeResult:
        """The header over one frame."""
        yield self._header
        yield self._frame
        yield KeyLine()

    def get_system_commands(self, _screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer nothing."""
        return ()

    def on_mount(self) -> None:
        """Show the jobs of the only account, or let the person choose one."""
        self._show_provider()
        self.watch_data(self._desk)
        self.data_changed.subscribe(self, lambda _: self._refresh(), immediate=True)
        if len(self._accounts) > 1:
            self.follow(self._choose_account)
        else:
            self.follow(self._show_jobs)

    async def on_unmount(self) -> None:
        """Close the desk."""
        await self._desk.close()

    async def _choose_account(self) -> None:
        offers = [
            Offer(
                str(account.id), displayable(f"{account.id}  {account.domain or account.username}")
            )
            for account in self._accounts
        ]
        chosen = await self.ask(Choice("Which account?", offers, str(self._account.id)))
        self._account = next(
            (account for account in self._accounts if str(account.id) == chosen), self._account
        )
        await self._show_jobs()

    async def _show_jobs(self) -> None:
        self._show_provider()
        await self._put(CustomerJobsPane(self._desk, self._account), *self._place)

    @property
    def _place(self) -> tuple[str, ...]:
        return "Support Center", "Custom Jobs", _name(self._account)

    @on(CustomerJobsPane.JobChosen)
    def _job_chosen(self, event: CustomerJobsPane.JobChosen) -> None:
        self.follow(self._show_job, event.job)

    async def _show_job(self, job: CustomerJob) -> None:
        await self._put(
            CustomerJobPane(self._desk, job), *self._place, f"#{job.id} {job.description}"
        )

    @on(Pane.Left)
    def _left(self) -> None:
        if isinstance(self._frame.pane, CustomerJobPane):
            self.follow(self._show_jobs)
        elif len(self._accounts) > 1:
            self.follow(self._choose_account)
        else:
            self.notify("Ctrl+Q leaves the Support Center.", markup=False)

    async def _put(self, pane: Pane, *steps: str) -> None:
        await self._frame.put(pane, *steps)
        pane.focus_first()

    def _show_provider(self) -> None:
        self._header.show(f"Support Center — {self._account.provider_name}")

    def _refresh(self) -> None:
        if self._frame.pane is not None:
            self._frame.pane.refresh_data()


def _name(account: CustomerAccount) -> str:
    return " ".join(part for part in (str(account.id), account.domain or account.username) if part)
