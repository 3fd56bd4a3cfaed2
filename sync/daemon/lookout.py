"""Sees what is wrong now, in what the daemon knows anyway; it asks no CRM and tells nobody."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.crm.pressure import Pressure
from sync.daemon.channels.alert import spoken
from sync.daemon.conditions import Finding, Kind, View
from sync.daemon.outages import Outages, Topic
from sync.daemon.pulse import Pulse
from sync.daemon.turn import Outcome, Turn
from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.engine.pairing import Clock
from sync.store.runs import PARTIAL

Found = Iterator[tuple[str, Finding]]

_OF_A_WORKER = frozenset(Kind) - {Kind.DEAD_MAN, Kind.STATE_DOWN}
"""What only a process knows that works, and has done so once."""
_BY_TOPIC = {
    Topic.SUPEROFFICE: (f"{Kind.SIDE_DOWN}:superoffice", "SuperOffice cannot be worked with"),
    Topic.ONLYOFFICE: (f"{Kind.SIDE_DOWN}:onlyoffice", "ONLYOFFICE cannot be worked with"),
    Topic.STATE: (Kind.STATE_DOWN.value, "the state database cannot be used; nothing is synchronised"),
    Topic.BRAKE: (Kind.HELD.value, "runs are held; nothing is written until a person has looked"),
    Topic.MAPPING: (
        Kind.MISCONFIGURED.value,
        "the configuration does not fit the two systems; no run can begin",
    ),
    Topic.WEBHOOK: (Kind.WEBHOOKS.value, "SuperOffice's webhook is out of order; changes are found later"),
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on something counts as wrong: seconds, links, percent. 0 links or percent: never."""

    no_good_cycle_s: float = 900.0
    conflicts_from: int = 10
    parked_from: int = 10
    budget_percent: int = 90
    retrying_s: float = 3600.0


@dataclass(frozen=True, slots=True)
class Sources:
    """Where it looks."""

    outages: Outages
    pulse: Pulse
    pressures: Mapping[Side, Pressure]


class Lookout:
    """`note` and `view` may be called from any thread."""

    def __init__(self, thresholds: Thresholds, sources: Sources, clock: Clock) -> None:
        self._thresholds = thresholds
        self._sources = sources
        self._clock = clock
        self._lock = threading.Lock()
        self._since: dict[str, datetime] = {}
        self._states: Mapping[LinkState, int] = {}
        self._has_looked = False

    def note(self, turn: Turn) -> None:
        """After each turn."""
        is_whole = turn.report is None or turn.report.kind not in PARTIAL
        if turn.outcome is Outcome.DONE and is_whole:
            self._sources.pulse.beat(turn.at)
        with self._lock:
            self._has_looked |= turn.outcome in (Outcome.DONE, Outcome.HELD) and is_whole
            if turn.report is not None:
                self._states = turn.report.states

    def view(self) -> View:
        """Everything wrong at this moment; before the first run that went through, only what is certain."""
        now, outages = self._clock(), self._sources.outages.current()
        resting = Topic.REST in outages
        found = dict(self._dead_man(now, resting=resting))
        unjudged = frozenset({Kind.DEAD_MAN}) if resting else frozenset[Kind]()
        if Topic.LEASE in outages:
            return View(found, unjudged | _OF_A_WORKER)
        for topic, outage in outages.items():
            if topic in _BY_TOPIC:
                name, text = _BY_TOPIC[topic]
                found[name] = Finding(text, outage.since)
        with self._lock:
            found |= dict(self._counted(now)) | dict(self._spent(now))
            return View(found, unjudged if self._has_looked else unjudged | _OF_A_WORKER)

    def _dead_man(self, now: datetime, *, resting: bool) -> Found:
        """In a pause or a blackout no cycle is missed; the time counts from its end."""
        if resting:
            self._sources.pulse.rest()
        limit_s, last_at = self._thresholds.no_good_cycle_s, self._sources.pulse.last_at()
        if (now - last_at).total_seconds() > limit_s:
            yield Kind.DEAD_MAN, Finding(f"no good cycle for more than {spoken(limit_s)}", last_at)

    def _counted(self, now: datetime) -> Found:
        limits = self._thresholds
        conflicts, parked = (self._states.get(state, 0) for state in (LinkState.CONFLICT, LinkState.PARKED))
        retrying = self._states.get(LinkState.RETRYING, 0)
        if since := self._seen(Kind.CONFLICTS, 0 < limits.conflicts_from <= conflicts, now):
            yield Kind.CONFLICTS, Finding(f"conflicts that wait for a decision: {conflicts}", since)
        if since := self._seen(Kind.PARKED, 0 < limits.parked_from <= parked, now):
            yield Kind.PARKED, Finding(f"parked records that wait for a person: {parked}", since)
        since = self._seen(Kind.RETRYING, retrying > 0, now)
        if since and now - since >= timedelta(seconds=limits.retrying_s):
            text = f"for more than {spoken(limits.retrying_s)} there have been records that fail: {retrying}"
            yield Kind.RETRYING, Finding(text, since)

    def _spent(self, now: datetime) -> Found:
        for side, pressure in self._sources.pressures.items():
            sample, limit = pressure.sample(), self._thresholds.budget_percent
            share = 100 * sample.today // sample.per_day if sample.per_day else 0
            name = f"{Kind.BUDGET}:{side.label.lower()}"
            if since := self._seen(name, 0 < limit <= share, now):
                yield name, Finding(f"{share} % of today's calls to {side.label} are used", since)

    def _seen(self, name: str, is_true: bool, now: datetime) -> datetime | None:
        """Since when it is true without a break; never later than now."""
        if not is_true:
            self._since.pop(name, None)
            return None
        self._since[name] = min(self._since.get(name, now), now)
        return self._since[name]
