"""Accounts that a file names more than once: the first one counts."""

from models.importing.account_list import AccountList
from models.sqlite.database import PanelDatabase
from models.text import quoted

_DOUBTFUL = """
    SELECT place, key, username, wanted_id FROM staged
    WHERE key IN (SELECT key FROM staged GROUP BY key HAVING count(*) > 1) OR wanted_id IN (
        SELECT wanted_id FROM staged WHERE wanted_id IS NOT NULL
        GROUP BY wanted_id HAVING count(*) > 1)
    ORDER BY place
"""


def refuse_repeated(database: PanelDatabase, accounts: AccountList) -> None:
    """Leave out every staged account whose key or wanted Account ID came before in the file."""
    keys: dict[str, int] = {}
    ids: dict[int, int] = {}
    refused = []
    for place, key, username, wanted_id in database.execute_sql(_DOUBTFUL):
        if key in keys:
            # Another account has this name: it can have customers.
            reason = f"{quoted(key)} came before, at {accounts.where(keys[key])}."
            accounts.leave_out(place, reason, [])
        elif wanted_id in ids:
            reason = f"id: {wanted_id} came before, at {accounts.where(ids[wanted_id])}."
            accounts.leave_out(place, reason, [key, username])
        else:
            keys[key] = place
            if wanted_id is not None:
                ids[wanted_id] = place
            continue
        refused.append((place,))
    database.connection().executemany("DELETE FROM staged WHERE place = ?", refused)
