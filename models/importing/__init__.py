"""Accounts from other programs' exports: read and checked whole, then written in small batches."""

from models.importing.account_list import Progress
from models.importing.csv_columns import parse_mapping
from models.importing.run import (
    SOURCES,
    ImportOptions,
    ImportReport,
    Skipped,
    read_accounts,
    run_import,
)
from models.importing.runs import unfinished_runs

__all__ = [
    "SOURCES",
    "ImportOptions",
    "ImportReport",
    "Progress",
    "Skipped",
    "parse_mapping",
    "read_accounts",
    "run_import",
    "unfinished_runs",
]
