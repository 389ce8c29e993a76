"""Who else may use the files that lie beside a database: those who share the database itself."""

import stat
from pathlib import Path


def group_bits(database_path: Path) -> int:
    """Return the permission bits for its group of a file beside the database.

    Reading and writing where the group may write the database, none where it may not, or where
    there is no database. Others never get any.
    """
    try:
        mode = database_path.stat().st_mode
    except FileNotFoundError:
        return 0
    return stat.S_IRGRP | stat.S_IWGRP if mode & stat.S_IWGRP else 0
