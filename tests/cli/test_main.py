"""The frame around all commands: help, errors without traceback, exit codes."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import typer

from sync.cli.main import build
from sync.cli.state import Context
from sync.domain.link import LinkState
from sync.domain.model import Side, User
from tests.cli.conftest import Opsync

NAMES = ("demo", "sandbox", "check", "plan", "sync", "backfill", "serve", "status", "runs", "show", "links")
MORE_NAMES = (
    "pause",
    "resume",
    "conflicts",
    "contacts",
    "migrate",
    "config",
    "init",
    "login",
    "apply",
    "undo",
    "audit",
)


def test_help_names_every_command(opsync: Opsync) -> None:
    """And says what the exit codes mean."""
    shown = opsync("--help")

    assert shown.exit_code == 0
    assert [name for name in (*NAMES, *MORE_NAMES) if name not in shown.output] == []
    assert "Exit codes" in shown.output


@pytest.mark.parametrize(
    "command", ["demo", "sandbox", "check", "migrate", "pause", "resume", "config show", "config path"]
)
def test_help_of_a_command_teaches(opsync: Opsync, command: str) -> None:
    """What it does and how it ends."""
    shown = opsync(*command.split(), "--help")

    assert shown.exit_code == 0
    assert "Exit codes" in shown.output


def test_problems_are_lines_on_stderr(opsync: Opsync, tmp_path: Path) -> None:
    """All of them, without a traceback; exit code 2."""
    (tmp_path / "opsync.toml").write_text("[web]\nprot = 1\n")
    result = opsync("check")

    lines = result.stderr.splitlines()
    assert result.exit_code == 2
    assert "web.prot: unknown setting (did you mean port?)" in lines
    assert "superoffice.base_url: missing" in lines
    assert result.stdout == ""


def test_no_configuration_is_a_usage_error(opsync: Opsync) -> None:
    """It says where one was looked for."""
    result = opsync("migrate")

    assert result.exit_code == 2
    assert "opsync.toml" in result.stderr


def test_the_module_is_the_command(tmp_path: Path) -> None:
    """`python -m sync` from a source tree works like the console script."""
    told = subprocess.run(
        [sys.executable, "-m", "sync", "--version"], capture_output=True, text=True, check=True, timeout=60
    )

    assert told.stdout.startswith("opsync ")
    assert told.stderr == ""


def test_json_has_a_form_for_every_value(capsys: pytest.CaptureFixture[str]) -> None:
    """Decimals as text, dates in ISO form, enums as their text, dataclasses as objects, sets in order."""
    value = {
        "amount": Decimal("10.50"),
        "on": date(2026, 1, 2),
        "at": datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        Side.LEFT: LinkState.IN_SYNC,
        "user": User("1", "Anna [sic]", "anna", None),
        "set": frozenset({"b", "a"}),
        "path": Path("x"),
    }
    Context().print_json(value)

    assert json.loads(capsys.readouterr().out) == {
        "amount": "10.50",
        "on": "2026-01-02",
        "at": "2026-01-02T03:04:00+00:00",
        "left": "in_sync",
        "user": {"key": "1", "name": "Anna [sic]", "login": "anna", "email": None, "active": True},
        "set": ["a", "b"],
        "path": "x",
    }


def test_titles_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """Square brackets and colons are no markup, and a pipe gets no colours."""
    Context().out.print("[bold]Deal[/bold] :smile: 42", style="red")

    assert capsys.readouterr().out == "[bold]Deal[/bold] :smile: 42\n"


def test_every_command_that_prints_offers_json() -> None:
    """Except those that print one fixed thing or run until they are stopped."""
    fixed = {"sandbox", "serve", "example"}

    assert sorted(_without_json(typer.main.get_command(build()), fixed)) == []


def _without_json(command: object, fixed: set[str]) -> list[str]:
    inner = getattr(command, "commands", None)
    if inner is not None:
        return [name for child in inner.values() for name in _without_json(child, fixed)]
    name = str(getattr(command, "name", ""))
    offered = {option for parameter in getattr(command, "params", ()) for option in parameter.opts}
    return [] if name in fixed or "--json" in offered else [name]
