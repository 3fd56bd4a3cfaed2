"""Brakes: what counts against which limit, where each limit lies, and what a person reads."""

from dataclasses import replace

import pytest

from sync.domain.actions import Action, Create, Delete, LinkPlan, Update
from sync.domain.brakes import Brakes, Limit, Trip, check_brakes
from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.domain.plan import HIDDEN

from .builders import LEFT, RIGHT, a_link, a_sale, half_a_link

NEVER = Limit(1000, 100.0)
AT_ONCE = Limit(0, 0.0)
OFF = Brakes(NEVER, NEVER, NEVER, NEVER)
NO_BASES = replace(a_link(), base_left=None, base_right=None)


def an_update(side: Side = RIGHT) -> Update:
    return Update(side, "70", (), "edited")


def a_plan(*actions: Action, state: LinkState = LinkState.IN_SYNC, gone: Side | None = None) -> LinkPlan:
    return LinkPlan(a_link(), actions, (), state, "", gone=frozenset({gone} if gone else ()))


def tripped(brakes: Brakes, *plans: LinkPlan, reverted: dict[Side, int] | None = None) -> list[Trip]:
    return list(check_brakes(brakes, plans, 10, reverted or {}))


@pytest.mark.parametrize(
    ("count", "links", "passed"),
    [(5, 10, False), (6, 10, True), (6, 60, False), (6, 59, True), (7, 70, False), (1000, 0, True)],
)
def test_a_limit_is_passed_beyond_both_its_number_and_its_share(count: int, links: int, passed: bool) -> None:
    """More than five and more than a tenth; exactly that much is still allowed."""
    assert Limit(5, 10.0).is_passed(count, links) is passed


def test_the_limits_without_a_setting() -> None:
    """As config/opsync.example.toml tells them; nothing is a canary."""
    assert Brakes() == Brakes(Limit(50, 30.0), Limit(5, 5.0), Limit(5, 10.0), Limit(5, 10.0), {})


def test_nothing_planned_trips_nothing() -> None:
    """Not even where every limit is nought."""
    assert tripped(Brakes(AT_ONCE, AT_ONCE, AT_ONCE, AT_ONCE)) == []


@pytest.mark.parametrize("side", Side)
def test_updates_are_counted_on_the_side_they_are_written(side: Side) -> None:
    """With the numbers and where to look."""
    brakes = replace(OFF, updates=AT_ONCE)

    trips = tripped(brakes, a_plan(an_update(side)), a_plan(an_update(side)))

    advice = "look at `opsync plan`; a changed list or a bulk edit may be behind it"
    assert trips == [Trip("too many updates", side, 2, 10, advice)]
    assert str(trips[0]) == f"too many updates in {side.label}: 2 of 10 links; {advice}"


def test_a_backfill_may_be_large() -> None:
    """Creations and first bonds are no mass edit."""
    create = Create(RIGHT, {}, a_sale(), "new")
    first = replace(a_plan(an_update(LEFT), an_update(RIGHT)), link=NO_BASES)

    assert tripped(replace(OFF, updates=AT_ONCE), a_plan(create), first) == []


def test_a_side_that_was_bonded_before_is_edited() -> None:
    """Whatever is known of the other one."""
    plan = a_plan(an_update(LEFT), an_update(RIGHT))
    halves = [replace(plan, link=NO_BASES.with_base(side, {})) for side in Side]

    trips = [tripped(replace(OFF, updates=AT_ONCE), half) for half in halves]
    assert [[trip.side for trip in each] for each in trips] == [[LEFT], [RIGHT]]


@pytest.mark.parametrize("side", Side)
def test_removals_are_deletions_and_closings_of_buried_links(side: Side) -> None:
    """An edit of a living link removes nothing, and neither does a copy made of a buried one."""
    buried = LinkState.BURIED
    plans = [
        a_plan(Delete(side, "70", {}, "deleted"), state=buried),
        a_plan(an_update(side), state=buried),
        a_plan(an_update(side.other), state=buried),
        a_plan(Create(side, {}, a_sale(), "new"), state=buried),
        a_plan(an_update(side)),
    ]

    trips = [trip for trip in tripped(replace(OFF, removals=AT_ONCE), *plans) if trip.side is side]

    advice = "look at `opsync plan`; nothing has been removed"
    assert trips == [Trip("too many removals", side, 2, 10, advice)]


@pytest.mark.parametrize("side", Side)
def test_only_records_of_whole_links_can_be_gone(side: Side) -> None:
    """A record that never had a partner takes nothing with it."""
    whole = a_plan(state=LinkState.PENDING, gone=side)
    half = replace(whole, link=half_a_link(side))

    trips = tripped(replace(OFF, gone=AT_ONCE), whole, half, a_plan())

    advice = "is it the right system, and does our account still see everything?"
    assert trips == [Trip("too many records gone", side, 1, 10, advice)]


@pytest.mark.parametrize("side", Side)
def test_what_may_only_be_hidden_counts_as_gone(side: Side) -> None:
    """On its own side, and of whole links only: it may be the wrong system we look at."""
    parked = a_plan(state=LinkState.PARKED)
    plans = [
        replace(parked, reason=f"{HIDDEN} in {side.label}: {more}") for more in ("deleted?", "who knows")
    ]
    half = replace(plans[0], link=half_a_link(side))
    other = replace(parked, reason="title differs")

    trips = tripped(replace(OFF, gone=AT_ONCE), *plans, half, other)

    assert [(trip.side, trip.count) for trip in trips] == [(side, 2)]


@pytest.mark.parametrize("side", Side)
def test_an_older_state_is_counted_by_the_caller(side: Side) -> None:
    """A side that the caller did not count shows none."""
    trips = tripped(replace(OFF, reverted=AT_ONCE), reverted={side: 3})

    assert trips == [
        Trip("records show an older state", side, 3, 10, "was this side restored from a backup?")
    ]


def test_every_brake_is_told_at_once_by_side() -> None:
    """A person sees the whole trouble, not its first part."""
    plan = a_plan(an_update(LEFT), an_update(RIGHT), gone=LEFT)

    trips = tripped(replace(OFF, updates=AT_ONCE, gone=AT_ONCE), plan)

    assert [(trip.brake, trip.side) for trip in trips] == [
        ("too many updates", LEFT),
        ("too many records gone", LEFT),
        ("too many updates", RIGHT),
    ]


def test_the_share_is_of_all_living_links() -> None:
    """One update of three links passes a third, of four it does not."""
    brakes = replace(OFF, updates=Limit(0, 30.0))

    assert len(check_brakes(brakes, iter([a_plan(an_update())]), 3, {})) == 1
    assert check_brakes(brakes, iter([a_plan(an_update())]), 4, {}) == ()
