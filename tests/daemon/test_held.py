"""What the daemon does while a brake holds: it says so once for each reason, and never releases anything."""

from dataclasses import replace

from sync.daemon.outages import Topic
from sync.domain.brakes import Brakes, Limit
from tests.daemon.bench import Bench, heard, named
from tests.engine.world import World


def braked(world: World) -> tuple[Bench, list[str]]:
    """Ten pairs under a limit of three, and their sales."""
    ids = [world.a_sale(title=f"Deal {number}") for number in range(10)]
    world.sync()
    world.with_(options=replace(world.pairing.options, brakes=Brakes(updates=Limit(3, 30.0))))
    return Bench(world), ids


def edit(world: World, ids: list[str]) -> None:
    for sale_id in ids:
        world.left.user_edits(sale_id, probability=99)


def test_a_held_run_is_told_once_and_its_end_once(world: World) -> None:
    """However often it is tried; a person's release ends it, and the next mass edit is held again."""
    bench, ids = braked(world)
    edit(world, ids[:5])

    with heard() as events:
        outcomes = set(bench.tick(30))
        writes = world.writes()
        world.sync(release="asked for by Anna")
        bench.tick(6)

    (held,), (over,) = named(events, "run.held"), named(events, "run.let_go")
    assert outcomes == {"held", ""}
    assert writes == 10
    assert "too many updates in ONLYOFFICE: 5 of 10 links" in held["error"]
    assert held["log_level"] == "warning"
    assert over["seconds"] >= 29 * 60
    assert bench.outages.current() == {}


def test_another_reason_is_told_again(world: World) -> None:
    """More was edited meanwhile: the new numbers are a new line, the old outage goes on."""
    bench, ids = braked(world)
    edit(world, ids[:5])

    with heard() as events:
        bench.tick(10)
        edit(world, ids[5:])
        bench.tick(10)

    told = [event["error"] for event in named(events, "run.held")]
    assert len(told) == 2
    assert "5 of 10 links" in told[0]
    assert "10 of 10 links" in told[1]
    assert named(events, "run.let_go") == []


def test_readiness_says_held(world: World) -> None:
    """Not ready, alive, and the page has the numbers; once it is over, ready again."""
    bench, ids = braked(world)
    edit(world, ids[:5])
    bench.tick()

    ready, told = bench.health.ready()

    assert (ready, bench.health.live()[0]) == (False, True)
    assert told["last_cycle"]["outcome"] == "held"  # type: ignore[index]  # plain JSON
    assert "5 of 10 links" in told["outages"][str(Topic.BRAKE)]["error"]  # type: ignore[index]  # plain JSON
    world.sync(release="asked for by Anna")
    bench.tick(3)
    assert bench.health.ready()[0] is True


def test_an_empty_side_is_held_the_same_way(world: World) -> None:
    """Whatever holds a run before its first write is told like a brake."""
    bench, _ = braked(world)
    kept = dict(world.right.records)
    world.right.records.clear()

    with heard() as events:
        bench.tick(5)
        world.right.records.update(kept)
        bench.tick(6)

    (held,) = named(events, "run.held")
    assert "shows no records at all" in held["error"]
    assert len(named(events, "run.let_go")) == 1
