"""`customjobs account`: finding accounts and showing one."""

from argparse import Namespace

from tui.cli import readable, shapes
from tui.cli.answers import answer, answer_json
from tui.cli.invocation import staff_desk


def search(options: Namespace) -> int:
    """Answer with the accounts that match, in the order of the panel's search."""
    text = " ".join(options.text)
    with staff_desk(options) as desk, desk.session.reading():
        page = desk.search.page(text, limit=options.limit)
        count = desk.search.count(text)
        # The rows are enough for people; scripts get every account whole.
        accounts = desk.accounts.many([row.id for row in page.rows] if options.json else [])
    if options.json:
        items = list(map(shapes.account, accounts))
        answer_json(shapes.listing(items, count.total, exact=count.exact))
    else:
        answer(readable.hits(page.rows, count))
    return 0


def show(options: Namespace) -> int:
    """Answer with an account."""
    with staff_desk(options) as desk:
        account = desk.accounts.get(options.account)
    if options.json:
        answer_json(shapes.account(account))
    else:
        answer(readable.account(account))
    return 0
