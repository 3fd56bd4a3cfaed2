"""What is wrong is seen in what the daemon knows anyway, and absence proves only what somebody looked at."""

from datetime import timedelta

import pytest

from sync.crm.budget import Limits
from sync.crm.pressure import Pressure
from sync.daemon.conditions import ADVICE, Kind, View
from sync.daemon.lookout import Thresholds
from sync.daemon.outages import Topic
from sync.daemon.turn import Outcome
from sync.domain.model import Side
from tests.daemon.watchtower import DAY_S, HOUR_S, House, spend
from tests.engine.world import World


@pytest.fixture
def house(world: World) -> House:
    return House(world)


def test_all_is_well(house: House) -> None:
    """After a good cycle nothing is found, and everything is judged."""
    house.turn(in_sync=5)

    assert house.lookout.view() == View({}, frozenset())


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        (Topic.SUPEROFFICE, "side_down:superoffice"),
        (Topic.ONLYOFFICE, "side_down:onlyoffice"),
        (Topic.STATE, "state_down"),
        (Topic.BRAKE, "held"),
        (Topic.MAPPING, "misconfigured"),
        (Topic.WEBHOOK, "webhooks"),
    ],
)
def test_an_outage_is_a_condition(house: House, topic: Topic, name: str) -> None:
    """Since when it is; its own words stay here, for they may be a vendor's."""
    house.turn()
    began_at = house.world.clock()
    house.outages.begin(topic, "Fjord Marine AS: tr0ub4dor&3")
    house.world.clock.wait(60)
    (found,) = house.lookout.view().findings.items()
    house.outages.end(topic)

    assert (found[0], found[1].since) == (name, began_at)
    assert "Fjord" not in found[1].text and "tr0ub4dor" not in found[1].text
    assert house.names() == set()


@pytest.mark.parametrize(("state", "name"), [("conflict", "conflicts"), ("parked", "parked")])
def test_many_links_that_wait_for_a_person_are_a_condition(house: House, state: str, name: str) -> None:
    """From ten on; with their number."""
    house.turn(Outcome.DONE, "cycle", **{state: 9})
    few = house.names()
    house.turn(Outcome.DONE, "cycle", **{state: 10})

    assert (few, house.names()) == (set(), {name})
    assert house.text(name).endswith(": 10")


def test_a_number_of_nought_means_never(world: World) -> None:
    """However many there are."""
    house = House(world, Thresholds(conflicts_from=0, parked_from=0, budget_percent=0))
    house.turn(conflict=1000, parked=1000)
    spend(house, 1000)

    assert house.names() == set()


def test_a_day_s_budget_that_is_nearly_used_is_a_condition(house: House) -> None:
    """Of that side, until the next day."""
    house.turn()
    spend(house, 899)
    enough = house.names()
    spend(house, 1)
    text = house.text("budget:onlyoffice")
    house.world.clock.wait(DAY_S)
    house.turn()

    assert enough == set()
    assert text == "90 % of today's calls to ONLYOFFICE are used"
    assert house.names() == set()


def test_a_side_without_a_day_s_limit_uses_up_nothing(house: House) -> None:
    """There is no share of nothing."""
    house.pressures[Side.RIGHT] = Pressure(Limits(), house.world.clock)
    house.turn()
    spend(house, 1000)

    assert house.names() == set()


def test_records_that_fail_for_long_are_a_condition(house: House) -> None:
    """An hour without a break; one good look between begins it anew."""
    for retrying in (3, 0, 2):
        house.turn(retrying=retrying)
        house.lookout.view()
        house.world.clock.wait(HOUR_S - 1)
    house.turn(retrying=2)
    broken_up = house.names()
    house.world.clock.wait(1)
    house.turn(retrying=2)

    assert (broken_up, house.names()) == (set(), {"retrying"})


@pytest.mark.parametrize("outcome", [Outcome.SIDE_DOWN, Outcome.FAILED, Outcome.LEASE_HELD, Outcome.CRASHED])
def test_before_a_run_went_through_absence_proves_nothing(house: House, outcome: Outcome) -> None:
    """What the process before told is neither confirmed nor over."""
    at_first = house.lookout.view().unjudged
    house.turn(outcome)
    house.turn(Outcome.DONE, "hinted")
    after = house.lookout.view().unjudged
    house.turn(Outcome.HELD)

    assert at_first == after == frozenset(Kind) - {Kind.DEAD_MAN, Kind.STATE_DOWN}
    assert house.lookout.view().unjudged == frozenset()


def test_who_waits_for_the_lease_judges_nothing_else(house: House) -> None:
    """What it knew of the sides is old: the other process looks at them."""
    house.turn(conflict=50)
    house.outages.begin(Topic.ONLYOFFICE, "down")
    house.outages.begin(Topic.LEASE, "another opsync")
    view = house.lookout.view()

    assert view.findings == {}
    assert view.unjudged == frozenset(Kind) - {Kind.DEAD_MAN, Kind.STATE_DOWN}


def test_every_condition_has_its_advice() -> None:
    """With a command to run."""
    assert set(ADVICE) == set(Kind)
    assert all("`opsync " in advice.step for advice in ADVICE.values())
    assert timedelta(seconds=Thresholds().no_good_cycle_s) == timedelta(minutes=15)
