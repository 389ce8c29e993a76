"""The forms below the lists, which check while one types."""
