"""Alerts and dashboard: real PromQL about numbers that opsync really gives, each alert explained."""

import json
import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any  # JSON enters here

import promql_parser
import pytest
from prometheus_client.parser import text_string_to_metric_families

from sync.crm.http import Call
from sync.daemon.outages import Topic
from sync.daemon.turn import Outcome
from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.web.hooks import Result
from sync.web.metrics import Metrics
from tests.deploy.files import documents, text

RULES: list[dict[str, Any]] = documents("prometheus/rules.yaml")[0]["groups"][0]["rules"]
DASHBOARD: dict[str, Any] = json.loads(text("grafana/opsync.json"))
PANELS: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
QUERIES = {
    **{rule["alert"]: rule["expr"] for rule in RULES},
    **{
        f"{panel['title']} {target['refId']}": target["expr"].replace("$__rate_interval", "5m")
        for panel in PANELS
        for target in panel["targets"]
    },
}
SUFFIXES = {
    "counter": ("_total",),
    "histogram": ("_bucket", "_sum", "_count"),
    "gauge": ("",),
    "info": ("_info",),
}
VALUES = {
    ("opsync_outage", "topic"): set(map(str, Topic)),
    ("opsync_links", "state"): set(map(str, LinkState)),
    ("opsync_cycles_total", "outcome"): set(map(str, Outcome)),
    ("opsync_webhooks_total", "result"): set(map(str, Result)),
    ("opsync_side_up", "side"): {"superoffice", "onlyoffice"},
    ("opsync_budget_used", "period"): {"minute", "day"},
    ("opsync_budget_limit", "period"): {"minute", "day"},
}


def given() -> set[str]:
    """Every name under which opsync gives a number."""
    families = text_string_to_metric_families(Metrics().render().decode())
    return {family.name + suffix for family in families for suffix in SUFFIXES[family.type]}


def selectors(query: str) -> list[promql_parser.VectorSelector]:
    found: list[promql_parser.VectorSelector] = []

    def visit(node: promql_parser.Expr) -> None:
        if isinstance(node, promql_parser.VectorSelector):
            found.append(node)

    promql_parser.walk(promql_parser.parse(query), visit)
    return found


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_is_about_numbers_that_exist(name: str) -> None:
    """Prometheus would answer a misspelt name with silence."""
    names = {selector.name for selector in selectors(QUERIES[name])}

    assert names
    assert names - given() == set()


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_asks_for_values_that_occur(name: str) -> None:
    """A state or topic that no longer exists would never fire."""
    wanted = {
        (selector.name, matcher.name, matcher.value)
        for selector in selectors(QUERIES[name])
        for matcher in selector.matchers.matchers
    }

    wrong = {row for row in wanted if row[:2] in VALUES and row[2] not in VALUES[(str(row[0]), row[1])]}
    assert wrong == set()


def test_the_checks_above_see_a_mistake() -> None:
    """In a name, deep inside a query, and in a value."""
    (found,) = selectors('sum(rate(opsync_nothing_total{outcome="gone"}[5m])) > 1')

    assert found.name not in given()
    assert ("opsync_cycles_total", "outcome") in VALUES
    assert found.matchers.matchers[0].value not in VALUES[("opsync_cycles_total", "outcome")]


def test_statuses_of_failed_calls_are_those_of_the_metric() -> None:
    """`none` stands for no answer."""
    (pattern,) = re.findall(r'status=~"([^"]+)"', QUERIES["OpsyncCallsFailing"])
    metrics = Metrics()
    for status in (None, 429, 503, 200, 404):
        metrics.note_call(Call(Side.LEFT, "GET", "/x", status, 0.1, write=False))
    shown = set(re.findall(r'opsync_calls_total{.*status="(\w+)"', metrics.render().decode()))

    assert {status for status in shown if re.fullmatch(pattern, status)} == {"none", "429", "503"}
    assert len(shown) == 5


def test_every_alert_is_explained_and_no_other() -> None:
    """The table in the runbook has a row for each: what it means, what to do."""
    rows = re.findall(r"^\| (Opsync\w+) \| (.{20,}?) \| (.{20,}?) \|$", text("runbook.md"), re.MULTILINE)

    assert [alert for alert, _, _ in rows] == [rule["alert"] for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_alert_says_how_bad_it_is(rule: dict[str, Any]) -> None:
    """And says so in one sentence."""
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert 10 < len(rule["annotations"]["summary"]) < 100


def test_every_number_is_on_the_dashboard() -> None:
    """Somebody thought of showing it."""
    shown = {str(selector.name) for name in QUERIES for selector in selectors(QUERIES[name])}
    families = {family.name for family in text_string_to_metric_families(Metrics().render().decode())}
    families = {name for name in families if not name.endswith("_created")}

    assert {name for name in families if not any(found.startswith(name) for found in shown)} == set()


def test_panels_do_not_lie_on_each_other() -> None:
    """Each has a place, an own number, a title and a word of explanation."""
    places = [(panel["title"], panel["gridPos"]) for panel in DASHBOARD["panels"]]

    assert [(a, b) for (a, one), (b, other) in combinations(places, 2) if overlap(one, other)] == []
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(places)
    assert all(place["x"] + place["w"] <= 24 for _, place in places)
    assert all(panel["description"].endswith(".") for panel in PANELS)


def overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    beside = one["x"] >= other["x"] + other["w"] or other["x"] >= one["x"] + one["w"]
    above = one["y"] >= other["y"] + other["h"] or other["y"] >= one["y"] + one["h"]
    return not (beside or above)


def sources() -> Iterator[str]:
    for panel in PANELS:
        yield panel["datasource"]["uid"]
        yield from (target["datasource"]["uid"] for target in panel["targets"])


def test_the_dashboard_works_with_any_prometheus() -> None:
    """Whoever imports it picks the source; none of ours is written into it."""
    assert set(sources()) == {"${source}"}
    assert [variable["name"] for variable in DASHBOARD["templating"]["list"]] == ["source"]
