"""One tick after another: what a cycle does, reads and tells when nothing is wrong."""

from datetime import date

from sync.daemon.health import Phase
from sync.daemon.planner import Pace
from sync.daemon.shelf import KEPT_S
from sync.domain.link import LinkState
from sync.domain.model import Side
from tests.daemon.bench import Bench, heard, named
from tests.engine.world import World


def test_a_new_sale_arrives_with_the_next_tick(bench: Bench) -> None:
    """What a person makes on one side is on the other after one tick, and stays one."""
    bench.world.a_sale()

    outcomes = bench.tick(3)

    assert outcomes == ["done", "done", "done"]
    assert len(bench.world.right.records) == 1
    assert bench.world.writes() == 1


def test_every_cycle_has_one_line(bench: Bench) -> None:
    """The line carries the run's id, kind, seconds, counts and outcome."""
    bench.world.a_sale()

    with heard() as events:
        bench.tick(2)

    first, second = named(events, "cycle.finished")
    assert first["run_id"] != second["run_id"]
    assert (first["kind"], first["reach"], second["reach"]) == ("cycle", "all", "open")
    assert (first["created_right"], first["outcome"], first["links"]) == (1, "done", {"in_sync": 1})
    assert first["seconds"] >= 0
    assert "created_right" not in second


def test_everything_is_read_at_first_and_then_a_few_times_a_day(bench: Bench) -> None:
    """SuperOffice can tell its changes, and of ONLYOFFICE the open records are enough between."""
    bench.tick(3)
    after_three = reads(bench.world)
    bench.world.clock.wait(Pace().full_every_s)
    bench.tick(2)

    assert after_three == {"left census": 1, "right census": 1, "right open": 2}
    assert reads(bench.world) == {"left census": 2, "right census": 2, "right open": 3}


def test_what_leaves_the_open_records_is_read_itself(bench: Bench) -> None:
    """A deal that was won there is not listed any more, and arrives with the next tick all the same."""
    bench.world.a_sale()
    bench.tick(2)
    (won,) = bench.world.right.records

    bench.world.right.user_edits(won, stage="43", actual_close_on=date(2026, 11, 1))
    bench.tick()

    assert bench.world.left.records["1000"].values["stage"] == "sold"
    assert reads(bench.world)["right census"] == 1


def test_an_edit_of_a_closed_deal_waits_for_a_wider_look(bench: Bench) -> None:
    """Closed opportunities are looked at every quarter of an hour."""
    bench.world.a_sale()
    bench.tick(2)
    (won,) = bench.world.right.records
    bench.world.right.user_edits(won, stage="43", actual_close_on=date(2026, 11, 1))
    bench.tick()

    bench.world.right.user_edits(won, title="Won, and renamed")
    bench.tick()
    at_once = bench.world.left.records["1000"].values["title"]
    bench.world.clock.wait(Pace().changed_every_s)
    bench.tick()

    assert at_once != "Won, and renamed"
    assert bench.world.left.records["1000"].values["title"] == "Won, and renamed"


def test_a_deleted_sale_is_missed_by_the_hourly_look_at_ids(bench: Bench) -> None:
    """No change tells a deletion, and a complete reading is hours away."""
    bench.world.a_sale()
    bench.tick(2)
    bench.world.left.user_deletes("1000")

    bench.tick()
    before = bench.world.links()[0].gone_left_at
    bench.world.clock.wait(Pace().ids_every_s)
    bench.tick()

    assert before is None
    assert bench.world.links()[0].gone_left_at is not None
    assert (bench.world.left.calls["fetch_ids"], bench.world.left.calls["fetch_census"]) == (1, 1)


def test_a_conflict_at_rest_costs_no_calls(bench: Bench) -> None:
    """While both sides show what they showed, nobody is asked; an edit of either is seen at once."""
    bench.world.a_sale()
    bench.tick(2)
    (right_id,) = bench.world.right.records
    bench.world.left.user_edits("1000", title="One")
    bench.world.right.user_edits(right_id, title="Other")
    bench.tick()
    asked = bench.world.left.calls["fetch_record"] + bench.world.right.calls["fetch_record"]

    bench.tick(3)
    at_rest = bench.world.left.calls["fetch_record"] + bench.world.right.calls["fetch_record"]
    bench.world.right.user_edits(right_id, title="One")
    bench.tick()

    assert at_rest == asked
    assert bench.world.links()[0].state is LinkState.IN_SYNC


def reads(world: World) -> dict[str, int]:
    """Listings by side and kind."""
    calls = {"left": world.left.calls, "right": world.right.calls}
    found = {f"{side} {kind}": calls[side][f"fetch_{kind}"] for side in calls for kind in ("census", "open")}
    return {name: count for name, count in found.items() if count and name != "left open"}


def test_a_restart_remembers_the_last_full_cycle(bench: Bench) -> None:
    """A new process begins with what changed, and does nothing twice."""
    bench.world.a_sale()
    bench.tick()
    bench.supervisor.go_off_duty()
    censuses, writes = bench.world.left.calls["fetch_census"], bench.world.writes()

    outcomes = Bench(bench.world).tick(2)

    assert outcomes == ["done", "done"]
    assert bench.world.left.calls["fetch_census"] == censuses
    assert bench.world.writes() == writes


def test_a_clock_that_was_set_back_asks_for_a_full_cycle(bench: Bench) -> None:
    """A full cycle in the future proves nothing."""
    bench.tick()
    bench.world.clock.wait(-7200)

    bench.tick()

    assert bench.world.left.calls["fetch_census"] == 2


def test_a_full_cycle_that_failed_is_still_due(bench: Bench) -> None:
    """Only a full cycle that ended well counts."""
    bench.world.right.truncate = True
    bench.world.an_opportunity()
    outcomes = bench.tick()
    bench.world.right.truncate = False

    outcomes += bench.tick(2)

    assert outcomes == ["held", "done", "done"]
    assert bench.world.left.calls["fetch_census"] == 2


def test_lists_are_kept_for_an_hour(bench: Bench) -> None:
    """Stages and users are not asked for again every minute."""
    bench.tick(50)
    within = bench.world.left.calls["fetch_lists"]
    bench.world.clock.wait(KEPT_S)
    bench.tick()

    assert within == 1
    assert bench.world.left.calls["fetch_lists"] == 2


def test_a_value_without_mapping_makes_the_lists_fresh(bench: Bench) -> None:
    """A deal in a stage that nobody mapped waits, and the lists are looked at again, once."""
    bench.tick()
    bench.world.an_opportunity(stage="99")

    bench.tick(4)

    (link,) = bench.world.links()
    assert link.state in (LinkState.PARKED, LinkState.EXCLUDED)
    assert "stage" in link.reason
    assert bench.world.right.calls["fetch_lists"] == 2


def test_notes_about_the_mapping_are_told_once(bench: Bench) -> None:
    """A currency that the other side lacks is worth a line, not one a minute."""
    with heard() as events:
        bench.tick(3)

    assert [event["note"] for event in named(events, "mapping.noted")] == [
        "currency ISK of SuperOffice is unknown to ONLYOFFICE: sales in it will be parked"
    ]


def test_health_tells_the_last_cycle(bench: Bench) -> None:
    """Not ready before the first cycle, ready after it."""
    before, _ = bench.health.ready()
    bench.tick()
    after, told = bench.health.ready()

    assert (before, after) == (False, True)
    assert told["state"] == str(Phase.IDLE)
    assert told["cycles"] == {"done": 1}
    assert told["last_good_at"] == bench.world.clock().isoformat()


def test_health_is_dead_after_a_long_silence(bench: Bench) -> None:
    """A worker that hangs does not look alive for ever."""
    bench.tick()
    soon, _ = bench.health.live()
    bench.world.clock.wait(601)
    late, told = bench.health.live()

    assert (soon, late) == (True, False)
    assert told["beat_age_s"] == 601.0


def test_reading_keeps_the_heart_beating(world: World) -> None:
    """A long cycle is not a dead one: every page read is a sign of life."""
    bench = Bench(world, Pace())
    alive: list[bool] = []

    def read_slowly(name: str) -> None:
        world.clock.wait(400)
        if name == "fetch_companies":
            alive.append(bench.health.live()[0])

    world.a_sale()
    world.right.before_call = read_slowly

    assert bench.tick() == ["done"]
    assert alive == [True]
    assert world.link_of(Side.LEFT, "1000").state is LinkState.IN_SYNC
