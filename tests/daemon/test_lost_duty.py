"""A daemon that was too slow loses its place in the middle of a cycle: that is no brake, and it stands by."""

from sync.daemon.outages import Topic
from sync.engine.lease import DUTY, Fence
from tests.daemon.bench import Bench, heard, named
from tests.engine.world import World


def test_a_duty_lost_in_a_cycle_is_told_as_a_lease(world: World, bench: Bench) -> None:
    """While it reads, its time runs out and another daemon takes over; nothing is held, nobody is alarmed."""
    world.a_sale()
    bench.tick()
    other = Fence(world.pairing, DUTY, 600)

    def take_over(name: str) -> None:
        if name == "fetch_delta":
            world.clock.wait(400)
            other.take()

    world.left.before_call = take_over
    with heard() as events:
        outcomes = bench.tick(2)

    assert outcomes == ["stopped", "lease_held"]
    assert set(bench.outages.current()) == {Topic.LEASE}
    assert named(events, "run.held") == []
    assert [turn.report.writes for turn in bench.turns if turn.report][1:] == [{}]
