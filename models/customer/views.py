"""What customers may see, as views: the rows and columns that their connection is confined to.

They say once more what the queries of the customer's desk say, on their own: a query that forgot
its scope would still find nothing beyond it. Rows of other people hold nothing but a name.
"""


def customer_views(
    accounts: tuple[int, ...], access: int | None, *, staff_named: bool
) -> dict[str, str]:
    """Return the views of the tables that the customers of `accounts` may read, by table.

    Args:
        accounts: Account IDs; those that are closed show nothing while they are.
        access: number of the grant that must be in force and name an account; None: no grant.
        staff_named: whether the display names of the staff may be seen.

    Raises:
        TypeError: an identifier is no integer.
    """
    numbers = ", ".join(map(_literal, accounts))
    own = f"own.id IN ({numbers}) AND own.status <> 'closed'"
    job = "job.removed_at IS NULL AND job.shown_to_customer"
    granted = {}
    if access is not None:
        granted = _granted(_literal(access), numbers)
        own += f""" AND EXISTS (
            SELECT 1 FROM main.access_account AS named
            JOIN main.access AS held ON held.id = named.access_id
            WHERE named.access_id = {_literal(access)} AND named.account_id = own.id
                AND held.removed_at IS NULL)"""
    of_own_account = "JOIN main.account AS own ON own.id = job.account_id"
    of_own_job = f"JOIN main.job AS job ON job.id = job_id {of_own_account}"
    return granted | {
        # Of the reseller who looks after an account, only the name that its customers know.
        "account": f"""
            SELECT id, username, person, company, status, reseller_id
            FROM main.account AS own WHERE {own}
            UNION ALL
            SELECT id, NULL, NULL, coalesce(nullif(company, ''), nullif(person, ''), username),
                NULL, NULL
            FROM main.account AS provider
            WHERE id IN (SELECT own.reseller_id FROM main.account AS own WHERE {own})
                AND id NOT IN (SELECT own.id FROM main.account AS own WHERE {own})""",
        "domain": f"""
            SELECT domain.account_id, domain.name, domain.is_primary
            FROM main.domain AS domain JOIN main.account AS own ON own.id = domain.account_id
            WHERE domain.is_primary AND {own}""",
        "job": f"""
            SELECT job.id, job.account_id, job.description, job.details, job.status, job.currency,
                job.shown_to_customer, job.created_at, job.finished_at, job.removed_at
            FROM main.job AS job {of_own_account} WHERE {job} AND {own}""",
        "task": f"""
            SELECT task.id, task.job_id, task.description, task.pricing, task.rate_minor,
                task.minutes, task.amount_minor, task.note, task.done_at, task.worked_on,
                task.worked_by_id, task.removed_at
            FROM main.task AS task {of_own_job}
            WHERE task.removed_at IS NULL AND {job} AND {own}""",
        "note": f"""
            SELECT note.id, note.job_id, note.author_id, note.body, note.visible_to_customer,
                note.at, note.removed_at
            FROM main.note AS note {of_own_job}
            WHERE note.removed_at IS NULL AND note.visible_to_customer AND {job} AND {own}""",
        # Those who work for the account's provider of today; others are known by its name.
        "staff": f"""
            SELECT id, display_name, provider_id FROM main.staff AS staff
            WHERE {int(staff_named)} AND EXISTS (
                SELECT 1 FROM main.account AS own
                WHERE own.reseller_id IS staff.provider_id AND {own})""",
    }


def _granted(access: str, accounts: str) -> dict[str, str]:
    in_force = f"id = {access} AND removed_at IS NULL"
    return {
        "access": f"SELECT id, removed_at FROM main.access WHERE {in_force}",
        "access_account": f"""
            SELECT access_id, account_id FROM main.access_account
            WHERE access_id = {access} AND account_id IN ({accounts})
                AND EXISTS (SELECT 1 FROM main.access WHERE {in_force})""",
    }


def _literal(number: int) -> str:
    """Return an identifier as it stands in SQL."""
    if type(number) is not int:
        raise TypeError(f"{number!r} is no identifier.")
    return str(number)
