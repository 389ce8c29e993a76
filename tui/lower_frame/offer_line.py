"""The line over a pane that offers what was typed there and not saved."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from models.draft_store import KeptDraft
from models.moments import now_ms
from models.text import displayable
from tui.draft_words import in_a_line


class OfferLine(Static):
    """Says what the newest draft is; a click on it opens them all, as its key does.

    It asks nothing: whoever types ahead types past it.
    """

    def __init__(self, left: Sequence[KeptDraft]) -> None:
        """Offer what is `left`, at least one draft, the newest first."""
        words = displayable(f"Not saved: {in_a_line(left, now_ms())}")
        super().__init__(Content.assemble(("F6  ", "$footer-key-foreground bold"), words))

    async def on_click(self) -> None:
        """Open them."""
        await self.run_action("app.drafts")
