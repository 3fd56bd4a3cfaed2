"""`opsync audit` as a person reads it; it leaves no trace."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync import wiring
from sync.cli import audit
from sync.domain.model import Side
from tests.cli.console import Console, settings_with_state
from tests.engine.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def console(world: World, tmp_path: Path) -> Console:
    return Console(world, audit.register, settings=settings_with_state(tmp_path))


def drifted(world: World, count: int) -> None:
    """Opportunities edited behind opsync's back, which has not looked since."""
    ids = [world.a_sale(title=f"Deal {number}") for number in range(count)]
    world.sync()
    for sale_id in ids:
        world.right.user_edits(world.link_of(Side.LEFT, sale_id).right_id or "", stage="41")


def test_equal_sides_have_no_findings(world: World, console: Console) -> None:
    """Exit code 0, progress on stderr only."""
    world.a_sale()
    world.sync()

    result = console.run("audit")

    assert result.exit_code == 0
    assert result.stdout == "Audit: 0 findings in 1 link.\n"
    assert "records" in result.stderr


def test_findings_come_by_kind_with_both_values(world: World, console: Console) -> None:
    """By name, in each side's own words; exit code 4 and nothing written."""
    drifted(world, 1)
    lost = world.a_sale(title="Lost")
    world.sync()
    world.right.user_edits(world.link_of(Side.LEFT, "1000").right_id or "", stage="42")
    world.right.user_deletes(world.link_of(Side.LEFT, lost).right_id or "")
    before = (world.links(), world.writes())

    text = console.text("audit", code=4)

    assert "drift (1): linked and different, though nothing waits\n  Deal 0  [SuperOffice 1000" in text
    assert "      stage: SuperOffice First talk | ONLYOFFICE Offer\n" in text
    assert "orphan (1): a link whose record is not there\n  Lost  [" in text
    assert "Audit: 2 findings in 2 links." in text
    assert (world.links(), world.writes()) == before


def test_only_so_many_of_a_kind_are_printed(world: World, console: Console) -> None:
    """The rest is counted."""
    drifted(world, 3)

    text = console.text("audit", "--limit", "2", code=4)

    assert text.count("stage: SuperOffice") == 2
    assert "… and 1 more: --limit 0 prints all" in text
    assert console.text("audit", "--limit", "0", code=4).count("stage: SuperOffice") == 3


def test_json_gives_raw_values(world: World, console: Console) -> None:
    """By vendor name."""
    drifted(world, 1)

    found = console.json("audit", code=4)

    assert found["links"] == 1
    assert found["findings"][0]["kind"] == "drift"
    assert found["findings"][0]["fields"] == {"stage": {"superoffice": "open/12", "onlyoffice": "41"}}


def test_without_a_state_database_none_is_made(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is linked yet: nothing found, no file left behind."""
    world.a_sale()
    settings = settings_with_state(tmp_path, "not-there.db")
    monkeypatch.setattr(wiring, "build_crms", lambda *_args, **_options: world.pairing.crms)

    text = Console(world, audit.register, settings=settings).text("audit")

    assert text == "Audit: 0 findings in 0 links.\n"
    assert not (tmp_path / "not-there.db").exists()
