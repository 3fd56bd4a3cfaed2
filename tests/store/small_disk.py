"""A disk of four megabytes for a command and its children, gone when they end; holds no test."""

import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

SIZE = 4 * 1024 * 1024
PATIENCE_S = 300

WAYS = {
    "as root": ("unshare", "--mount"),
    "as a user who may make namespaces": ("unshare", "--map-root-user", "--mount"),
    "as a user who may become root": ("sudo", "--non-interactive", "unshare", "--mount"),
}
"""How a process gets file systems of its own; nobody else sees what is mounted there."""

_MOUNT = f'mount -t tmpfs -o size={SIZE} tmpfs "$0" && exec "$@"'


def run_on_small_disk(folder: Path, command: Sequence[str], cwd: Path) -> "subprocess.CompletedProcess[str]":
    """Runs `command` with `folder` a small disk; where this machine has no way to do so, the test fails."""
    return _run(WAYS[_way(folder)], folder, ["env", "PYTHONDONTWRITEBYTECODE=1", *command], cwd)


@cache
def _way(folder: Path) -> str:
    complaints = []
    for name, way in WAYS.items():
        tried = _run(way, folder, ["true"], folder)
        if tried.returncode == 0:
            return name
        complaints.append(f"{name}: {tried.stderr.strip()}")
    pytest.fail(
        "a small disk cannot be mounted here, so nothing is proved about full disks: run the tests as root, "
        f"or allow user namespaces, or sudo without a password ({'; '.join(complaints)})"
    )


def _run(
    way: Sequence[str], folder: Path, command: Sequence[str], cwd: Path
) -> "subprocess.CompletedProcess[str]":
    words = [*way, "sh", "-c", _MOUNT, str(folder), *command]
    try:
        return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    except FileNotFoundError as missing:
        return subprocess.CompletedProcess(words, 127, "", str(missing))
