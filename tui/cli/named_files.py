"""Which files an invocation works with: the database and the settings."""

import os
from argparse import Namespace
from pathlib import Path

from models.opening import default_path, path_from_url


def database_path(options: Namespace) -> Path:
    """Return the file that the options or the environment name, else the user's own."""
    url = given(options.database, "CUSTOMJOBS_DATABASE")
    return default_path() if url is None else path_from_url(url)


def config_path(options: Namespace) -> Path | None:
    """Return the file with settings that the options or the environment name, if any."""
    file = given(options.config, "CUSTOMJOBS_CONFIG")
    return None if file is None else Path(file).expanduser()


def given(option: str | None, variable: str) -> str | None:
    """Return what an option says, else what a variable of the environment says, if anything."""
    return option if option is not None else os.environ.get(variable) or None
