"""`customjobs sshd-config`: what the operator adds to the configuration of sshd."""

from argparse import Namespace

from tui.cli.answers import answer, answer_json
from tui.cli.named_files import config_path, database_path
from tui.ssh.forced_command import Installation
from tui.ssh.server_config import match_block


def sshd_config(options: Namespace) -> int:
    """Answer with the block for the service user."""
    installation = Installation.here(database_path(options), config_path(options))
    block = match_block(options.user, installation)
    if options.json:
        answer_json({"match_block": block})
    else:
        answer(block.rstrip("\n"))
    return 0
