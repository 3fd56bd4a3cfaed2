"""A configuration that cannot be right ends every command with all of its problems at once, exit code 2."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sync.cli.main import build
from tests.security.installation import Installation, the_one_line

_BROKEN = """
[superoffice]
base_url = "https://superoffice.example.com"
user = "opsync"
pasword = "x"
page_size = "many"
[onlyoffice]
base_url = "https://office.example.com"
user = "opsync@example.com"
password = "tr0ub4dor"
[schedule]
interval_s = true
[mapping]
colour = "red"
"""
_COMMANDS = ("plan", "sync", "backfill", "check", "serve", "status", "links", "config show")


@pytest.mark.parametrize("command", _COMMANDS)
def test_every_problem_is_told_at_once(tmp_path: Path, command: str) -> None:
    """Unknown key, wrong type, a secret where none belongs, a missing secret: one line each, exit code 2."""
    config = tmp_path / "opsync.toml"
    config.write_text(_BROKEN)
    result = CliRunner().invoke(build(), ["-c", str(config), *command.split()])
    lines = {line.split(":")[0]: line for line in result.stderr.splitlines()}

    assert (result.exit_code, result.stdout) == (2, "")
    assert "did you mean password" in lines["superoffice.pasword"]
    assert lines["superoffice.page_size"] == "superoffice.page_size: must be a whole number"
    assert lines["schedule.interval_s"] == "schedule.interval_s: must be a number"
    assert "unknown setting" in lines["mapping.colour"]
    assert "OPSYNC_SUPEROFFICE__PASSWORD" in lines["superoffice.password"]
    assert "does not belong in this file" in lines["onlyoffice.password"]
    assert "tr0ub4dor" not in result.output


def test_a_secret_file_that_is_gone_is_named(installation: Installation) -> None:
    """The file, and that it is missing."""
    installation.config.write_text(
        installation.config.read_text().replace('"onlyoffice.password"', '"nowhere.password"')
    )
    result = installation.run("plan")

    assert result.exit_code == 2
    assert "onlyoffice.password_file" in the_one_line(result)
    assert "nowhere.password cannot be read" in the_one_line(result)


def test_a_stage_that_no_side_has_is_named(installation: Installation) -> None:
    """The mapping is held against the live lists before anything is planned."""
    installation.config.write_text(installation.config.read_text().replace('"Suspect"', '"Suspicious"'))
    result = installation.run("sync")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "no such stage in the row open/Needs analysis ↔ Suspicious" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("pem", "said"),
    [
        ("open sesame", "is not a PEM file"),
        ("-----BEGIN PRIVATE KEY-----\nb3BlbiBzZXNhbWU=\n-----END PRIVATE KEY-----", "is not a PEM file"),
    ],
)
def test_a_private_key_that_is_none(installation: Installation, pem: str, said: str) -> None:
    """Told before anybody is called, without a word of what the file holds."""
    installation.as_cloud("system_user")
    result = installation.run("plan", OPSYNC_SUPEROFFICE__PRIVATE_KEY=pem)

    assert result.exit_code == 2
    assert said in (line := the_one_line(result))
    assert "superoffice.private_key_file" in line
    assert pem.splitlines()[-1] not in line


@pytest.mark.parametrize("login", ["system_user", "openid"])
def test_the_cloud_needs_a_tenant(installation: Installation, login: str) -> None:
    """A way in that exists only in the cloud says what the cloud needs."""
    installation.as_cloud(login)
    text = installation.config.read_text()
    installation.config.write_text(text.replace('tenant = "', 'tenant = "" # "'))
    result = installation.run("plan")

    assert result.exit_code == 2
    assert "superoffice.tenant: missing" in result.stderr
