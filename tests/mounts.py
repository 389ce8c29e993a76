"""Disks of a test's own: mounted where nobody else sees them, and gone with the command."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest


@cache
def _can_mount() -> bool:
    if os.getuid() != 0 or shutil.which("unshare") is None:
        return False
    trial = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


needs_mounts = pytest.mark.skipif(not _can_mount(), reason="only root can mount, if anybody")


def on_read_only_disk(
    folder: Path, *command: object, checkout: Path
) -> "subprocess.CompletedProcess[str]":
    """Run a command to which `folder` is a read-only disk."""
    mount = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"'
    return _mounted(mount, str(folder), command, checkout)


def on_small_disk(
    folder: Path, size: str, *command: object, checkout: Path
) -> "subprocess.CompletedProcess[str]":
    """Run a command to which `folder` is a disk of this size, with a copy of what is there."""
    mount = f'cp -a "$1" "$1.copy" && mount -t tmpfs -o size={size} none "$1"'
    return _mounted(f'{mount} && cp -a "$1.copy/." "$1"', str(folder), command, checkout)


def _mounted(
    mount: str, folder: str, command: tuple[object, ...], checkout: Path
) -> "subprocess.CompletedProcess[str]":
    shell = ["sh", "-c", f'{mount} && shift && exec "$@"', "sh", folder, *map(str, command)]
    return subprocess.run(
        ["unshare", "--mount", *shell], cwd=checkout, capture_output=True, text=True, check=False
    )
