"""Audit compares both sides with each other and writes nothing."""

from dataclasses import replace

from sync.domain.audit import Kind
from sync.domain.model import Record, Side
from sync.engine.audit import audit_pairing
from tests.engine.world import World


def found(world: World) -> list[tuple[Kind, str]]:
    return [(finding.kind, finding.said) for finding in audit_pairing(world.pairing)]


def test_a_synced_world_has_no_findings(world: World) -> None:
    """In sync is true at rest (I13), whatever the values."""
    world.a_sale(stage="stalled")
    world.an_opportunity(title="Other", expected_close_on=None)
    world.sync()
    before = (world.links(), world.writes())

    assert found(world) == []
    assert (world.links(), world.writes()) == before


def test_drift_orphans_doubles_and_stamps_are_found(world: World) -> None:
    """Each kind once, with the record it is about."""
    ids = [world.a_sale(title=title) for title in ("Drift", "Orphan", "Double", "Stamp")]
    world.sync()
    partners = [world.link_of(Side.LEFT, sale_id).right_id or "" for sale_id in ids]
    world.right.user_edits(partners[0], probability=1)
    world.right.user_deletes(partners[1])
    copy = {**world.right.records[partners[2]].values}
    world.right.user_creates(**copy)
    stray = world.an_opportunity(title="Stray")
    stamp = world.right.records[partners[3]].stamp
    world.right.records[stray] = replace(world.right.records[stray], stamp=stamp)

    kinds = dict(found(world))

    assert set(kinds) == {Kind.DRIFT, Kind.ORPHAN, Kind.DOUBLE, Kind.STRAY_STAMP}
    assert "probability" in kinds[Kind.DRIFT]
    assert kinds[Kind.ORPHAN] == "not found in ONLYOFFICE"
    assert kinds[Kind.STRAY_STAMP].startswith(f"ONLYOFFICE {stray} ")


def test_an_unreadable_record_is_told(world: World) -> None:
    """Not silently skipped."""
    sale_id = world.a_sale()
    world.sync()
    world.left.unreadable[sale_id] = "amount is no number"

    assert isinstance(world.left.records[sale_id], Record)
    assert [kind for kind, _said in found(world)] == [Kind.UNREADABLE]
