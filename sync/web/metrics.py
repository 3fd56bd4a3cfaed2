"""Numbers for Prometheus, in a registry of their own; they carry no id, title or value of a record."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

import sync
from sync.crm.http import Call
from sync.domain.model import Side
from sync.engine.run import Report

CONTENT_TYPE = CONTENT_TYPE_LATEST
_CYCLE_BUCKETS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600)


class Metrics:
    """Fed from any thread by the HTTP clients and the worker."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        place = ("side", "method", "route")
        self._calls = Counter(
            "opsync_calls", "HTTP calls to a CRM, each attempt.", (*place, "status"), registry=registry
        )
        self._call_seconds = Histogram(
            "opsync_call_seconds", "Duration of an HTTP call to a CRM.", place, registry=registry
        )
        self._cycles = Counter("opsync_cycles", "Cycles by how they ended.", ("outcome",), registry=registry)
        self._cycle_seconds = Histogram(
            "opsync_cycle_seconds", "Duration of a cycle.", buckets=_CYCLE_BUCKETS, registry=registry
        )
        self._actions = Counter("opsync_actions", "Records written.", ("event", "side"), registry=registry)
        self._links = Gauge("opsync_links", "Links by state.", ("state",), registry=registry)
        self._needs_person = Gauge(
            "opsync_needs_person", "Links that wait for a person's decision.", registry=registry
        )
        self._last_good = Gauge(
            "opsync_last_good_cycle_timestamp_seconds", "End of the last good cycle.", registry=registry
        )
        self._side_up = Gauge("opsync_side_up", "1 while the CRM answers.", ("side",), registry=registry)
        Info("opsync_build", "The running version.", registry=registry).info({"version": sync.__version__})

    def note_call(self, call: Call) -> None:
        place = (_name(call.side), call.method, call.route)
        self._calls.labels(*place, "none" if call.status is None else str(call.status)).inc()
        self._call_seconds.labels(*place).observe(call.seconds)

    def note_cycle(self, outcome: str, report: Report | None) -> None:
        """`report` is None where no run came about."""
        self._cycles.labels(outcome).inc()
        if report is None:
            return
        self._cycle_seconds.observe(report.seconds)
        for written, count in report.writes.items():
            event, _, side = written.rpartition(" ")
            self._actions.labels(event, _name(Side(side))).inc(count)
        for state, count in report.states.items():
            self._links.labels(str(state)).set(count)
        self._needs_person.set(report.needs_a_person)
        if outcome == "done":
            self._last_good.set(report.started_at.timestamp() + report.seconds)

    def note_side(self, side: Side, *, up: bool) -> None:
        self._side_up.labels(_name(side)).set(up)

    def render(self) -> bytes:
        """The text that Prometheus reads, of type `CONTENT_TYPE`."""
        return generate_latest(self._registry)


def _name(side: Side) -> str:
    return side.label.lower()
