"""Files as control panels export them, with as many made-up accounts as wanted."""

import csv
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_SYLLABLES = str.split(
    "ba be bi bo bu da de di do du fa fe fi fo ga ge go ha he hi ho ka ke ki ko la le li lo lu ma "
    "me mi mo mu na ne ni no pa pe pi po ra re ri ro ru sa se si so ta te ti to va ve vi wa we za "
    "zo shop web net art lab"
)
_ENDS = ("example", "shop.example", "example.com", "example.net", "example.org", "test")
_FIRST = str.split("Anna Ben Clara David Eva Felix Greta Ida Jan Karin Lars Olga Zoë Łukasz Jürgen")
_LAST = str.split("Meyer Schmidt Roe Doe Kowalski Rossi Garcia Novak Smith Jones Müller Dubois")
_FORMS = ("GmbH", "Ltd", "AG", "Inc")
_PLANS = ("Basic", "Pro", "Pro XL")
_CITIES = ("Berlin", "Wien", "Zürich", "Lyon", "Leeds", "Gdańsk")

_FIRST_DAY = 1_420_070_400
"""2015-01-01 in seconds since 1970."""
_TEN_YEARS = 315_532_800

_OF_A_SERVER: dict[str, object] = {
    "suspendtime": None, "startdate": "24 Jan 01 00:00", "ip": "192.0.2.10", "ipv6": [],
    "shell": "/bin/bash", "theme": "jupiter", "disklimit": "unlimited", "diskused": "312M",
    "partition": "home", "maxaddons": "unlimited", "maxftp": "unlimited", "maxlst": "unlimited",
    "maxparked": "unlimited", "maxpop": "unlimited", "maxsql": "unlimited", "maxsub": "unlimited",
    "backup": 1, "has_backup": 0, "inodeslimit": "unlimited", "inodesused": 4711, "is_locked": 0,
    "max_defer_fail_percentage": "unlimited", "max_email_per_hour": "unlimited",
    "mailbox_format": "maildir", "outgoing_mail_hold": 0, "temporary": 0, "child_nodes": [],
}  # fmt: skip
"""What WHM says of an account beside what is read."""


class MadeUp(NamedTuple):
    """An account of the file."""

    number: int
    username: str
    domains: tuple[str, ...]
    person: str
    company: str
    city: str
    plan: str
    suspended: bool
    created: int
    reseller: str


def made_up(accounts: int, changed: int = 0) -> Iterator[MadeUp]:
    """Yield accounts, always the same; every `changed`-th has another plan, none where it is 0.

    A third has a second domain, one in a hundred is a reseller, of one in ten of the others.
    """
    chance = random.Random(7)
    resellers = [""]
    for number in range(accounts):
        name = "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4)))
        username = f"{name[:8]}{number:x}"
        end = chance.choice(_ENDS)
        plan = chance.choice(_PLANS)
        domains = (f"{name}{number % 1000}.{end}", f"{name}-{chance.choice(_SYLLABLES)}.{end}")
        is_reseller = number % 100 == 0
        under = "" if is_reseller or number % 10 else chance.choice(resellers)
        if is_reseller and len(resellers) < 1000:
            resellers.append(username)
        yield MadeUp(
            number,
            username,
            domains[: 2 if chance.random() < 0.33 else 1],
            f"{chance.choice(_FIRST)} {chance.choice(_LAST)}",
            f"{name.capitalize()} {chance.choice(_FORMS)}" if chance.random() < 0.5 else "",
            chance.choice(_CITIES),
            "Changed" if changed and number % changed == 1 else plan,
            chance.random() < 0.04,
            _FIRST_DAY + chance.randrange(_TEN_YEARS),
            username if is_reseller else under,
        )


def write_csv(path: Path, accounts: int, changed: int = 0) -> None:
    """Write the accounts as a billing system exports its clients."""
    header = (
        "key,username,domains,person,company,email,phone,address.street,address.city,"
        "address.postcode,address.country,plan,status,created,currency,balance,reseller"
    )
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        for it in made_up(accounts, changed):
            writer.writerow(
                (
                    it.number, it.username, " ".join(it.domains), it.person, it.company,
                    f"{it.username}@{it.domains[0]}", f"+49 30 {it.number}",
                    f"Weg {it.number % 200}", it.city, f"{10_000 + it.number % 9_000}", "DE",
                    it.plan, "suspended" if it.suspended else "active", it.created, "EUR",
                    f"{it.number % 90}.50", it.reseller,
                )
            )  # fmt: skip


def write_whm(path: Path, accounts: int, changed: int = 0) -> None:
    """Write the accounts as `whmapi1 listaccts --output=json` does."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{"data":{"acct":[')
        for it in made_up(accounts, changed):
            account = {
                "user": it.username,
                "domain": it.domains[0],
                "email": f"{it.username}@{it.domains[0]}",
                "owner": it.reseller or "root",
                "plan": it.plan,
                "suspended": int(it.suspended),
                "suspendreason": "unpaid" if it.suspended else "not suspended",
                "unix_startdate": it.created,
            }
            file.write(("," if it.number else "") + json.dumps(account | _OF_A_SERVER))
        file.write(']},"metadata":{"command":"listaccts","reason":"OK","result":1,"version":1}}')


WRITERS = {"csv": write_csv, "whm": write_whm}
