"""Files to import, made by tests, and what an import left in the database."""

import io
import json
from typing import Any

from models.importing import ImportOptions, ImportReport, Progress, read_accounts, run_import
from models.staff.desk import StaffDesk
from models.values import Account

TABLES = ("account", "domain", "staff", "event", "import_run", "account_fts")

JANUARY = 1_704_067_200
"""2024-01-01 00:00 UTC in seconds."""

EVERYTHING = (
    "id,username,domain,domains,person,company,email,phone,address.street,address.city,"
    "address.region,address.postcode,address.country,plan,status,status_reason,created,currency,"
    "balance,reseller,is_reseller,open_jobs,key\n"
    "2001,acme,Acme.example,shop.acme.example; www.acme.example,Jane Roe,Acme GmbH,j@acme.example,"
    "+49 30 1,Weg 1,Berlin,BE,10115,DE,Pro,Suspended,unpaid,2024-01-01,eur,"
    '"-12,50",,yes,3,c-17\n'
)
"""A CSV file with all columns and one account."""


def whm_account(user: str, /, **fields: Any) -> dict[str, Any]:
    """Return an account as WHM lists it, with much that is nobody's business here."""
    return {
        "user": user,
        "domain": f"{user}.example",
        "email": f"owner@{user}.example",
        "owner": "root",
        "plan": "default",
        "suspended": 0,
        "suspendreason": "not suspended",
        "suspendtime": None,
        "unix_startdate": JANUARY,
        "startdate": "24 Jan 01 00:00",
        "ip": "192.0.2.10",
        "ipv6": [],
        "child_nodes": [{"alias": "mail", "workload": "Mail"}],
        "shell": "/bin/bash",
        "password": "hunter2-secret",
    } | fields


def whm(*accounts: object) -> bytes:
    """Return the answer of WHM API 1 with these accounts."""
    metadata = {"command": "listaccts", "reason": "OK", "result": 1, "version": 1}
    return json.dumps({"data": {"acct": accounts}, "metadata": metadata}).encode()


def load(
    desk: StaffDesk,
    source: str,
    content: bytes | str,
    progress: Progress = lambda _phase, _done, _total: None,
    **options: Any,
) -> ImportReport:
    """Import `content` as the file `customers`."""
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    accounts = read_accounts(source, file, "customers", options.pop("mapping", ()), progress)
    return run_import(desk, source, accounts, ImportOptions(**options), progress)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    """Return how many accounts were added, changed, unchanged and skipped."""
    return report.added, report.changed, report.unchanged, len(report.skipped)


def account(desk: StaffDesk, username: str) -> Account:
    """Return the only account with a user name."""
    query = "SELECT id FROM account WHERE username = ?"
    ((account_id,),) = desk.database.execute_sql(query, (username,))
    return desk.accounts.get(account_id)


def dump(desk: StaffDesk) -> dict[str, list[Any]]:
    """Return everything in the database that an import could change."""
    with desk.session.reading():
        return {
            table: list(desk.database.execute_sql(f"SELECT rowid, * FROM {table} ORDER BY rowid"))
            for table in TABLES
        }
