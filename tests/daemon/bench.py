"""A supervisor over two memory CRMs whose ticks a test gives by hand; holds no test."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any  # log fields have many types

from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from sync.crm.memory import MemoryCrm
from sync.daemon.health import Health
from sync.daemon.outages import Outages
from sync.daemon.planner import Pace
from sync.daemon.supervisor import Supervisor, Watch
from sync.daemon.turn import Turn
from tests.engine.world import World

Events = list[Any]


class Bench:
    """One daemon's worker without its thread; `tick()` lets a minute pass."""

    def __init__(self, world: World, pace: Pace | None = None) -> None:
        self.world = world
        self.turns: list[Turn] = []
        self.outages = Outages(world.clock)
        self.health = Health(world.clock, self.outages, 600.0)
        watch = Watch(self.health, self.outages, self.turns.append)
        self.supervisor = Supervisor(world.pairing, pace or Pace(), watch)

    def tick(self, times: int = 1) -> list[str]:
        """The outcome of each tick; "" for one that was let pass."""
        outcomes = []
        for _ in range(times):
            self.world.clock.wait(60)
            turn = self.supervisor.turn()
            outcomes.append(str(turn.outcome) if turn else "")
        return outcomes


@contextmanager
def heard() -> Iterator[Events]:
    """Everything logged meanwhile, with the bound context."""
    with capture_logs(processors=[merge_contextvars]) as events:
        yield events


def named(events: Events, *names: str) -> Events:
    return [event for event in events if event["event"] in names]


def failing(error: Exception, *calls: str) -> Callable[[str], None]:
    """A hook that makes these calls of a memory CRM fail, or all of them when none is named."""

    def fail(name: str) -> None:
        if not calls or name in calls:
            raise error

    return fail


def heal(crm: MemoryCrm) -> None:
    crm.before_call = lambda _name: None
