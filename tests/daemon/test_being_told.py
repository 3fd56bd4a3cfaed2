"""From a side that goes down to the message about it, and back: worker, lookout and alerts together."""

from collections import Counter

import pytest

from sync.daemon.alerts import Alerts
from sync.daemon.lookout import Lookout, Sources, Thresholds
from sync.daemon.notices import Rules
from sync.daemon.post import Post
from sync.daemon.pulse import Pulse
from sync.errors import LoginRefused, Misconfigured
from tests.daemon.bench import Bench, failing, heal
from tests.daemon.ear import Ear
from tests.engine.world import World


class Told:
    """A daemon's worker, and somebody who hears of it; `minutes` gives what was heard meanwhile."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.bench = Bench(world)
        self.ear = Ear()
        self.restart()

    def restart(self) -> None:
        """Another process on the same state."""
        world = self.world
        self.bench = Bench(world)
        sources = Sources(self.bench.outages, Pulse(world.database, world.clock), {})
        self.lookout = Lookout(Thresholds(), sources, world.clock)
        post = Post([self.ear], lambda *_told: None)
        self.alerts = Alerts(Rules(), post, world.database, world.clock)

    def minutes(self, count: int) -> list[str]:
        before = len(self.ear.alerts)
        for _ in range(count):
            self.bench.tick()
            for turn in self.bench.turns:
                self.lookout.note(turn)
            self.bench.turns.clear()
            self.alerts.look(self.lookout.view())
        return [f"{alert.condition} {alert.state}" for alert in self.ear.alerts[before:]]


@pytest.fixture
def told(world: World) -> Told:
    world.a_sale()
    told = Told(world)
    assert told.minutes(5) == []
    return told


def test_a_side_that_goes_down_and_comes_back(told: Told) -> None:
    """One message each, however many cycles fail; after a quarter of an hour that nothing works at all."""
    told.world.right.before_call = failing(LoginRefused("the password was changed"))
    down = told.minutes(10)
    long = told.minutes(60)
    heal(told.world.right)
    back = told.minutes(60)

    assert (down, long) == (["side_down:onlyoffice firing"], ["dead_man firing"])
    assert Counter(back) == Counter({"side_down:onlyoffice over": 1, "dead_man over": 1})
    assert all("password" not in str(alert.as_json()) for alert in told.ear.alerts)


def test_a_restart_in_between(told: Told) -> None:
    """The new process tells nothing twice, and does not take its own ignorance for good news."""
    told.world.right.before_call = failing(LoginRefused("the password was changed"))
    told.minutes(30)
    told.restart()
    down = told.minutes(30)
    told.restart()
    heal(told.world.right)
    back = told.minutes(10)

    assert down == []
    assert Counter(back) == Counter({"side_down:onlyoffice over": 1, "dead_man over": 1})


def test_a_wrong_mapping(told: Told) -> None:
    """A stage that somebody renamed."""
    told.world.right.before_call = failing(Misconfigured(["stage Offer has no image"]))
    wrong = told.minutes(5)
    heal(told.world.right)

    assert wrong == ["misconfigured firing"]
    assert "misconfigured over" in told.minutes(30)


def test_without_trouble_it_is_silent(told: Told) -> None:
    """Cycle after cycle."""
    assert told.minutes(60) == []
