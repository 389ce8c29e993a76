"""The account pane: who the customer is, and the Control Panel User links."""

from dataclasses import dataclass

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Button, Static

from models.moments import day
from models.text import displayable
from models.values import Account, AccountStatus
from tui.border_words import say_above

WELCOME = "Find an account with Search and open it with Enter: it is shown here."

SHOWN_DOMAINS = 20
"""Domains that are named; of more, how many there are."""


class Link(Button):
    """A word to press, no wider than itself."""

    def on_mount(self) -> None:
        """Take a button's blank at each end away; Textual's CSS takes no 0 there."""
        self.styles.line_pad = 0

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002
        """Return the cells of the label."""
        return cell_len(str(self.label))


class AccountPane(Vertical):
    """Shows an account; its links decide what the bottom frame shows."""

    @dataclass
    class LinkChosen(Message):
        """One of the Control Panel User links, `jobs`, `history` or `customer`, or of a reseller's.

        `reseller` leads to the account of the customer's reseller, `customers` to the customers of
        the account, which is a reseller.
        """

        link: str
        account: Account

    def __init__(self, *, resellers: bool = True) -> None:
        """Show how to begin, until there is an account.

        Args:
            resellers: whether the accounts of resellers and of their customers can be found here.
        """
        super().__init__(id="account-pane", classes="pane")
        self.account: Account | None = None
        self._resellers = resellers
        self._details = Static(Content(WELCOME), id="account-details")
        self._jobs = Link(Content("Custom Jobs"), id="link-jobs", compact=True)
        self._reseller = Link("", id="link-reseller", compact=True)
        self._customers = Link(Content("Customers"), id="link-customers", compact=True)
        self._reseller_links = Horizontal(classes="links", id="reseller-links")

    def compose(self) -> ComposeResult:
        """Put the details over the links."""
        with VerticalScroll(id="account-scroll", can_focus=False):
            yield self._details
        with self._reseller_links:
            yield self._customers
            yield self._reseller
        yield Static(Content("Control Panel User"), classes="link-title")
        with Horizontal(classes="links", id="account-links"):
            yield self._jobs
            yield Link(Content("History"), id="link-history", compact=True)
            yield Link(Content("As customer"), id="link-customer", compact=True)

    def on_mount(self) -> None:
        """Begin without an account."""
        self.clear()

    def clear(self) -> None:
        """Show how to begin; without an account there is nothing to link to."""
        self.account = None
        say_above(self, "Account")
        self._details.update(Content(WELCOME))
        for part in self.query(".link-title, .links"):
            part.display = False

    def show(self, account: Account) -> None:
        """Show the account."""
        self.account = account
        read_only = "" if account.writable else " (read only)"
        say_above(self, f"Account {account.id}{read_only}")
        for part in self.query(".link-title, #account-links"):
            part.display = True
        self._jobs.label = Content(f"Custom Jobs {account.open_jobs}")
        self._details.update(details(account))
        self._show_reseller_links(account)

    def _show_reseller_links(self, account: Account) -> None:
        """Link the reseller of a customer, and the customers of a reseller."""
        name = f"Reseller {account.reseller} {account.reseller_name}"
        self._reseller.label = Content(displayable(name))
        self._reseller.display = self._resellers and account.reseller is not None
        self._customers.display = self._resellers and account.is_reseller
        shown = self._reseller.display or self._customers.display
        self._reseller_links.display = shown

    def focus_links(self) -> None:
        """Go to the first link."""
        self._jobs.focus()

    @on(Button.Pressed)
    def _chosen(self, event: Button.Pressed) -> None:
        event.stop()
        if self.account is not None and event.button.id is not None:
            link = event.button.id.removeprefix("link-")
            self.post_message(self.LinkChosen(link, self.account))


def details(account: Account) -> Content:
    """Return what the pane says of an account; data is text, never markup."""
    name = account.company or account.person or account.username
    since = f" since {day(account.created)}" if account.created is not None else ""
    status = f"{account.status.value}{since}"
    if account.status_reason:
        status += f" ({account.status_reason})"
    tone = "$text-success" if account.status is AccountStatus.ACTIVE else "$text-warning"
    lines = [
        Content.assemble((displayable(name), "bold"), "   ", (displayable(status), tone)),
        *(Content(displayable(line)) for line in _lines(account)),
    ]
    return Content("\n").join(lines)


def _lines(account: Account) -> list[str]:
    person = account.person if account.company else ""
    email = f"<{account.email}>" if account.email else ""
    domains = ", ".join(account.domains[:SHOWN_DOMAINS])
    more = len(account.domains) - SHOWN_DOMAINS
    money = [f"Plan {account.plan or '-'}", f"User {account.username}"]
    money.append(f"Balance {account.balance.text}" if account.balance else account.currency)
    if account.agreed_rate:
        money.append(f"Rate {account.agreed_rate.text}/h")
    lines = (
        " ".join(part for part in (person, email, account.phone) if part),
        account.address.text,
        " · ".join(money),
        "Is a reseller" if account.is_reseller else "",
        f"Domains {domains}" + (f" and {more} more" if more > 0 else "") if domains else "",
    )
    return [line for line in lines if line]
