"""While one side is away the other is still read, and nothing is decided from what it shows."""

import pytest

from sync.crm.memory import MemoryCrm
from sync.domain.link import Link, LinkState
from sync.domain.model import Record, Side
from sync.errors import BudgetSpent, OpsyncError, RetryLater, SideDown
from sync.store import cursors as cursor_store
from tests.daemon.bench import Bench, failing, heal, heard, named
from tests.engine.world import World

AWAY = (RetryLater("cannot connect"), SideDown("not called: no answer since 08:00"))


def side_of(world: World, side: Side) -> MemoryCrm:
    return world.left if side is Side.LEFT else world.right


def picture(world: World) -> tuple[list[Link], list[str | None], list[dict[str, Record]]]:
    """Links, cursors and all records of both sides."""
    with world.database.read() as connection:
        cursors = [cursor_store.load_cursor(connection, side) for side in Side]
    return world.links(), cursors, [dict(crm.records) for crm in (world.left, world.right)]


def people_work(world: World, bench: Bench) -> dict[Side, str]:
    """Four linked deals; then one is edited and one deleted on each side, and each side has a new one."""
    for number in range(4):
        world.a_sale(title=f"Deal {number}")
    bench.tick(2)
    sales = sorted(world.left.records, key=int)
    partners = [world.link_of(Side.LEFT, sale).right_id or "" for sale in sales]
    world.left.user_edits(sales[0], title="Edited left")
    world.right.user_edits(partners[1], title="Edited right")
    world.left.user_deletes(sales[2])
    world.right.user_deletes(partners[3])
    world.a_sale(title="New left")
    world.an_opportunity(title="New right")
    return {Side.LEFT: sales[2], Side.RIGHT: partners[3]}


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("away", Side)
def test_half_a_view_decides_nothing(world: World, away: Side, error: OpsyncError) -> None:
    """The side goes while it is read: the other one is read to its end, no link, base, cursor or record
    changes, and a missing record is not even noted as missing."""
    bench = Bench(world)
    people_work(world, bench)
    before, here = picture(world), side_of(world, away.other)
    side_of(world, away).before_call = failing(error, "fetch_delta", "fetch_census")
    looks = here.calls["fetch_census"] + here.calls["fetch_delta"]
    outcomes = bench.tick(6)

    assert "done" not in outcomes
    assert here.calls["fetch_census"] + here.calls["fetch_delta"] > looks
    assert picture(world) == before
    assert all(link.gone_at(side) is None for link in world.links() for side in Side)


@pytest.mark.parametrize("away", Side)
def test_a_month_away_is_made_good_without_a_person(world: World, away: Side) -> None:
    """Edited, deleted and made on both sides meanwhile: told once, decided never, then all of it travels."""
    bench = Bench(world)
    deleted = people_work(world, bench)
    before = picture(world)
    side_of(world, away).before_call = failing(AWAY[0])
    with heard() as events:
        for _ in range(30 * 24):
            world.clock.wait(3600)
            bench.supervisor.turn()
        meanwhile = picture(world)
        heal(side_of(world, away))
        bench.tick(40)

    assert meanwhile == before
    assert len(named(events, "side.lost")) == len(named(events, "side.recovered")) == 1
    titles = [{str(row.values["title"]) for row in crm.records.values()} for crm in (world.left, world.right)]
    assert {"Edited left", "Edited right", "New left", "New right"} <= titles[0] & titles[1]
    states = {link.record_id(side): link.state for link in world.links() for side in Side}
    assert [states[record_id] for record_id in deleted.values()] == [LinkState.BURIED] * 2
    assert set(states.values()) == {LinkState.IN_SYNC, LinkState.BURIED}


@pytest.mark.parametrize("short", Side)
def test_a_spent_day_waits_for_midnight_by_itself(world: World, short: Side) -> None:
    """One line, nothing decided, and with the new day's calls the work goes on."""
    bench = Bench(world)
    people_work(world, bench)
    before = picture(world)
    midnight = world.clock().replace(hour=0, minute=0)

    def count(_name: str) -> None:
        if world.clock().date() == midnight.date():
            raise BudgetSpent("the day's budget of calls is used up until midnight UTC", midnight)

    side_of(world, short).before_call = count
    with heard() as events:
        for _ in range(15 * 60):
            world.clock.wait(60)
            bench.supervisor.turn()
        spent = picture(world)
        bench.tick(120)

    assert spent == before
    assert len(named(events, "side.lost")) == len(named(events, "side.recovered")) == 1
    assert {link.state for link in world.links()} == {LinkState.IN_SYNC, LinkState.BURIED}
