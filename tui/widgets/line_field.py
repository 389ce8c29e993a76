"""A field for one line of text, as all forms use it."""

import unicodedata
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.suggester import Suggester
from textual.widgets import Input

from models.text import clean_paste

FOCUS_TINT = 0.1
"""How much of the colour of its text the ground of a field has that has the focus."""

_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"


class LineField(Input):
    """One line without a border that takes whatever is pasted, and neither blinks nor judges.

    The form around it says what is wrong with the text; `set_invalid` only marks the field.
    """

    BINDING_GROUP_TITLE = "Field"

    BINDINGS: ClassVar[list[BindingType]] = [
        # Enter, as it arrives when it was typed before the program took over the terminal.
        Binding("ctrl+j", "submit", "Submit", show=False, id="list.submit", tooltip="As Enter"),
    ]

    DEFAULT_CSS = """
    LineField {
        width: 1fr;
        background: $panel;

        &.-textual-compact.-invalid { background-tint: $error 30%; text-style: underline; }
    }
    """

    def __init__(
        self,
        text: str = "",
        placeholder: str = "",
        *,
        suggester: Suggester | None = None,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
        tooltip: str | None = None,
    ) -> None:
        """Initialise the field.

        Args:
            text: The text to start with; the cursor is at its end.
            placeholder: What an empty field says.
            suggester: Proposes how the text may go on.
            name: The name of the widget.
            id: The ID of the widget in the DOM.
            classes: The CSS classes of the widget.
            disabled: Whether the widget is disabled.
            tooltip: What is said of the field while the mouse is over it.
        """
        super().__init__(
            text,
            placeholder,
            suggester=suggester,
            validate_on=(),  # validation without validators would take the mark away at each key
            select_on_focus=False,
            name=name,
            id=id,
            classes=classes,
            disabled=disabled,
            tooltip=tooltip,
            compact=True,
        )
        self.cursor_blink = False

    @property
    def text(self) -> str:
        """The text in the field, as it was typed."""
        return self.value

    @text.setter
    def text(self, text: str) -> None:
        self.value = text
        self.cursor_position = len(text)

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Show by the field's own style whether it has the focus.

        A rule with `:focus` would have Textual restyle the field and all its parts each time.
        """
        self._tint()

    def notify_style_update(self) -> None:
        """Take the tint from the colours that there are now."""
        super().notify_style_update()
        self._tint()

    def _tint(self) -> None:
        if self.has_class("-invalid"):
            self.styles.clear_rule("background_tint")
        else:
            strength = FOCUS_TINT if self.has_focus else 0.0
            self.styles.background_tint = self.styles.color.with_alpha(strength)

    def set_invalid(self, invalid: bool) -> None:
        """Mark the field as one whose text is refused, or no longer."""
        self.set_class(invalid, "-invalid")

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """All that is text stays in the field."""
        return super().check_consume_key(key, character) or (
            character is not None and _is_unprintable_text(character)
        )

    async def _on_key(self, event: events.Key) -> None:
        if (character := event.character) and _is_unprintable_text(character):
            event.stop()
            event.prevent_default()
            self._put(character)

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self._put(_pasted(event.text))

    def action_paste(self) -> None:
        """Paste what was copied or cut in the panel."""
        self._put(_pasted(self.app.clipboard))

    def _put(self, text: str) -> None:
        """Insert a text at the cursor, in place of what is selected."""
        self.replace(text, *self.selection)


def _pasted(text: str) -> str:
    # A line copied with its end is one line, not one and a blank.
    return clean_paste(text.strip("\r\n"))


def _is_unprintable_text(character: str) -> bool:
    """Whether people type this character though Python calls it unprintable: blanks, joiners."""
    return len(character) == 1 and (
        character in _JOINERS or (character != " " and unicodedata.category(character) == "Zs")
    )
