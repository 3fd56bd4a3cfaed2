"""The example configuration is complete, true and loadable."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sync.settings import Settings, load_settings
from sync.settings.mapping import CustomRow, StageRow
from sync.settings.source import SECRETS

EXAMPLE = Path(__file__).parents[2] / "config" / "opsync.example.toml"


def names_in(tree: dict[str, Any], above: str = "") -> set[str]:
    """Dotted names of all settings in a file; rows of a list count together."""
    found = set()
    for name, value in tree.items():
        if isinstance(value, dict):
            found |= names_in(value, f"{above}{name}.")
        elif isinstance(value, list) and any(isinstance(row, dict) for row in value):
            found |= {inner for row in value for inner in names_in(row, f"{above}{name}.")}
        else:
            found.add(f"{above}{name}")
    return found


def names_of(model: type[BaseModel], above: str = "") -> set[str]:
    found = set()
    for name, info in model.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found |= names_of(kind, f"{above}{name}.")
        else:
            found.add(f"{above}{name}")
    return found


def test_the_example_loads(tmp_path: Path) -> None:
    """With its secret files beside it, it is a working configuration."""
    for name in ("superoffice.password", "onlyoffice.password", "web.token"):
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_text("secret")
    (tmp_path / "opsync.toml").write_text(EXAMPLE.read_text())
    loaded = load_settings(tmp_path / "opsync.toml", {})

    assert loaded.warnings == ()
    assert loaded.settings.mapping.custom[0].items == {"Abroad": "Export"}


def test_the_example_names_every_setting() -> None:
    """Except secrets, whose files it names instead; tables of free names and rows by their own test."""
    shown = names_in(tomllib.loads(EXAMPLE.read_text()))
    free = {"mapping.stages", "mapping.custom", "mapping.currencies", "mapping.owners.table", "alerts.after"}
    secrets = {f"{section}.{name}" for section, name in SECRETS if section != "state"}
    known = {name for name in names_of(Settings) - free - secrets if not name.startswith("mapping.fields.")}

    assert known - shown == set()


def test_rows_in_the_example_show_every_setting_of_a_row() -> None:
    """Nobody has to guess what a row may say."""
    shown = names_in(tomllib.loads(EXAMPLE.read_text()))

    assert {f"mapping.stages.{name}" for name in StageRow.model_fields} <= shown
    assert {f"mapping.custom.{name}" for name in CustomRow.model_fields} - {"mapping.custom.items"} <= shown
    assert "mapping.custom.items.Abroad" in shown


def test_every_duration_says_its_unit() -> None:
    """A bare number is a riddle."""
    lines = EXAMPLE.read_text().splitlines()
    durations = [line for line in lines if re.match(r"\w+_s = ", line) and "#" in line]

    assert len(durations) >= 8
    assert all("second" in line for line in durations)


def test_the_shipped_example_is_this_one() -> None:
    """`opsync config example` prints it from inside the package."""
    assert files("sync.settings").joinpath("example.toml").read_text() == EXAMPLE.read_text()
