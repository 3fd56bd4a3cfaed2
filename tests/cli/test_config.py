"""`opsync config` and `opsync migrate` show what is, without a secret."""

import json
import tomllib
from pathlib import Path

from tests.cli.conftest import Opsync, Playground


def test_show_tells_value_and_origin(opsync: Opsync, playground: Playground) -> None:
    """Of every setting; secrets are stars."""
    result = opsync("-c", playground.config, "config", "show", "--json", OPSYNC_WEB__PORT="9000")
    rows = {row["name"]: (row["value"], row["origin"]) for row in json.loads(result.stdout)}

    assert result.exit_code == 0
    assert rows["web.port"] == ("9000", "OPSYNC_WEB__PORT")
    assert rows["onlyoffice.stamp_field"] == ("Opsync link", "file")
    assert rows["budget.workers"] == ("8", "default")
    assert rows["onlyoffice.password"][0] == "**********"
    assert rows["onlyoffice.password"][1].endswith("onlyoffice.password")
    assert rows["mapping.owners.table"][1] == "file"


def test_no_secret_is_shown(opsync: Opsync, playground: Playground) -> None:
    """Nor a password inside the state url."""
    url = "postgresql://opsync:open-sesame@db.example.com/opsync"
    result = opsync("-c", playground.config, "config", "show", OPSYNC_STATE__URL=url)

    assert "postgresql://opsync:***@db.example.com/opsync" in result.stdout
    assert [
        leak for leak in ("open-sesame", "web-secret", playground.password) if leak in result.output
    ] == []


def test_path_tells_which_file_is_read(opsync: Opsync, tmp_path: Path) -> None:
    """The one in the current folder, unless the environment or `-c` names another."""
    (tmp_path / "opsync.toml").touch()

    assert opsync("config", "path").stdout == f"{tmp_path / 'opsync.toml'}\n"
    assert opsync("config", "path", OPSYNC_CONFIG="/x/y.toml").stdout == "/x/y.toml\n"
    assert json.loads(opsync("-c", "/z.toml", "config", "path", "--json").stdout) == {"path": "/z.toml"}


def test_example_is_a_configuration(opsync: Opsync) -> None:
    """Ready to be redirected into a file."""
    assert "superoffice" in tomllib.loads(opsync("config", "example").stdout)


def test_migrate_tells_before_and_after(opsync: Opsync, playground: Playground, tmp_path: Path) -> None:
    """From nothing to the newest; a second time nothing happens."""
    environ = {"OPSYNC_STATE__URL": f"sqlite:///{tmp_path / 'new.db'}"}
    first = json.loads(opsync("-c", playground.config, "migrate", "--json", **environ).stdout)
    second = opsync("-c", playground.config, "migrate", **environ)

    assert first["before"] is None
    assert first["after"] in second.stdout
    assert "already" in second.stdout


def test_a_state_that_cannot_be_used_is_one_line(opsync: Opsync, playground: Playground) -> None:
    """Exit code 1, no traceback."""
    result = opsync("-c", playground.config, "migrate", OPSYNC_STATE__URL="sqlite:////no/such/folder/x.db")

    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "/no/such/folder" in result.stderr
