"""Numbers for Prometheus, in a registry of their own; they carry no id, title or value of a record."""

from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

import sync
from sync.crm.http import Call
from sync.crm.pressure import Pressure
from sync.domain.model import Side
from sync.engine.run import Report
from sync.web.hooks import Result

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
        self._paused = Gauge("opsync_paused", "Pauses that hold now.", registry=registry)
        self._webhooks = Counter(
            "opsync_webhooks", "Webhook deliveries by what became of them.", ("result",), registry=registry
        )
        for result in Result:
            self._webhooks.labels(result)
        self._alerts = Counter(
            "opsync_alerts",
            "Alerts by channel and what became of them.",
            ("channel", "result"),
            registry=registry,
        )
        self._database_bytes = Gauge(
            "opsync_database_bytes", "Size of the state database.", registry=registry
        )
        period = ("side", "period")
        self._budget_used = Gauge(
            "opsync_budget_used", "Calls to a CRM this minute or day.", period, registry=registry
        )
        self._budget_limit = Gauge(
            "opsync_budget_limit", "Calls a CRM may have; 0: no limit.", period, registry=registry
        )
        self._concurrency = Gauge(
            "opsync_concurrency", "Calls to a CRM allowed at once.", ("side",), registry=registry
        )
        self._lag = Gauge(
            "opsync_lag_seconds", "Since the last good cycle began, or the start.", registry=registry
        )
        self._outage = Gauge("opsync_outage", "1 while this is out of order.", ("topic",), registry=registry)
        self._conflicts = Gauge(
            "opsync_open_conflicts", "Fields that both sides changed and nobody decided.", registry=registry
        )
        self._drift = Gauge(
            "opsync_drift_links", "Links in sync whose sides differ, at the last audit.", registry=registry
        )
        self._pressures: Mapping[Side, Pressure] = {}
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

    def note_pauses(self, number: int) -> None:
        self._paused.set(number)

    def note_conflicts(self, number: int) -> None:
        self._conflicts.set(number)

    def note_drift(self, number: int) -> None:
        self._drift.set(number)

    def note_outages(self, topics: Mapping[str, bool]) -> None:
        for topic, is_on in topics.items():
            self._outage.labels(topic).set(is_on)

    def watch_lag(self, lag_s: Callable[[], float]) -> None:
        """From now on it is asked whenever the numbers are read."""
        self._lag.set_function(lag_s)

    def note_webhook(self, result: Result) -> None:
        self._webhooks.labels(result).inc()

    def note_alert(self, channel: str, result: str) -> None:
        self._alerts.labels(channel, result).inc()

    def note_size(self, size: int) -> None:
        """Bytes of the state database."""
        self._database_bytes.set(size)

    def watch_pressure(self, pressures: Mapping[Side, Pressure]) -> None:
        """From now on they are asked whenever the numbers are read."""
        self._pressures = pressures

    def _ask_pressures(self) -> None:
        for side, pressure in self._pressures.items():
            sample, name = pressure.sample(), _name(side)
            self._budget_used.labels(name, "minute").set(sample.this_minute)
            self._budget_used.labels(name, "day").set(sample.today)
            self._budget_limit.labels(name, "minute").set(sample.per_minute)
            self._budget_limit.labels(name, "day").set(sample.per_day)
            self._concurrency.labels(name).set(sample.concurrency)

    def render(self) -> bytes:
        """The text that Prometheus reads, of type `CONTENT_TYPE`."""
        self._ask_pressures()
        return generate_latest(self._registry)


def _name(side: Side) -> str:
    return side.label.lower()
