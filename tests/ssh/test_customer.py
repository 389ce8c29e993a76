"""A customer comes in by a key and sees the own account, as it is now."""

from models.staff.desk import StaffDesk
from models.values import JobStatus
from tests.ssh.conftest import Company


def test_a_customer_sees_the_jobs_of_the_own_account_and_no_other(company: Company) -> None:
    screen = company.terminal("acme")
    screen.wait_for("Site redesign")
    screen.send("\r")
    screen.wait_for("Wireframes")
    screen.send("\x11")
    assert screen.wait_for_end() == 0
    assert b"Secret shop" not in screen.received
    assert b"beta" not in screen.received


def test_a_status_set_over_one_connection_is_seen_over_another(company: Company) -> None:
    customer, staff = company.terminal("acme"), company.terminal("anna")
    customer.wait_for("New")
    staff.wait_for("acme.example")
    staff.send("1001\r")
    staff.wait_for("Site redesign")
    staff.send("s")
    staff.wait_for("Status of #1")
    staff.send("2")
    customer.wait_for("In progress")
    staff.wait_for("In progress", without="Status of #1")
    for screen in (customer, staff):
        screen.send("\x11")
        assert screen.wait_for_end() == 0


def test_a_key_for_two_accounts_lets_its_owner_choose(company: Company) -> None:
    screen = company.terminal("both")
    screen.wait_for("Which account?")
    screen.send("2")
    screen.wait_for("Secret shop", without="Which account?")
    screen.send("\x1b")
    screen.wait_for("Which account?")
    screen.send("1")
    screen.wait_for("Site redesign", without="Which account?")
    screen.send("\x11")
    assert screen.wait_for_end() == 0


def test_leaving_restores_the_customers_terminal(company: Company) -> None:
    screen = company.terminal("acme")
    screen.wait_for("Site redesign")
    screen.send("\x11")
    assert screen.wait_for_end() == 0
    assert screen.received.rindex(b"\x1b[?1049l") > screen.received.rindex(b"\x1b[?1049h")


def test_what_is_hidden_while_it_is_looked_at_disappears(company: Company, desk: StaffDesk) -> None:
    screen = company.terminal("acme")
    screen.wait_for("Site redesign")
    desk.jobs.set_status(1, JobStatus.ON_HOLD)
    screen.wait_for("On hold")
    desk.jobs.remove(1)
    screen.wait_for("There are no custom jobs", without="Site redesign")
