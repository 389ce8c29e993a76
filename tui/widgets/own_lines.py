"""Widgets that draw their lines to the last cell."""

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class OwnLines(Widget):
    """Gives its lines as `render_line` draws them, on a ground of their own.

    It has no border, no padding and no effects; Textual would look for all of these at each line,
    which takes longer than to draw it.
    """

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of a part of the widget, filtered as all lines are."""
        width = self.outer_size.width
        background = self.background_colors[1]
        lines = [self.render_line(y).adjust_cell_length(width) for y in crop.line_range]
        for line_filter in self.get_line_filters():
            lines = [line.apply_filter(line_filter, background) for line in lines]
        if crop.column_span != (0, width):
            lines = [line.crop(*crop.column_span) for line in lines]
        return lines
