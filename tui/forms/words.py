"""The line below the fields of a form: what is wrong, else what the form means."""

from textual.content import Content
from textual.widgets import Static

from models.text import displayable


class Words(Static):
    """Shows some words; the same words again cost nothing, so a form may say them at each key."""

    def __init__(self, classes: str = "form-words") -> None:
        """Say nothing yet."""
        super().__init__(classes=classes)
        self._said = ("", False)

    def say(self, words: str, *, problem: bool = False) -> None:
        """Say what is wrong, if it is a `problem`, or what the form means."""
        if (words, problem) != self._said:
            self._said = (words, problem)
            self.set_class(problem, "-problem")
            self.update(Content(displayable(words, lines=True)))
