"""Accounts from other programs' exports: read, checked whole, then written in small batches."""

from models.importing.batches import Progress
from models.importing.csv_columns import parse_mapping
from models.importing.run import (
    SOURCES,
    ImportOptions,
    ImportReport,
    Skipped,
    read_accounts,
    run_import,
)

__all__ = [
    "SOURCES",
    "ImportOptions",
    "ImportReport",
    "Progress",
    "Skipped",
    "parse_mapping",
    "read_accounts",
    "run_import",
]
