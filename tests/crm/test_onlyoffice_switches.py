"""One pass of everyday work against the sandbox portal under each of its switches, alone and in pairs."""

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, count
from typing import Any

import pytest

from sync.crm.http import HttpOptions
from sync.crm.onlyoffice.client import OnlyOfficeCrm
from sync.domain.model import ACTUAL_CLOSE, EXPECTED_CLOSE, STAGE, TITLE, Record
from sync.errors import (
    LoginRefused,
    OpsyncError,
    OutcomeUnknown,
    RecordRefused,
    RetryLater,
    SideDown,
    WrongShape,
)
from sync.sandbox.onlyoffice.app import build
from sync.sandbox.onlyoffice.switches import catalogue
from sync.sandbox.server import start
from sync.sandbox.world import make_world
from tests.crm.contract import LONG_AGO, STAMP, new_values
from tests.crm.onlyoffice_portal import SandboxBench, crm_at, now, options_of

Setting = tuple[str, Any]
REFUSALS: Mapping[Setting, type[OpsyncError]] = {
    ("two_factor", "sms"): LoginRefused,
    ("two_factor", "app"): LoginRefused,
    ("ip_restricted", True): SideDown,
    ("account_rights", "none"): SideDown,
    ("front", "login_page"): WrongShape,
    ("front", "error_in_200"): WrongShape,
    ("front", "bad_gateway"): RetryLater,
    ("front", "busy"): RetryLater,
    ("front", "busy_retry"): RetryLater,
    ("portal_status", "unpaid"): SideDown,
    ("portal_status", "moving"): RetryLater,
    ("crm_opened", False): RecordRefused,
}
"""Settings under which there is no work to be done, and what the operator is told."""

UNUSUAL: tuple[Setting, ...] = tuple(
    (info.name, value) for info in catalogue() for value in info.values if value != info.default
)
WORKING = tuple(setting for setting in UNUSUAL if setting not in REFUSALS)


@pytest.fixture(scope="module")
def server_and_portal() -> Iterator[tuple[str, Any]]:
    seconds = count()
    portal = build(
        make_world(companies=4, sales=6, seed=11),
        clock=lambda: now() + timedelta(seconds=next(seconds)),
        password="sandbox",
    )
    server = start(portal.app)
    yield server.base_url, portal
    server.stop()


@pytest.fixture
def at_portal(server_and_portal: tuple[str, Any]) -> Iterator[SandboxBench]:
    base_url, portal = server_and_portal
    crm = crm_at(options_of(portal, base_url))
    yield SandboxBench(crm, portal, base_url)
    crm.close()
    for info in catalogue():
        portal.switches.set(info.name, info.default)


def work(bench: SandboxBench) -> None:
    """Read everything, make a record, find it, change it, close it, reopen it, delete it."""
    crm, values = bench.crm, new_values(bench, currency="EUR", amount=Decimal("1234.56"))
    lists = crm.fetch_lists()
    companies = [row.id for row in crm.fetch_companies()]
    assert companies == sorted(companies, key=int) and bench.a_company() in companies
    before = [row.id for row in crm.fetch_census()]
    made = crm.create_record(values, STAMP)
    assert {**made.values, **values} == dict(made.values)
    assert [row.id for row in crm.find_stamped(STAMP, LONG_AGO)] == [made.id]
    won = next(stage.key for stage in lists.stages if stage.state == "won")
    crm.update_record(made.id, {TITLE: values[TITLE]}, {TITLE: "Ours", EXPECTED_CLOSE: date(2026, 12, 31)})
    closed = crm.update_record(made.id, {}, {STAGE: won})
    assert closed.values[ACTUAL_CLOSE] is not None
    reopened = crm.update_record(made.id, {}, {STAGE: values[STAGE]})
    row = next(row for row in crm.fetch_census() if row.id == made.id)
    assert isinstance(row, Record)
    assert row.values == reopened.values == {**made.values, TITLE: "Ours", EXPECTED_CLOSE: date(2026, 12, 31)}
    crm.delete_record(made.id, {TITLE: "Ours"})
    assert [row.id for row in crm.fetch_census()] == before == sorted(before, key=int)


@pytest.mark.parametrize("setting", WORKING, ids=str)
def test_work_under_each_switch(at_portal: SandboxBench, setting: Setting) -> None:
    """Whatever the portal's version, storage and habits: the same work gives the same records."""
    at_portal.portal.switches.set(*setting)

    work(at_portal)


@pytest.mark.parametrize("setting", REFUSALS, ids=str)
def test_refusal_under_each_switch(at_portal: SandboxBench, setting: Setting) -> None:
    """What cannot be worked with ends in one line that names the side, before anything is written."""
    values, writes = new_values(at_portal), at_portal.portal.recorder.totals["writes"]
    crm = OnlyOfficeCrm(
        options_of(at_portal.portal, at_portal.base_url), HttpOptions("", attempts=1), clock=now
    )
    at_portal.portal.switches.set(*setting)

    with pytest.raises(REFUSALS[setting]) as caught:
        crm.create_record(values, STAMP)
    crm.close()
    assert str(caught.value).startswith("ONLYOFFICE ") and "\n" not in str(caught.value)
    assert "sandbox" not in str(caught.value)
    assert at_portal.portal.recorder.totals["writes"] == writes


def covering() -> list[dict[str, Any]]:
    """Full settings of all switches, drawn until every pair of working values is in one of them."""
    values = {
        info.name: [value for value in info.values if (info.name, value) not in REFUSALS]
        for info in catalogue()
    }
    singles = [(name, value) for name, several in values.items() for value in several]
    open_pairs = {frozenset(pair) for pair in combinations(singles, 2) if pair[0][0] != pair[1][0]}
    chance, chosen = random.Random(3), list[dict[str, Any]]()
    while open_pairs:
        tries = [{name: chance.choice(several) for name, several in values.items()} for _ in range(30)]
        best = max(tries, key=lambda one: len(open_pairs & pairs_of(one)))
        open_pairs -= pairs_of(best)
        chosen.append(best)
    return chosen


def pairs_of(settings: dict[str, Any]) -> set[frozenset[Setting]]:
    return {frozenset(pair) for pair in combinations(settings.items(), 2)}


@pytest.mark.parametrize("settings", covering(), ids=lambda settings: f"{len(settings)} switches")
def test_work_under_each_pair_of_switches(at_portal: SandboxBench, settings: dict[str, Any]) -> None:
    """No two habits of a portal together break what each alone does not."""
    for name, value in settings.items():
        at_portal.portal.switches.set(name, value)

    work(at_portal)


def test_every_switch_has_its_place() -> None:
    """Each setting that refuses is one the portal really has."""
    assert set(REFUSALS) <= set(UNUSUAL)
    assert len(WORKING) > 20
    assert OutcomeUnknown not in REFUSALS.values()
