"""All that only SQLite has: its driver, pragmas, write lock, error codes, full-text index."""
