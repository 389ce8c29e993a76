"""A made-up hosting company to try the panel on; nobody and nothing in it is real."""

from pathlib import Path

from models.settings import Settings

DEMO_SETTINGS = Settings(
    company="Example Hosting",
    default_currency="USD",
    default_rates={
        "AUD": "105.00",
        "CAD": "90.00",
        "CHF": "120.00",
        "EUR": "67.50",
        "GBP": "60.00",
        "ILS": "270.00",
        "JPY": "9000",
        "KRW": "90000",
        "KWD": "22.500",
        "NOK": "825.00",
        "PLN": "270.00",
        "RSD": "6000.00",
        "SEK": "750.00",
        "TRY": "2250.00",
        "UAH": "1800.00",
        "USD": "75.00",
    },
    new_tasks="planned",
    staff_names="display-name",
)
"""How the made-up company has set up the panel."""


def make_demo(path: Path, accounts: int = 300, seed: int = 1, now_ms: int | None = None) -> None:
    """Make a new database with the company's customers and two years of its work.

    Account 1001 is `acme`, with jobs of every status; 1002 and 1003 are resellers.

    Args:
        path: the file to make, in a folder that exists.
        accounts: how many accounts, at least one.
        seed: another number makes other people and other work.
        now_ms: the moment to look back from, in epoch milliseconds; the present one if not given.
            With the same moment (and time zone) the data are the same each time.

    Raises:
        BadInput: there would be no account.
        DatabaseUnusable: the file exists already, or cannot be made.
    """
    # Imported here: Peewee and the word lists, which only a demo needs.
    from models.demo.make import make
    from models.moments import now_ms as present

    make(path, accounts, seed, present() if now_ms is None else now_ms)
