"""What staff may see and do: one desk with a counter for each noun."""
