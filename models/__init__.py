"""What the panel knows and may do: the only code that talks to the database."""
