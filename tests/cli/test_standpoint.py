"""What the account, the folder and the port allow is told before the first run finds out."""

import os
import socket
from pathlib import Path

import pytest

from sync.cli.finding import Finding, Mark
from sync.cli.standpoint import access_findings, deletion_findings, state_findings, web_findings
from sync.domain.model import Access, Side
from sync.settings import Settings, load_settings
from tests.cli.console import settings_with_state


def with_settings(folder: Path, **environ: str) -> Settings:
    """Valid settings, changed by the environment."""
    settings_with_state(folder)
    secrets = {"OPSYNC_SUPEROFFICE__PASSWORD": "one", "OPSYNC_ONLYOFFICE__PASSWORD": "two"}
    return load_settings(folder / "opsync.toml", {**secrets, **environ}).settings


def of_web(settings: Settings) -> list[Finding]:
    return [finding for finding in web_findings(settings) if finding.where == "web"]


def test_every_warning_of_a_side_is_a_remark() -> None:
    """Such as a right that is missing."""
    access = Access("ada", "1", "Cust1", "10", is_admin=False, warnings=("may not update sale 5",))
    found = list(access_findings(Side.LEFT, access))

    assert [finding.mark for finding in found] == [Mark.FINE, Mark.ODD]
    assert "no administrator" in found[0].what
    assert found[1].what == "may not update sale 5"


def test_deletions_that_cannot_be_seen_are_switched_off_clearly(tmp_path: Path) -> None:
    """And a policy that waits for them is named."""
    settings = with_settings(tmp_path, OPSYNC_POLICY__DELETED_IN_ONLYOFFICE="delete")
    (left,) = deletion_findings(settings, Side.LEFT, sees_all=False)
    (right,) = deletion_findings(settings, Side.RIGHT, sees_all=False)

    assert left.what.startswith("deletions are switched off")
    assert "has no effect" not in left.what
    assert 'deleted_in_onlyoffice = "delete" has no effect' in right.what
    assert list(deletion_findings(settings, Side.RIGHT, sees_all=True)) == []


def test_a_console_without_token_stays_closed(tmp_path: Path) -> None:
    """That is no fault."""
    assert [finding.mark for finding in of_web(with_settings(tmp_path))] == [Mark.FINE]


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    """It may be our own daemon's."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        settings = with_settings(tmp_path, OPSYNC_WEB__TOKEN="0123456789abcdef", OPSYNC_WEB__PORT=port)
        (found,) = of_web(settings)

    assert found.mark is Mark.ODD
    assert port in found.what


def test_a_short_token_and_an_open_host_are_remarks(tmp_path: Path) -> None:
    """The port itself is free; the token is not shown."""
    settings = with_settings(
        tmp_path, OPSYNC_WEB__TOKEN="s3cr3t", OPSYNC_WEB__HOST="0.0.0.0", OPSYNC_WEB__PORT="0"
    )
    found = of_web(settings)

    assert [finding.mark for finding in found] == [Mark.ODD, Mark.ODD, Mark.FINE]
    assert not any("s3cr3t" in finding.what + finding.to_do for finding in found)


def test_webhooks_are_told_to_be_missing(tmp_path: Path) -> None:
    """Nobody shall wait for them."""
    found = [row for row in web_findings(with_settings(tmp_path)) if row.where == "webhooks"]

    assert [(row.mark, "not configured" in row.what) for row in found] == [(Mark.FINE, True)]


def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first run, which would make the tables."""
    settings = settings_with_state(tmp_path)
    (before,) = state_findings(settings)
    monkeypatch.setattr(os, "access", lambda *_: False)
    (after,) = state_findings(settings)

    assert (before.mark, after.mark) == (Mark.ODD, Mark.BROKEN)
    assert str(tmp_path) in after.what


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    """With what to do about it."""
    settings = with_settings(tmp_path, OPSYNC_STATE__URL=f"sqlite:///{tmp_path / 'no' / 'state.db'}")
    (found,) = state_findings(settings)

    assert found.mark is Mark.BROKEN
    assert "create it first" in found.what
