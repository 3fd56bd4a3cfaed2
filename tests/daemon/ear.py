"""Somebody who is told, and alerts that reach them; holds no test."""

from collections import Counter
from datetime import datetime

from sync.daemon.alerts import Alerts
from sync.daemon.channels.alert import Alert, State
from sync.daemon.conditions import Finding, Kind, Severity, View
from sync.daemon.notices import Rules
from sync.daemon.post import Post
from sync.store.database import Database
from tests.engine.world import FakeClock

DOWN = "side_down:onlyoffice"
TEXT = "ONLYOFFICE cannot be worked with"
STEP_S = 30.0


class Ear:
    """A channel that hears everything, unless it has a `problem`; `tries` counts the attempts."""

    def __init__(self, name: str = "mail") -> None:
        self.name = name
        self.problem = ""
        self.tries = 0
        self.alerts: list[Alert] = []

    def send(self, alert: Alert) -> str:
        self.tries += 1
        if not self.problem:
            self.alerts.append(alert)
        return self.problem


class Watched:
    """A service in which a test makes conditions true; `later` lets time pass and looks every 30 s."""

    def __init__(self, clock: FakeClock, database: Database, rules: Rules | None = None) -> None:
        self.clock = clock
        self.database = database
        self.rules = rules or Rules()
        self.ears: tuple[Ear, ...] = (Ear(),)
        self.results: Counter[str] = Counter()
        self.true: dict[str, datetime] = {}
        self.unjudged: frozenset[Kind] = frozenset()
        self.restart()

    def restart(self) -> None:
        """A new process on the same state database; conditions are seen as if for the first time."""
        post = Post(self.ears, lambda channel, result: self.results.update([f"{channel} {result}"]))
        self.alerts = Alerts(self.rules, post, self.database, self.clock)
        self.true = dict.fromkeys(self.true, self.clock.now)

    def listen(self, *ears: Ear) -> None:
        self.ears = ears
        self.restart()

    def begin(self, name: str = DOWN) -> None:
        self.true[name] = self.clock.now

    def end(self, name: str = DOWN) -> None:
        del self.true[name]

    def look(self) -> None:
        findings = {name: Finding(TEXT, since) for name, since in self.true.items()}
        self.alerts.look(View(findings, self.unjudged))

    def later(self, seconds: float) -> list[str]:
        """The states heard by the first ear meanwhile."""
        before = len(self.ears[0].alerts)
        self.look()
        for _ in range(int(seconds // STEP_S)):
            self.clock.wait(STEP_S)
            self.look()
        return [str(alert.state) for alert in self.ears[0].alerts[before:]]


def an_alert(state: State = State.FIRING, at: datetime | None = None) -> Alert:
    clock = FakeClock()
    step = "run `opsync check`, which tells why"
    return Alert("opsync", DOWN, state, Severity.CRITICAL, TEXT, step, clock.now, at or clock.now)
