"""Prometheus sees how hard each side is worked, at the moment it asks."""

from prometheus_client.parser import text_string_to_metric_families as parse

from sync.crm.budget import Limits
from sync.crm.pressure import Pressure
from sync.domain.model import Side
from sync.web.metrics import Metrics
from tests.crm.ticks import Ticks


def shown(metrics: Metrics, name: str) -> dict[tuple[str, ...], float]:
    families = parse(metrics.render().decode())
    return {
        (sample.labels["side"], sample.labels.get("period", "")): sample.value
        for family in families
        for sample in family.samples
        if sample.name == name
    }


def test_budget_and_concurrency_are_shown() -> None:
    """Used and allowed, by side and period; a minute without calls shows none."""
    ticks, metrics = Ticks(), Metrics()
    pressures = {side: Pressure(Limits(600, per_day=9000), ticks.clock) for side in Side}
    for pressure in pressures.values():
        pressure.open_lane(8)
    metrics.watch_pressure(pressures)
    pressures[Side.LEFT].spend(write=False)
    used = shown(metrics, "opsync_budget_used")
    ticks.now += 60

    assert used["superoffice", "minute"] == used["superoffice", "day"] == 1
    assert used["onlyoffice", "minute"] == used["onlyoffice", "day"] == 0
    assert shown(metrics, "opsync_budget_used")["superoffice", "minute"] == 0
    assert shown(metrics, "opsync_budget_limit")["onlyoffice", "day"] == 9000
    assert shown(metrics, "opsync_concurrency") == {("superoffice", ""): 8, ("onlyoffice", ""): 8}
