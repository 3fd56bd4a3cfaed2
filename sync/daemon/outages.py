"""What is wrong for longer than a moment, logged once when it begins and once when it is over."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog

from sync.domain.model import Side
from sync.engine.pairing import Clock


class Topic(StrEnum):
    """What can be out of order; the values are words of the log and of the pages."""

    SUPEROFFICE = "superoffice"
    ONLYOFFICE = "onlyoffice"
    STATE = "state"
    MAPPING = "mapping"
    LEASE = "lease"
    BRAKE = "brake"
    WEBHOOK = "webhook"
    REST = "rest"

    @classmethod
    def of(cls, side: Side) -> "Topic":
        return cls.SUPEROFFICE if side is Side.LEFT else cls.ONLYOFFICE


@dataclass(frozen=True, slots=True)
class Outage:
    """One thing out of order since `since`; `error` is the newest message about it."""

    since: datetime
    error: str


@dataclass(frozen=True, slots=True)
class _Words:
    """How an outage is told: two events, and fields that name the thing."""

    begun: str
    over: str
    fields: Mapping[str, str]
    each_reason: bool = False
    """Told again whenever the reason is another one."""


HARMLESS = frozenset({Topic.WEBHOOK, Topic.REST, Topic.LEASE})
"""Without its webhook opsync still looks; a rest was wanted; who waits for the lease is ready to take it."""

_WORDS = {
    Topic.SUPEROFFICE: _Words("side.lost", "side.recovered", {"side": "superoffice"}),
    Topic.ONLYOFFICE: _Words("side.lost", "side.recovered", {"side": "onlyoffice"}),
    Topic.STATE: _Words("state.lost", "state.recovered", {}),
    Topic.MAPPING: _Words("mapping.refused", "mapping.accepted", {}),
    Topic.LEASE: _Words("lease.awaited", "lease.taken", {}),
    Topic.WEBHOOK: _Words("webhook.failed", "webhook.recovered", {}, each_reason=True),
    Topic.REST: _Words("cycles.resting", "cycles.resumed", {}, each_reason=True),
    Topic.BRAKE: _Words("run.held", "run.let_go", {}, each_reason=True),
}


class Outages:
    """All outages of this process; safe to read from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._current: dict[Topic, Outage] = {}
        self._log = structlog.get_logger()

    def current(self) -> dict[Topic, Outage]:
        with self._lock:
            return dict(self._current)

    def begin(self, topic: Topic, error: str) -> None:
        """Told only when it is new; later messages of the same outage replace the text, most in silence."""
        with self._lock:
            known = self._current.get(topic)
            self._current[topic] = Outage(known.since if known else self._clock(), error)
        words = _WORDS[topic]
        if known is None or (words.each_reason and known.error != error):
            self._log.warning(words.begun, **words.fields, error=error)

    def end(self, *topics: Topic) -> None:
        for topic in topics:
            with self._lock:
                outage = self._current.pop(topic, None)
            if outage is not None:
                words = _WORDS[topic]
                seconds = (self._clock() - outage.since).total_seconds()
                self._log.info(words.over, **words.fields, seconds=round(seconds, 1))
