"""Running the command that the arguments name."""

from argparse import Namespace
from importlib import import_module


def run_command(options: Namespace) -> int:
    """Run the command; its module is imported now, and none of the others."""
    module, function = options.run
    code: int = getattr(import_module(f"tui.cli.{module}"), function)(options)
    return code
