"""What stands in deploy/: every setting it names exists, and the stop times fit together."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from pydantic import BaseModel

from sync.daemon.service import LEAVE_S
from sync.settings import Settings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNIT = (DEPLOY / "opsync.service").read_text(encoding="utf-8")


def is_setting(names: Iterable[str]) -> bool:
    model: type[BaseModel] | None = Settings
    for name in names:
        info = model.model_fields.get(name) if model else None
        if info is None:
            return False
        kind = info.annotation
        model = kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None
    return True


@pytest.mark.parametrize("name", ["opsync.service", "Dockerfile", "README.md", "livez.py"])
def test_every_variable_is_a_setting(name: str) -> None:
    """A variable that was misspelt would be refused at the start."""
    found = set(re.findall(r"OPSYNC_\w+__\w+", (DEPLOY / name).read_text(encoding="utf-8")))

    assert found
    wrong = {name for name in found if not is_setting(name.removeprefix("OPSYNC_").lower().split("__"))}
    assert wrong == set()


def test_every_credential_is_used() -> None:
    """A secret handed to the service is one that a setting reads, and the other way round."""
    handed = set(re.findall(r"^LoadCredential=([\w.]+):", UNIT, re.MULTILINE))
    read = set(re.findall(r"^Environment=OPSYNC_\w+=%d/([\w.]+)$", UNIT, re.MULTILINE))

    assert handed == read != set()


def test_systemd_waits_longer_than_the_service_needs() -> None:
    """Otherwise the records in flight would be cut."""
    (allowed,) = re.findall(r"^TimeoutStopSec=(\d+)$", UNIT, re.MULTILINE)

    assert LEAVE_S < 30 <= int(allowed)


def test_a_configuration_error_is_not_tried_again() -> None:
    """Exit code 2 needs a person."""
    assert "RestartPreventExitStatus=2\n" in UNIT
