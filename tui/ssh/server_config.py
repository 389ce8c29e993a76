"""The part of sshd's configuration that lets people in by their keys, and by nothing else."""

import shlex

from tui.ssh.forced_command import Installation

_BLOCK = """\
# customjobs: put this at the end of /etc/ssh/sshd_config, then: sshd -t && systemctl reload ssh
#
# {command}
# and every folder above it must belong to root and be writable by nobody else; sshd refuses it
# otherwise. It runs as {user}, who alone may enter the folder of the database.
#
# Many people who log in at the same moment need more than the 10 logins under way that sshd allows
# by default. This one is global, above the first Match:
#
#     MaxStartups 100:30:200

Match User {user}
    AuthenticationMethods publickey
    AuthorizedKeysFile none
    AuthorizedKeysCommand {keys}
    AuthorizedKeysCommandUser {user}
    TrustedUserCAKeys none
    DisableForwarding yes
    AllowTcpForwarding no
    AllowStreamLocalForwarding no
    AllowAgentForwarding no
    X11Forwarding no
    PermitTunnel no
    PermitListen none
    PermitOpen none
    PermitUserRC no
    AcceptEnv NONE
    SetEnv LC_ALL=C.UTF-8 LANG=C.UTF-8
    MaxSessions 1
    ClientAliveInterval 30
    ClientAliveCountMax 3

Match all
"""


def match_block(user: str, installation: Installation) -> str:
    """Return the `Match` block (sshd_config(5)) for the service user `user`.

    Everything is said explicitly: what `DisableForwarding` and the option `restrict` cover has
    differed between versions of OpenSSH.
    """
    words = installation.command(["access", "keys"], "%u", "%t", "%k")
    # sshd expands % in this directive, as in the three tokens at its end.
    escaped = [word.replace("%", "%%") for word in words[:-3]]
    keys = " ".join([*map(shlex.quote, escaped), *words[-3:]])
    return _BLOCK.format(user=user, keys=keys, command=installation.python)
