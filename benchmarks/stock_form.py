"""A search of stock widgets over a list in memory: what the panel's typing is compared with.

    python -m benchmarks.stock_form

Textual's `Input` over its `DataTable`, without anything that is not needed to show a few rows that
contain what is typed.
"""

from itertools import islice

from textual import on
from textual.app import App, ComposeResult
from textual.widgets import DataTable, Input

ACCOUNTS = [(str(number), f"user{number}", f"shop{number}.example") for number in range(1001, 3001)]
SHOWN = 50


class StockForm(App[None]):
    """Finds rows by what they contain, while one types."""

    def compose(self) -> ComposeResult:
        """Put the field over the table."""
        field = Input(placeholder="Search")
        field.cursor_blink = False  # what blinks is not an answer to a key
        yield field
        yield DataTable()

    def on_mount(self) -> None:
        """Begin with the first rows."""
        self.table.add_columns("ID", "User", "Domain")
        self.show("")

    @property
    def table(self) -> "DataTable[str]":
        """The table."""
        found: DataTable[str] = self.query_one(DataTable)
        return found

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """Show what contains the text."""
        self.show(event.value)

    def show(self, text: str) -> None:
        """Show the rows that contain a text."""
        found = (row for row in ACCOUNTS if any(text in cell for cell in row))
        self.table.clear()
        self.table.add_rows(islice(found, SHOWN))


if __name__ == "__main__":
    StockForm().run()
