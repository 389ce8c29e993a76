"""The line between the panel and a terminal of which nothing is believed: bytes in, bytes out."""
