"""An alert says in a line what is wrong, for how long, and what to do."""

from datetime import timedelta

import pytest

from sync.daemon.channels.alert import State, spoken
from tests.daemon.ear import DOWN, TEXT, an_alert
from tests.engine.world import FakeClock

BEGUN_AT = FakeClock().now


@pytest.mark.parametrize(
    ("state", "subject"),
    [
        (State.FIRING, f"opsync: {TEXT}"),
        (State.STILL, f"opsync: still, for 1 h 5 min: {TEXT}"),
        (State.OVER, f"opsync: over after 1 h 5 min: {TEXT}"),
        (State.TEST, f"opsync: a test: {TEXT}"),
    ],
)
def test_the_subject_says_it_all(state: State, subject: str) -> None:
    """One line, also on a telephone."""
    assert an_alert(state, BEGUN_AT + timedelta(minutes=65)).subject == subject


def test_the_next_step_comes_with_the_trouble_only() -> None:
    """What is over needs none."""
    firing, over = an_alert(), an_alert(State.OVER)

    assert "opsync check" in firing.body and "opsync check" in str(firing.as_json()["text"])
    assert "opsync check" not in over.body and "opsync check" not in str(over.as_json())


def test_a_clock_that_was_set_back_makes_no_negative_length() -> None:
    """Nothing lasts less than no time."""
    over = an_alert(State.OVER, BEGUN_AT - timedelta(days=1))

    assert (over.seconds, over.subject) == (0.0, f"opsync: over after 0 s: {TEXT}")


def test_all_alerts_of_one_trouble_share_an_incident() -> None:
    """Whatever their state, so that a receiver can pair them."""
    over = an_alert(State.OVER, BEGUN_AT + timedelta(hours=1))

    assert an_alert().incident == over.incident == f"opsync/{DOWN}/{BEGUN_AT.isoformat()}"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (3601, "1 h"),
        (90_061, "1 d 1 h"),
        (86_460, "1 d"),
    ],
)
def test_lengths_are_spoken_in_two_units(seconds: float, text: str) -> None:
    """The second only if it is the next smaller one."""
    assert spoken(seconds) == text
