"""What a change costs: a bounded number of remote calls, however many other records there are."""

import pytest

from sync.domain.model import AMOUNT, TITLE, Side
from tests.simulation.arena import Arena
from tests.simulation.state import FaultyDatabase
from tests.simulation.steady import Numbers

LEFT, RIGHT = Side.LEFT, Side.RIGHT
LOOKS = {"fetch_lists": 2, "fetch_delta": 2, "fetch_census": 1}
"""At rest: the lists of both sides, the changes of the one that can tell them, all records of the other."""

ONE_CHANGE = 4
"""What an edit may cost besides: both its records read afresh, its company looked at, one write."""


def calls_of_a_run(arena: Arena) -> dict[str, int]:
    arena.wait(60)
    arena.sync()
    return {name: count for name, count in arena.process.asked.items() if name != "commit"}


@pytest.fixture(params=[2, 20])
def resting(request: pytest.FixtureRequest, state: FaultyDatabase, numbers: Numbers) -> Arena:
    """Few and many deals, all in sync, and a delta that has nothing to tell."""
    arena = Arena(state, numbers)
    arena.grow(request.param)
    arena.settle()
    arena.wait(60)
    arena.sync()
    return arena


def test_a_run_with_nothing_to_do_only_looks(resting: Arena) -> None:
    """No record is read by itself, and no company (I2, I14)."""
    assert calls_of_a_run(resting) == LOOKS


@pytest.mark.parametrize("side", Side)
def test_one_edit_costs_as_much_among_many_as_among_few(side: Side, resting: Arena) -> None:
    """The look, and a handful of calls for the one record that changed (I14)."""
    resting.person_edits(side, {LEFT: "1001", RIGHT: "2"}[side], TITLE, AMOUNT)

    calls = calls_of_a_run(resting)

    assert calls["update_record"] == 1
    assert sum(calls.values()) <= sum(LOOKS.values()) + ONE_CHANGE


@pytest.mark.parametrize("side", Side)
def test_one_new_deal_costs_as_much_among_many_as_among_few(side: Side, resting: Arena) -> None:
    """The look, and one creation: its company is known already (I14)."""
    resting.a_deal(side, "new")

    calls = calls_of_a_run(resting)

    assert calls["create_record"] == 1
    assert sum(calls.values()) <= sum(LOOKS.values()) + ONE_CHANGE


def test_one_deletion_costs_as_much_among_many_as_among_few(resting: Arena) -> None:
    """The missing record and its partner are read directly, by two runs, and nothing else is (I14)."""
    resting.person_deletes(RIGHT, "2")
    runs = [calls_of_a_run(resting)]
    resting.wait(700)
    runs.append(calls_of_a_run(resting))

    assert all(sum(calls.values()) <= sum(LOOKS.values()) + ONE_CHANGE for calls in runs)
    assert runs[0]["fetch_record"] > 0
