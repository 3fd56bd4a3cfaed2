"""Brakes hold a run before its first write, say the numbers, and are released for one run by hand."""

from dataclasses import replace

import pytest

from sync.domain.brakes import Brakes, Limit
from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.domain.policy import Removal
from tests.engine.world import World

TIGHT = Brakes(
    updates=Limit(3, 30), removals=Limit(1, 10), gone=Limit(1, 30), reverted=Limit(1, 10), canaries={}
)


@pytest.fixture
def braked(world: World) -> World:
    """Ten linked pairs and tight limits."""
    for number in range(10):
        world.a_sale(title=f"Deal {number}")
    world.sync()
    world.with_(options=replace(world.pairing.options, brakes=TIGHT))
    return world


def test_a_mass_edit_is_held_and_released_once(braked: World) -> None:
    """Half of all sales edited at once: held with the numbers; one released run passes, the next does not."""
    for sale_id in list(braked.left.records)[:5]:
        braked.left.user_edits(sale_id, probability=99)
    writes = braked.writes()

    held = braked.sync()
    assert (held.outcome, braked.writes()) == ("held", writes)
    assert "too many updates in ONLYOFFICE: 5 of 10 links" in held.error

    released = braked.sync(release="spring cleaning, asked for by Anna")
    assert released.writes == {"updated right": 5}
    assert "spring cleaning" in released.notes[0]
    for sale_id in list(braked.left.records)[:5]:
        braked.left.user_edits(sale_id, probability=98)
    assert braked.sync().outcome == "held"


def test_few_edits_pass(braked: World) -> None:
    """A limit needs both its number and its share."""
    for sale_id in list(braked.left.records)[:3]:
        braked.left.user_edits(sale_id, probability=99)

    assert braked.sync().writes == {"updated right": 3}


def test_a_mass_deletion_is_held_before_it_spreads(braked: World) -> None:
    """Three of ten opportunities gone, then six: nothing is even marked while the brake holds."""
    policy = replace(braked.pairing.policy, removals=dict.fromkeys(Side, Removal.DELETE))
    braked.with_(policy=policy)
    for opportunity_id in list(braked.right.records)[:4]:
        braked.right.user_deletes(opportunity_id)
    for _ in range(3):
        braked.clock.wait(1000)
        report = braked.sync()
        assert report.outcome == "held"
        assert "too many records gone in ONLYOFFICE: 4 of 10" in report.error
    assert len(braked.left.records) == 10


def test_another_system_is_recognised_by_an_account_without_full_sight(braked: World) -> None:
    """All our numbers vanish and others are there: held, even where a missing record may only be hidden, and
    no stranger is carried over."""
    braked.right.lists = replace(braked.right.lists, sees_all=False)
    braked.right.records.clear()
    braked.an_opportunity(title="Somebody else's")

    report = braked.sync()

    assert report.outcome == "held"
    assert "too many records gone in ONLYOFFICE: 10 of 10" in report.error
    assert len(braked.left.records) == 10


def test_a_restored_side_is_recognised(braked: World) -> None:
    """ONLYOFFICE shows again what opsync overwrote there: held, and SuperOffice keeps the newer values."""
    sales = list(braked.left.records)[:3]
    for sale_id in sales:
        braked.left.user_edits(sale_id, title=f"Newer {sale_id}")
    before = {key: record.values["title"] for key, record in braked.right.records.items()}
    braked.sync()
    for opportunity_id, title in before.items():
        braked.right.user_edits(opportunity_id, title=title)

    report = braked.sync()

    assert report.outcome == "held"
    assert "records show an older state in ONLYOFFICE: 3 of 10 links" in report.error
    assert braked.left.records[sales[0]].values["title"] == f"Newer {sales[0]}"


def test_a_restored_side_that_people_work_on_is_recognised(braked: World) -> None:
    """SuperOffice shows again what its own people had replaced and opsync had carried over: held."""
    sales = list(braked.left.records)[:3]
    before = {sale_id: dict(braked.left.records[sale_id].values) for sale_id in sales}
    for sale_id in sales:
        braked.left.user_edits(sale_id, title=f"Newer {sale_id}", stage="open/11")
    braked.sync()
    for sale_id in sales:
        braked.left.user_edits(sale_id, title=before[sale_id]["title"], stage="open/12")

    report = braked.sync()

    assert report.outcome == "held"
    assert "records show an older state in SuperOffice: 3 of 10 links" in report.error
    assert {record.values["title"] for record in braked.right.records.values()} >= {
        f"Newer {sale_id}" for sale_id in sales
    }


def test_a_side_restored_unnoticed_waits_for_the_full_look(braked: World) -> None:
    """A backup brings its old times of change along, so the next look at changes tells nothing: whoever edits
    the partner of such a record does not lose the newer values to it."""
    backup = dict(braked.left.records)
    for sale_id in list(backup)[:5]:
        braked.left.user_edits(sale_id, title=f"Newer {sale_id}", probability=70)
    braked.sync(release="a bulk edit")
    braked.left.records = dict(backup)
    sale_id = next(iter(backup))
    right_id = braked.link_of(Side.LEFT, sale_id).right_id or ""
    braked.right.user_edits(right_id, probability=80)

    report = braked.sync()
    again = braked.sync()

    assert (report.writes, again.writes) == ({}, {})
    assert braked.right.records[right_id].values["title"] == f"Newer {sale_id}"
    assert "was it restored from a backup?" in braked.link_of(Side.LEFT, sale_id).reason
    assert "older state in SuperOffice: 5 of 10 links" in braked.sync(full=True).error


def test_a_dead_canary_holds_everything(braked: World) -> None:
    """A record that must be readable is not: something is wrong with that side."""
    brakes = replace(TIGHT, canaries={Side.RIGHT: "999"})
    braked.with_(options=replace(braked.pairing.options, brakes=brakes))
    braked.a_sale(title="New")

    report = braked.sync()

    assert report.outcome == "held"
    assert "canary record 999 of ONLYOFFICE" in report.error


def test_a_backfill_may_be_large(world: World) -> None:
    """Creations and first bonds are no mass edit."""
    world.with_(options=replace(world.pairing.options, brakes=TIGHT))
    for number in range(20):
        world.a_sale(title=f"Deal {number}")
        world.an_opportunity(title=f"Deal {number}", probability=1)

    assert world.sync().writes == {"updated right": 20}


def test_an_emptied_side_is_let_pass_by_a_recorded_word(braked: World) -> None:
    """Held with the number; released, the deletions still have to be seen twice, each look by a word."""
    for record_id in list(braked.right.records):
        braked.right.user_deletes(record_id)

    held = braked.sync()
    first = braked.sync(release="the portal was emptied on purpose")
    braked.clock.wait(braked.pairing.options.gone_after_s)
    second = braked.sync(release="the portal was emptied on purpose")

    assert (held.outcome, first.outcome, second.outcome) == ("held", "done", "done")
    assert "shows no records at all" in held.error
    assert any("shows no records at all" in note for note in first.notes)
    assert all(link.state is LinkState.BURIED for link in braked.links())
