"""A lookout over a service whose turns a test ends as it likes; holds no test."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sync.crm.budget import Limits
from sync.crm.pressure import Pressure
from sync.daemon.lookout import Lookout, Sources, Thresholds
from sync.daemon.outages import Outages
from sync.daemon.pulse import Pulse
from sync.daemon.turn import Outcome, Turn
from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.engine.run import Report
from sync.store import runs as run_store
from sync.store.runs import Ending
from tests.engine.world import World

HOUR_S = 3600.0
DAY_S = 86_400.0


@dataclass
class House:
    """A lookout over a service whose cycles a test ends as it likes."""

    world: World
    thresholds: Thresholds = field(default_factory=Thresholds)

    def __post_init__(self) -> None:
        clock = self.world.clock
        self.outages = Outages(clock)
        self.pressures = {side: Pressure(Limits(per_day=1000), clock) for side in Side}
        self.lookout = self.another()

    def another(self) -> Lookout:
        """As a new process begins."""
        pulse = Pulse(self.world.database, self.world.clock)
        sources = Sources(self.outages, pulse, self.pressures)
        return Lookout(self.thresholds, sources, self.world.clock)

    def turn(self, outcome: Outcome = Outcome.DONE, kind: str = "cycle", **states: int) -> None:
        self.lookout.note(a_turn(outcome, kind, self.world.clock(), states))

    def names(self, lookout: Lookout | None = None) -> set[str]:
        return set((lookout or self.lookout).view().findings)

    def text(self, name: str) -> str:
        return self.lookout.view().findings[name].text


def a_turn(outcome: Outcome, kind: str, at: datetime, states: Mapping[str, int]) -> Turn:
    counts = {LinkState(state): count for state, count in states.items()}
    has_run = outcome in (Outcome.DONE, Outcome.HELD, Outcome.FAILED)
    report = Report("r", kind, at, 1.0, str(outcome), {}, counts, 0) if has_run else None
    return Turn(outcome, at, 1.0, report=report)


def a_run(world: World, kind: str = "sync", outcome: str = "done") -> None:
    """Of another process, ended now."""
    with world.database.begin() as connection:
        run_store.begin_run(connection, f"{kind}{world.clock()}", kind, world.clock())
        run_store.finish_run(connection, f"{kind}{world.clock()}", Ending(world.clock(), outcome, {}))


def spend(house: House, calls: int) -> None:
    for _ in range(calls):
        house.pressures[Side.RIGHT].spend(write=True)
