"""`customjobs history`: who did what, newest first."""

from argparse import Namespace

from models.history_filter import HistoryFilter, kinds_meant, login_meant, since_when, until_when
from models.staff.desk import StaffDesk
from tui.cli import readable, shapes
from tui.cli.answers import answer, answer_json
from tui.cli.invocation import staff_desk


def history(options: Namespace) -> int:
    """Answer with the newest entries of the history that the options ask for."""
    with staff_desk(options) as desk:
        page = desk.history.page(_asked_for(options, desk), 0, options.limit)
    if options.json:
        answer_json(
            shapes.listing(list(map(shapes.event, page.rows)), page.total, exact=page.exact)
        )
    else:
        answer(readable.history(page))
    return 0


def _asked_for(options: Namespace, desk: StaffDesk) -> HistoryFilter:
    today = desk.session.today()
    return HistoryFilter(
        account=options.account,
        job=options.job,
        actor=login_meant(options.person),
        kinds=kinds_meant(options.kinds or []),
        since=since_when(options.since, today) if options.since else None,
        until=until_when(options.until, today) if options.until else None,
    )
