"""Pauses: what waits for them, what does not, and how everything flows again once they are over."""

from datetime import timedelta

import pytest

from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.engine.pause_by_hand import Word, pause, resume
from sync.engine.pauses import paused_all, refuse_if_paused, wake
from sync.errors import RecordTrouble, RunHeld
from sync.store import pauses as store
from sync.store.pauses import Scope
from tests.engine.held import ANNA, a_pair, drafted, partner_of, timeline, waiting
from tests.engine.world import World


def test_writing_to_a_paused_side_waits(world: World) -> None:
    """Updates, creates and deals of two minds; what goes to the other side only flows."""
    to_right, to_left, to_both = (a_pair(world, name) for name in ("to right", "to left", "to both"))
    world.left.user_edits(to_right, probability=60)
    world.right.user_edits(partner_of(world, to_left), probability=60)
    world.left.user_edits(to_both, probability=60)
    world.right.user_edits(partner_of(world, to_both), description="Three vessels")
    world.a_sale(title="new left")
    world.an_opportunity(title="new right")

    pause(world.pairing, Scope.SIDE, "onlyoffice", ANNA)

    found = waiting(world)
    assert set(found) == {"to right", "to both", "new left"}
    assert set(found.values()) == {"writing to ONLYOFFICE is paused by Anna: moving"}
    assert drafted(world) - set(found) == {"to left", "new right"}


@pytest.mark.parametrize("named", ["superoffice:501", "onlyoffice:61"])
def test_a_paused_company_waits_on_both_sides(world: World, named: str) -> None:
    """By whichever id it was named, for edits and new records of either side; other companies flow."""
    edited = a_pair(world, "edited")
    other = a_pair(world, "other", company=None)
    world.left.user_edits(other, probability=60)
    world.right.user_edits(partner_of(world, edited), probability=60)
    world.a_sale(title="new left")
    world.an_opportunity(title="new right")

    pause(world.pairing, Scope.COMPANY, named, ANNA)

    said = "company Fjord Marine AS (SuperOffice 501) is paused by Anna: moving"
    assert waiting(world) == dict.fromkeys(("edited", "new left", "new right"), said)
    assert drafted(world) - set(waiting(world)) == {"other"}


def test_a_record_leaving_a_paused_company_waits_too(world: World) -> None:
    """Taking it away from there would be a change in the paused company."""
    sale_id = a_pair(world, "leaving")
    pause(world.pairing, Scope.COMPANY, "superoffice:501", ANNA)

    world.left.user_edits(sale_id, company=None)

    assert set(waiting(world)) == {"leaving"}


def test_a_paused_record_says_so_at_once(world: World) -> None:
    """It is left alone by the very next run, and the others are not."""
    held, free = a_pair(world, "held"), a_pair(world, "free")
    pause(world.pairing, Scope.RECORD, f"superoffice:{held}", ANNA)
    for sale_id in (held, free):
        world.left.user_edits(sale_id, probability=60)
    calls = world.right.calls["fetch_record"]

    report = world.sync()

    link = world.link_of(Side.LEFT, held)
    assert report.writes == {"updated right": 1}
    assert (link.state, link.reason) == (
        LinkState.PAUSED,
        f"record SuperOffice {held} is paused by Anna: moving",
    )
    assert world.right.calls["fetch_record"] - calls <= 2
    assert world.right.records[link.right_id or ""].values["probability"] == 50


def test_a_paused_record_that_a_run_took_up_again_waits(world: World) -> None:
    """The pause holds, whatever state the link was given meanwhile."""
    sale_id = a_pair(world, "held")
    pause(world.pairing, Scope.RECORD, f"onlyoffice:{partner_of(world, sale_id)}", ANNA)
    link_id = world.links()[0].id
    with world.database.begin() as connection:
        store.wake_links(connection, [link_id], world.clock())

    world.left.user_edits(sale_id, probability=60)

    assert waiting(world) == {"held": f"record SuperOffice {sale_id} is paused by Anna: moving"}


def test_what_was_resumed_flows_with_the_next_run(world: World) -> None:
    """The edits of both sides, merged as ever; the timeline tells who, why and when it was over."""
    sale_id = a_pair(world, "held")
    pause(world.pairing, Scope.RECORD, f"superoffice:{sale_id}", ANNA)
    world.left.user_edits(sale_id, probability=60)
    world.right.user_edits(partner_of(world, sale_id), description="Three vessels")
    world.sync()

    held, woken = resume(world.pairing, Scope.RECORD, f"superoffice:{sale_id}", "Ola")
    report = world.sync()

    link = world.link_of(Side.LEFT, sale_id)
    events = [(entry.event, entry.reason) for entry in timeline(world, link.id)]
    assert (held.pause.why, woken) == ("moving", 1)
    assert report.writes == {"updated left": 1, "updated right": 1}
    assert link.state is LinkState.IN_SYNC
    assert ("paused", f"record SuperOffice {sale_id} is paused by Anna: moving") in events
    assert ("resumed", "by Ola") in events
    assert ("resumed", "its pause is over") in events


def test_the_clock_resumes_too(world: World) -> None:
    """A link whose pause ran out is woken by the next run, and not a moment before."""
    sale_id = a_pair(world, "held")
    until = world.clock() + timedelta(hours=2)
    pause(world.pairing, Scope.RECORD, f"superoffice:{sale_id}", Word("Anna", "moving", until))
    world.left.user_edits(sale_id, probability=60)

    world.clock.wait(7199)
    early = wake(world.pairing)
    world.clock.wait(1)

    assert (early, wake(world.pairing, "run-1")) == (0, 1)
    assert waiting(world) == {}
    assert timeline(world, world.links()[0].id)[-1].run_id == "run-1"
    assert world.sync().writes == {"updated right": 1}


def test_a_link_wakes_only_when_its_own_pause_is_over(world: World) -> None:
    """Two records paused with the same words: resuming one leaves the other alone."""
    first, second = a_pair(world, "first"), a_pair(world, "second")
    for sale_id in (first, second):
        pause(world.pairing, Scope.RECORD, f"superoffice:{sale_id}", ANNA)

    resume(world.pairing, Scope.RECORD, f"superoffice:{first}", "Anna")

    assert wake(world.pairing) == 0
    states = [world.link_of(Side.LEFT, sale_id).state for sale_id in (first, second)]
    assert states == [LinkState.PENDING, LinkState.PAUSED]


def test_two_pauses_must_both_be_over(world: World) -> None:
    """A record of a paused company that is resumed still waits for the company."""
    sale_id = a_pair(world, "held")
    pause(world.pairing, Scope.RECORD, f"superoffice:{sale_id}", ANNA)
    pause(world.pairing, Scope.COMPANY, "superoffice:501", Word("Ola", "merger"))
    world.left.user_edits(sale_id, probability=60)

    resume(world.pairing, Scope.RECORD, f"superoffice:{sale_id}", "Anna")

    assert waiting(world) == {"held": "company Fjord Marine AS (SuperOffice 501) is paused by Ola: merger"}


def test_everything_paused_lets_no_run_begin(world: World) -> None:
    """Until it is resumed, or the clock says so."""
    until = world.clock() + timedelta(hours=2)
    free = paused_all(world.pairing)
    pause(world.pairing, Scope.ALL, "", Word("Anna", "moving", until))

    found = paused_all(world.pairing)
    with pytest.raises(RunHeld) as held:
        refuse_if_paused(world.pairing)

    assert free is None
    assert found is not None
    assert str(held.value) == (
        "everything is paused by Anna until 2026-11-22 10:00 UTC: moving. "
        "Nothing was begun; `opsync resume all` ends it"
    )
    world.clock.wait(7200)
    refuse_if_paused(world.pairing)
    with pytest.raises(RecordTrouble, match="everything is not paused"):
        resume(world.pairing, Scope.ALL, "", "Anna")


def test_without_a_pause_nothing_is_asked_or_written(world: World) -> None:
    """The usual case costs a look at an empty table."""
    sale_id = a_pair(world, "free")
    world.left.user_edits(sale_id, probability=60)
    before = timeline(world, world.links()[0].id)

    assert (waiting(world), wake(world.pairing)) == ({}, 0)
    assert timeline(world, world.links()[0].id) == before
