"""The bottom frame: an account's custom jobs, one job, or the history."""
