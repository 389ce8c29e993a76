"""The people and the jobs that are the same in every demo: the staff, the resellers, and `acme`.

`acme` is the account for pictures and for a first walk through the panel.
"""

from dataclasses import replace
from typing import Final

from models.demo.customers import DAY_MS, Customer
from models.demo.ledger import Member
from models.demo.office import WORKDAY
from models.demo.plans import JobPlan, Twist
from models.demo.work import SUSPENSIONS
from models.drafts import JobDraft, TaskDraft
from models.values import JobStatus, Pricing

FIRST_ID: Final = 1001
PIXELWERK: Final = 1002
HARBOUR: Final = 1003
SECOND_ACME: Final = 1044

HOST_TEAM = (
    Member(1, "anna", "Anna Lindqvist", None),
    Member(2, "ben", "Ben Okafor", None),
    Member(3, "chloe", "Chloé Martin", None),
)
PIXELWERK_TEAM = (
    Member(4, "jule", "Jule Brandt", PIXELWERK),
    Member(5, "timo", "Timo Weiß", PIXELWERK),
)
HARBOUR_TEAM = (
    Member(6, "owen", "Owen Tregarth", HARBOUR),
    Member(7, "priya", "Priya Harding", HARBOUR),
)
RESELLERS = {"CH": PIXELWERK, "DE": PIXELWERK, "GB": HARBOUR, "IE": HARBOUR}
"""Who sells in which country."""

TEAMS = {None: HOST_TEAM, PIXELWERK: PIXELWERK_TEAM, HARBOUR: HARBOUR_TEAM}


def cast(now_ms: int) -> dict[int, Customer]:
    """Return the customers of every demo by Account ID, as they stand at `now_ms`."""
    customers = (_acme(now_ms), _pixelwerk(now_ms), _harbour(now_ms), _second_acme(now_ms))
    return {customer.id: customer for customer in customers}


def _acme(now_ms: int) -> Customer:
    return Customer(
        id=FIRST_ID,
        username="acme",
        person="Jane Roe",
        company="Acme GmbH",
        email="jane@acme.example",
        phone="+49 30 23125 104",
        street="Lindenallee 12",
        city="Berlin",
        postcode="10115",
        country="DE",
        plan="Pro",
        created_at=now_ms - 1025 * DAY_MS,
        currency="USD",
        balance_minor=1200,
        domains=("acme.example", "shop.acme.example"),
        given_name="Jane",
    )


def _second_acme(now_ms: int) -> Customer:
    return Customer(
        id=SECOND_ACME,
        username="acmeweb",
        person="Tom Ashworth",
        company="Acme Web Design",
        email="tom@acmeweb.example",
        phone="+1 503 555 0142",
        street="210 Harbor Road",
        city="Portland",
        region="OR",
        postcode="97205",
        country="US",
        plan="Basic",
        status="suspended",
        status_reason=SUSPENSIONS[0],
        created_at=now_ms - 410 * DAY_MS,
        currency="USD",
        balance_minor=-4500,
        domains=("acmeweb.example",),
        given_name="Tom",
    )


def _pixelwerk(now_ms: int) -> Customer:
    return Customer(
        id=PIXELWERK,
        username="pixelwerk",
        person="Jule Brandt",
        company="Pixelwerk Studio GmbH",
        email="jule@pixelwerk.example",
        phone="+49 40 66969 210",
        street="Speicherweg 4",
        city="Hamburg",
        postcode="20457",
        country="DE",
        plan="Reseller 50",
        created_at=now_ms - 1630 * DAY_MS,
        currency="EUR",
        balance_minor=21500,
        is_reseller=True,
        domains=("pixelwerk.example", "pixelwerk-kunden.example"),
        given_name="Jule",
    )


def _harbour(now_ms: int) -> Customer:
    return Customer(
        id=HARBOUR,
        username="harbour",
        person="Owen Tregarth",
        company="Harbour Web Ltd",
        email="owen@harbour.example",
        phone="+44 117 496 0377",
        street="2 Mill Lane",
        city="Bristol",
        postcode="BS1 4QD",
        country="GB",
        plan="Reseller 50",
        created_at=now_ms - 1190 * DAY_MS,
        currency="GBP",
        is_reseller=True,
        domains=("harbour.example",),
        given_name="Owen",
    )


def acme_jobs(acme: Customer) -> tuple[JobPlan, ...]:
    """Return what was and is done for `acme`, oldest first; three of the jobs are open."""
    anna, ben, chloe = HOST_TEAM
    return (
        JobPlan(
            customer=acme,
            team=(ben, anna),
            job=JobDraft(
                "Move from the old host",
                "Contract with the old host ends with the month.",
                assignee="ben",
                reference="Ticket 10233",
            ),
            tasks=(
                _hourly("Files and databases copied", "3:00", "22 GB"),
                _hourly("Mailboxes copied", "1:15", "6 mailboxes"),
                _free("DNS switched in the evening", "0:30"),
            ),
            notes=(("Everything is moved; the old mail settings work until Friday.", True),),
            status=JobStatus.FINISHED,
            started=_workdays(470),
            ended=_workdays(455),
            due_in_days=-640,
            invoice="Invoice 29580",
            twist=Twist.REMOVED_NOTE,
        ),
        JobPlan(
            customer=acme,
            team=(chloe, anna),
            job=JobDraft(
                "Online shop on shop.acme.example", assignee="chloe", reference="Order 811"
            ),
            tasks=(
                _hourly("Shop software set up", "2:00"),
                _hourly("60 products imported", "4:30", "two had no price"),
                _fixed("Theme licence", "59.00"),
                _hourly("Introduction for Jane and Max", "1:00"),
            ),
            notes=(
                ("The shop is in test mode: order something and tell us how it felt.", True),
                ("Max does the orders, Jane decides.", False),
            ),
            status=JobStatus.FINISHED,
            started=_workdays(341),
            ended=_workdays(312),
            invoice="Invoice 30152",
            twist=Twist.REOPENED,
        ),
        JobPlan(
            customer=acme,
            team=(anna, chloe),
            job=JobDraft("Newsletter: four issues", assignee="anna", reference="Order 902"),
            tasks=(
                _hourly("Layout", "1:30"),
                *(_fixed(f"Issue {issue}", "100.00") for issue in (1, 2, 3, 4)),
                _fixed("Discount for the package", "-50.00"),
            ),
            status=JobStatus.FINISHED,
            started=_workdays(205),
            ended=_workdays(121),
            invoice="Invoice 30916",
            twist=Twist.HANDED_OVER,
        ),
        JobPlan(
            customer=acme,
            team=(ben, chloe),
            job=JobDraft("Second language for the site", reference="Ticket 52117"),
            tasks=(_planned(_hourly("Language switch", "1:15")),),
            last_words="Jane: next year, after the redesign.",
            status=JobStatus.CANCELED,
            started=_workdays(160),
            ended=_workdays(148),
        ),
        JobPlan(
            customer=acme,
            team=(ben, anna),
            job=JobDraft(
                "Search after spam from the contact form", assignee="ben", shown_to_customer=False
            ),
            tasks=(_free("Log read, form closed to robots", "1:10"),),
            notes=(("Our own update had opened the form: no charge, nothing to tell.", False),),
            status=JobStatus.FINISHED,
            started=_workdays(90),
            ended=_workdays(89),
        ),
        JobPlan(
            customer=acme,
            team=(chloe, ben),
            job=JobDraft(
                "Payment provider for the shop", assignee="chloe", reference="Ticket 71840"
            ),
            tasks=(
                _hourly("Contract and account with the provider", "0:45"),
                _planned(_hourly("Connected and tested", "2:15")),
            ),
            notes=(("The provider asks for a copy of your trade licence.", True),),
            last_words="Waiting for the trade licence.",
            status=JobStatus.ON_HOLD,
            started=_workdays(48),
            ended=_workdays(17),
            due_in_days=-6,
        ),
        JobPlan(
            customer=acme,
            team=(ben, anna),
            job=JobDraft("Site redesing"),
            tasks=(),
            status=JobStatus.NEW,
            started=_workdays(25),
            ended=_workdays(24),
            twist=Twist.REMOVED_JOB,
        ),
        JobPlan(
            customer=acme,
            team=(anna, chloe),
            job=JobDraft(
                "Site redesign",
                "Keep the addresses of the old pages, they are printed on brochures.\n"
                "The logo stays as it is.",
                assignee="anna",
                reference="Order 1187",
            ),
            tasks=(
                _hourly("Wireframes", "2:30", "sent to Jane"),
                _hourly("Theme", "8:00", "two rounds of changes"),
                _planned(_hourly("Content moved to the new pages", "4:15", "18 pages")),
                _planned(_fixed("Photos of the workshop", "240.00")),
                _planned(_free("Launch check", "0:45", "phones, tablets, forms")),
            ),
            notes=(
                ("The wireframes are ready: which of the two headers do you prefer?", True),
                ("Jane prefers the phone to e-mail, best before noon.", False),
            ),
            status=JobStatus.IN_PROGRESS,
            started=_workdays(23),
            ended=_workdays(1),
            due_in_days=12,
            twist=Twist.REMOVED_TASK,
        ),
        JobPlan(
            customer=acme,
            team=(anna, ben),
            job=JobDraft("Search engine check", reference="Ticket 80312"),
            tasks=(
                _planned(_hourly("Titles, descriptions, sitemap", "1:45")),
                _planned(_hourly("Report with the ten best steps", "1:00")),
            ),
            status=JobStatus.NEW,
            started=_workdays(3),
            ended=_workdays(2),
            due_in_days=26,
        ),
    )


def _hourly(description: str, time: str, note: str = "") -> TaskDraft:
    return TaskDraft(description, Pricing.HOURLY, "75.00", time, note=note, done=True)


def _fixed(description: str, amount: str) -> TaskDraft:
    return TaskDraft(description, Pricing.FIXED, amount=amount, done=True)


def _free(description: str, time: str, note: str = "") -> TaskDraft:
    return TaskDraft(description, Pricing.FREE, "75.00", time, note=note, done=True)


def _planned(task: TaskDraft) -> TaskDraft:
    return replace(task, done=False)


def _workdays(days: int) -> int:
    return days * WORKDAY + WORKDAY // 3
