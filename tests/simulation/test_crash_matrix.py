"""No crash, fault or lost answer at any step of any action leaves a trace, nor does one during recovery."""

import pytest

from sync.domain.link import LinkState
from tests.simulation.faults import Fault, Script
from tests.simulation.matrix import Matrix
from tests.simulation.scenarios import SCENARIOS
from tests.simulation.state import FaultyDatabase
from tests.simulation.steady import Numbers


@pytest.mark.parametrize("name", SCENARIOS)
def test_one_fault_leaves_no_trace(name: str, state: FaultyDatabase, numbers: Numbers) -> None:
    """Once at rest, the world is what it would have been without the fault (I4, I5, I9, I10)."""
    matrix = Matrix(SCENARIOS[name].build(state, numbers), SCENARIOS[name])

    assert matrix.broken(twice=False) == []
    assert matrix.wanted["violations"] == []
    assert matrix.cells > 20


@pytest.mark.parametrize("name", [name for name in SCENARIOS if "again" not in name])
def test_a_crash_during_recovery_leaves_no_trace(name: str, state: FaultyDatabase, numbers: Numbers) -> None:
    """The recovering process may be killed at any of its own steps as well (I10)."""
    matrix = Matrix(SCENARIOS[name].build(state, numbers), SCENARIOS[name])

    assert matrix.broken(twice=True) == []
    assert matrix.cells > 20


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_refusal_leaves_no_trace_once_a_person_says_retry(
    name: str, state: FaultyDatabase, numbers: Numbers
) -> None:
    """Each write refused once: after `retry` the world is what it would have been (I9)."""
    matrix = Matrix(SCENARIOS[name].build(state, numbers), SCENARIOS[name])

    assert matrix.refused() == []


@pytest.mark.parametrize("name", [name for name in SCENARIOS if "refused" in name])
def test_the_others_flow_beside_a_refused_record(name: str, state: FaultyDatabase, numbers: Numbers) -> None:
    """One link says why it waits, or nothing at all once it is healed; every other one is in sync (I9)."""
    matrix = Matrix(SCENARIOS[name].build(state, numbers), SCENARIOS[name])

    waiting = [link for link in matrix.arena.links() if link.state is not LinkState.IN_SYNC]
    assert len(waiting) == ("healed" not in name)
    assert all(link.state is LinkState.PARKED and "refused" in link.reason for link in waiting)


def test_the_matrix_sees_what_it_looks_for(state: FaultyDatabase, numbers: Numbers) -> None:
    """A fault that does leave a trace, a refusal that parks, is told from one that does not."""
    scenario = SCENARIOS["create right"]
    matrix = Matrix(scenario.build(state, numbers), scenario)
    matrix.arena.restore(matrix.start)
    steps = Script()
    matrix.arena.sync(steps)
    refused = Script({steps.steps.index("right.create_record"): Fault.REFUSED})
    matrix.arena.restore(matrix.start)
    matrix.arena.sync(refused)

    assert matrix._end() != matrix.wanted
