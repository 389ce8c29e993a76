"""What the panel looks like: Textual CSS and themes."""
