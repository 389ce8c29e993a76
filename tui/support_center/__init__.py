"""Support Center -> Custom Jobs: what customers see of their jobs, read-only."""
