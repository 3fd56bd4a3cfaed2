"""List items without an image are told before a record gets one of them."""

from pathlib import Path

import pytest

from sync.cli.finding import Mark
from sync.cli.wanted_fields import item_findings
from sync.domain.model import Choice, CustomFieldInfo, FieldKind, Lists, Side
from sync.settings import Settings, load_settings
from tests.cli.console import settings_with_state
from tests.domain.builders import LEFT, RIGHT, some_lists

ROW = """
[[mapping.custom]]
name = "region"
type = "list"
superoffice = "SuperOffice:7"
onlyoffice = "Region"
"""


def with_row(folder: Path, items: str) -> Settings:
    settings_with_state(folder)
    config = folder / "opsync.toml"
    config.write_text(f"{config.read_text()}{ROW}items = {items}\n")
    return load_settings(
        config, {"OPSYNC_SUPEROFFICE__PASSWORD": "one", "OPSYNC_ONLYOFFICE__PASSWORD": "two"}
    ).settings


def a_list(key: str, *names: str, kind: FieldKind = FieldKind.LIST) -> CustomFieldInfo:
    return CustomFieldInfo(key, "Region", kind, tuple(Choice(name, name) for name in names))


def with_field(left: CustomFieldInfo, right: CustomFieldInfo) -> dict[Side, Lists]:
    return {LEFT: some_lists(LEFT, custom_fields=(left,)), RIGHT: some_lists(RIGHT, custom_fields=(right,))}


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ("{}", ["ONLYOFFICE's list lacks Abroad", "SuperOffice's list lacks Export"]),
        ('{ "Abroad" = "Export" }', []),
        ('{ "Abroad" = "Import" }', ["ONLYOFFICE's list lacks Abroad", "SuperOffice's list lacks Export"]),
    ],
)
def test_items_without_an_image_are_named(tmp_path: Path, items: str, said: list[str]) -> None:
    """In both directions; pairs in the configuration count."""
    lists = with_field(a_list("SuperOffice:7", "North", "Abroad"), a_list("12", "North", "Export"))
    found = list(item_findings(with_row(tmp_path, items), lists))

    assert [row.what.partition(": ")[2] for row in found] == said
    assert {row.mark for row in found} <= {Mark.ODD}


def test_a_text_field_takes_any_item(tmp_path: Path) -> None:
    """ONLYOFFICE stores whatever it is given there."""
    lists = with_field(a_list("SuperOffice:7", "North"), a_list("12", kind=FieldKind.TEXT))

    assert list(item_findings(with_row(tmp_path, "{}"), lists)) == []
