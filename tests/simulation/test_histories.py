"""Thousands of random histories, each from one seed: people, faults and opsync, then peace and a verdict."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.simulation.faults import Fault
from tests.simulation.history import HELD, RESTORED
from tests.simulation.outcome import play, play_seed, replay, shrink, story
from tests.simulation.soak import BATCH, play_batch
from tests.simulation.state import FaultyDatabase
from tests.simulation.trouble import LISTINGS, RECORDS, SIDES

HISTORIES = 2000


def test_thousands_of_histories_end_well(state: FaultyDatabase) -> None:
    """Nothing lost, nothing doubled, at rest and equal, whatever went wrong; a person only had to help where
    a vendor refused, or a brake held (I1, I2, I4-I7, I9, I10, I12-I14)."""
    starts = range(0, HISTORIES, BATCH)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        tallies = list(pool.map(play_batch, starts))

    broken = [seed for tally in tallies for seed in tally.broken]
    faults = {fault for tally in tallies for fault in tally.faults}
    troubles = {kind for tally in tallies for kind in tally.troubles}
    assert broken == [], story(state, play_seed(state, broken[0]))
    assert sum(tally.histories for tally in tallies) == HISTORIES
    assert faults == set(Fault)
    assert troubles == {*LISTINGS, *RECORDS, *SIDES, RESTORED, HELD}


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(st.randoms(use_true_random=False))
def test_a_history_that_hypothesis_draws_ends_well(state: FaultyDatabase, chance: st.DrawFn) -> None:
    """The same promises, with the shrinking of hypothesis behind them."""
    outcome = play(state, chance.random, events=6)  # type: ignore[attr-defined]  # a Random, typed by its strategy

    assert outcome.violations == [], "\n".join(outcome.told)


@pytest.mark.parametrize("seed", range(5))
def test_a_seed_tells_the_same_story_twice(seed: int, state: FaultyDatabase) -> None:
    """One seed reproduces a history, draw by draw, to the last row of the state database."""
    first, dump = play_seed(state, seed), state.dump()
    again = replay(state, first.draws)

    assert (again.told, again.violations) == (first.told, first.violations)
    assert state.dump() == dump


def test_a_broken_history_shrinks_to_what_breaks_it() -> None:
    """Of a hundred draws, the two that matter are left."""
    draws = [0.5] * 50 + [0.1] + [0.5] * 30 + [0.2] + [0.5] * 18

    assert shrink(lambda some: 0.1 in some and 0.2 in some, draws) == [0.1, 0.2]
