"""Two daemons on one state, one at work and one standing by, and blows against them; it judges nothing."""

import random
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sync.wiring import real_clock
from tests.daemon.process import PATIENCE_S
from tests.soak.daemon import Daemon, Line

SIZE = 2
BLOW_S = (3.0, 12.0)
VACANT_S = (0.0, 2.5)
AT_WORK_SHARE = 0.7
BLOWS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Blow:
    """A signal that was sent; `at_work` when it hit the one that ran cycles."""

    at: datetime
    daemon: int
    signal: signal.Signals
    at_work: bool


class Crew:
    """`step` hits somebody when it is time, `mend` starts a new one for each that is gone."""

    def __init__(self, config: Path, environ: Mapping[str, str], seed: int) -> None:
        self.everybody: list[Daemon] = []
        self.blows: list[Blow] = []
        self._config = config
        self._environ = environ
        self._chance = random.Random(seed)
        self._due = real_clock() + self._after(BLOW_S)
        self._vacant_until = real_clock()
        self._hire()

    def alive(self) -> list[Daemon]:
        return [daemon for daemon in self.everybody if daemon.is_alive]

    def at_work(self) -> Daemon | None:
        """The one that ended a cycle last."""
        lines = [line for daemon in self.alive() if (line := daemon.last("cycle.finished"))]
        newest = max(lines, key=lambda line: line.at, default=None)
        return next((one for one in self.alive() if newest and one.number == newest.daemon), None)

    def lines(self) -> list[Line]:
        """Everything that all of them said, oldest first."""
        return sorted((line for one in self.everybody for line in one.lines()), key=lambda line: line.at)

    def webhook_ports(self) -> list[str]:
        opened = (one.last("webhooks.opened") for one in self.alive())
        return [str(line.fields["url"]) for line in opened if line]

    def mend(self) -> None:
        """A moment later, as a service manager does."""
        if len(self.alive()) < SIZE and real_clock() >= self._vacant_until:
            self._hire()

    def step(self) -> None:
        self.mend()
        if real_clock() >= self._due:
            self._due = real_clock() + self._after(BLOW_S)
            self._vacant_until = real_clock() + self._after(VACANT_S)
            self._strike()

    def leave(self) -> None:
        """All of them are asked to end, and do."""
        for one in self.alive():
            one.send(_heard_by(one, signal.SIGTERM))
        for one in self.everybody:
            one.wait(PATIENCE_S)

    def close(self) -> None:
        for one in self.everybody:
            one.close()

    def _hire(self) -> None:
        self.everybody.append(Daemon(len(self.everybody), self._config, self._environ))

    def _strike(self) -> None:
        worker = self.at_work()
        others = [one for one in self.alive() if one is not worker]
        hits_worker = worker is not None and (not others or self._chance.random() < AT_WORK_SHARE)
        victim = worker if hits_worker else self._chance.choice(others) if others else None
        if victim is None:
            return
        blow = _heard_by(victim, self._chance.choice(BLOWS))
        self.blows.append(Blow(real_clock(), victim.number, blow, victim is worker))
        victim.send(blow)

    def _after(self, between: tuple[float, float]) -> timedelta:
        return timedelta(seconds=self._chance.uniform(*between))


def _heard_by(daemon: Daemon, wanted: signal.Signals) -> signal.Signals:
    """Before a process listens to signals, only SIGKILL means what it says."""
    return wanted if daemon.last("daemon.started") else signal.SIGKILL
