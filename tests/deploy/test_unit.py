"""The systemd unit: its secrets are used, its stop times fit, systemd itself finds nothing wrong with it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sync.daemon.service import LEAVE_S
from tests.deploy.files import DEPLOY, text

UNIT = text("opsync.service")
EXPOSURE = 20
"""The most that `systemd-analyze security` may count, in tenths of its scale from 0 to 10."""

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


def values(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", UNIT, re.MULTILINE)


def test_every_credential_is_used() -> None:
    """A secret handed to the service is one that a setting reads, and the other way round."""
    handed = {value.partition(":")[0] for value in values("LoadCredential")}
    read = set(re.findall(r"^Environment=OPSYNC_\w+=%d/([\w.]+)$", UNIT, re.MULTILINE))

    assert handed == read != set()


def test_systemd_waits_longer_than_the_service_needs() -> None:
    """Otherwise the records in flight would be cut."""
    (allowed,) = values("TimeoutStopSec")

    assert LEAVE_S < 30 <= int(allowed)


def test_a_configuration_error_is_not_tried_again() -> None:
    """Exit code 2 needs a person."""
    assert values("RestartPreventExitStatus") == ["2"]


def test_only_the_service_itself_may_report_to_systemd() -> None:
    """Ready when it is ready, restarted when it hangs, told to read its configuration again."""
    assert (values("Type"), values("NotifyAccess")) == (["notify"], ["main"])
    assert 60 <= int(values("WatchdogSec")[0]) <= 300
    assert values("ExecReload") == ["/bin/kill -HUP $MAINPID"]


@needs_systemd
def test_systemd_understands_every_line(tmp_path: Path) -> None:
    """Nothing is misspelt; only the program is another one, as opsync is not installed where this runs."""
    copy = tmp_path / "opsync.service"
    copy.write_text(UNIT.replace("/opt/opsync/bin/opsync", sys.executable), encoding="utf-8")

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", copy], capture_output=True, text=True, check=False
    )

    about_us = [line for line in done.stderr.splitlines() if "opsync" in line]
    assert about_us == []


@needs_systemd
def test_the_service_is_locked_in() -> None:
    """systemd's own count of what the service could do beyond its job stays small."""
    options = ["--offline=true", f"--threshold={EXPOSURE}", "--no-pager"]
    done = subprocess.run(
        ["systemd-analyze", "security", *options, DEPLOY / "opsync.service"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-300:]
