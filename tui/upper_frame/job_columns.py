"""The columns of the jobs that Search lists, and what is marked in them."""

from collections.abc import Callable

from models.search_query import SearchQuery
from models.values import JobHit
from tui.job_words import STATUS_TONES
from tui.upper_frame.marked import marked, marked_found
from tui.widgets.list_columns import Column, Marked


class JobColumns:
    """The cells of jobs that a query finds, with the part that was sought marked."""

    def __init__(self) -> None:
        """Lay out the columns."""
        self.query: SearchQuery | None = None
        """What was sought when the rows in the list were found."""
        self.columns: tuple[Column[JobHit], ...] = (
            self._column("Job", self._number, 7, priority=9, is_link=True),
            self._column("Account", self._account, 12, 1, priority=4),
            self._column("Description", self._description, 13, 3, priority=8),
            self._column("Found in", self._found, 12, 2, priority=7),
            Column(
                "Status",
                lambda hit: hit.status.label,
                11,
                priority=5,
                style=lambda hit: STATUS_TONES[hit.status],
            ),
        )

    def _column(
        self,
        title: str,
        cell: Callable[[JobHit], Marked],
        width: int,
        weight: int = 0,
        *,
        priority: int,
        is_link: bool = False,
    ) -> Column[JobHit]:
        return Column(
            title,
            cell,
            width,
            weight,
            priority=priority,
            is_link=is_link,
        )

    def _number(self, hit: JobHit) -> Marked:
        text = f"#{hit.id}"
        is_sought = self.query is not None and self.query.job_number == hit.id
        return Marked(text, ((0, len(text)),) if is_sought else ())

    def _account(self, hit: JobHit) -> Marked:
        return marked(f"{hit.account} {hit.customer or hit.username}", self.query)

    def _description(self, hit: JobHit) -> Marked:
        return marked(hit.description, self.query, "job")

    def _found(self, hit: JobHit) -> Marked:
        if hit.found is None:
            return Marked("", ())
        return marked_found(hit.found, self.query)
