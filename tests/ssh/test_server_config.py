"""What sshd itself makes of the block that `customjobs sshd-config` prints."""

import subprocess
from pathlib import Path

from tests.ssh.conftest import Company
from tests.ssh.server import sshd_here
from tui.ssh.forced_command import Installation
from tui.ssh.server_config import match_block


def test_sshd_means_by_the_block_what_it_says(service: Company, tmp_path: Path) -> None:
    """Also with a path that has to be quoted, and over the most generous global settings."""
    key, config = tmp_path / "host_key", tmp_path / "sshd_config"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    odd = Installation("/opt/customjobs/bin/python", Path("/var/lib/100% jobs/j b.db"))
    block = match_block("panel", odd)
    config.write_text(f"HostKey {key}\nAcceptEnv LANG LC_*\nX11Forwarding yes\n{block}")
    asked = ["-T", "-C", "user=panel,host=localhost,addr=127.0.0.1", "-f", str(config)]
    told = subprocess.run([sshd_here(), *asked], capture_output=True, text=True, check=True).stdout
    for setting in (
        "authenticationmethods publickey",
        "authorizedkeysfile none",
        "authorizedkeyscommanduser panel",
        "trustedusercakeys none",
        "disableforwarding yes",
        "allowtcpforwarding no",
        "allowstreamlocalforwarding no",
        "allowagentforwarding no",
        "x11forwarding no",
        "permittunnel no",
        "permitlisten none",
        "permitopen none",
        "permituserrc no",
        "setenv LC_ALL=C.UTF-8",
        "setenv LANG=C.UTF-8",
        "maxsessions 1",
        "clientaliveinterval 30",
        "clientalivecountmax 3",
    ):
        assert f"\n{setting}\n" in f"\n{told}\n", setting
    assert "acceptenv" not in told.replace("acceptenv NONE", "")
    assert (
        "authorizedkeyscommand /opt/customjobs/bin/python -I -X utf8 -m tui access keys "
        "--database '/var/lib/100%% jobs/j b.db' %u %t %k\n"
    ) in told
