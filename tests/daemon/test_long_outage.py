"""A month without one of two real servers, on a clock that runs fast: told once, made good by itself."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from sync import wiring
from sync.cli.sandbox_config import write_config
from sync.daemon.health import Health
from sync.daemon.outages import Outages
from sync.daemon.planner import Pace
from sync.daemon.supervisor import Supervisor, Watch
from sync.domain.link import NEEDS_A_PERSON, Link, LinkState
from sync.domain.model import TITLE, Side
from sync.engine.pairing import Pairing
from sync.sandbox.launch import launch
from sync.sandbox.world import make_world
from sync.settings import load_settings
from sync.store import links as link_store
from tests.daemon.bench import heard, named
from tests.engine.world import FakeClock
from tests.kill9.desk import Desk

NEVER_FULL = Pace(full_every_s=1e12)
IMPATIENT = {
    f"OPSYNC_BUDGET__{side.label.upper()}__{name}": value
    for side in Side
    for name, value in (("ATTEMPTS", "1"), ("COOLDOWN_S", "0.0"))
}
"""The calendar runs fast here, the time between two calls does not."""


@dataclass
class Month:
    """Both servers, one daemon's worker, and people at both desks."""

    clock: FakeClock
    pairing: Pairing
    desks: dict[Side, Desk]
    supervisor: Supervisor

    def ticks(self, times: int, seconds: float) -> list[str]:
        outcomes = []
        for _ in range(times):
            self.clock.wait(seconds)
            turn = self.supervisor.turn()
            outcomes.append(str(turn.outcome) if turn else "")
        return outcomes

    def links(self) -> dict[str, Link]:
        with self.pairing.database.read() as connection:
            return {link.id: link for link in link_store.load_links(connection)}

    def waiting(self) -> set[str]:
        return {link.id for link in self.links().values() if link.state in NEEDS_A_PERSON}

    def titles(self, side: Side) -> dict[str, object]:
        return {row.id: row.values[TITLE] for row in self.desks[side].rows().values()}

    def ask(self, side: Side, method: str, path: str, body: object = None) -> dict[str, dict[str, int]]:
        answer = self.desks[side]._client.request(method, path, json=body)
        answer.raise_for_status()
        found: dict[str, dict[str, int]] = answer.json()
        return found

    def lose(self, side: Side) -> None:
        self.ask(side, "POST", "faults", {"kind": "drop_before", "times": -1})

    def bring_back(self, side: Side) -> None:
        """With a new epoch: every session of a month ago is over."""
        self.ask(side, "DELETE", "faults")
        self.ask(side, "POST", "switches", {"session_reset": 1})

    def calls(self, side: Side) -> tuple[int, int]:
        """Reads and writes the server has seen."""
        totals = self.ask(side, "GET", "counters")["totals"]
        return totals["reads"], totals["writes"]


@contextmanager
def a_month(folder: Path, pace: Pace) -> Iterator[Month]:
    clock, world = FakeClock(), make_world(companies=3, sales=12, seed=1)
    clock.now = wiring.real_clock()  # the servers' Date header, where a first cursor comes from, is real
    sandbox = launch(world, clock=clock)
    write_config(folder / "opsync.toml", sandbox, world.users, web_token="of this test")
    (folder / "told.json").write_text(json.dumps(sandbox.as_json()))
    settings = load_settings(folder / "opsync.toml", IMPATIENT).settings
    opened = wiring.open_pairing(settings, progress=lambda *_told: None)
    for crm in opened.crms.values():
        crm.close()
    crms = wiring.build_crms(settings, clock=clock)
    pairing = replace(opened, crms=crms, clock=clock)
    outages = Outages(clock)
    watch = Watch(Health(clock, outages, 600.0), outages, lambda _turn: None)
    desks = {side: Desk(side, folder / "told.json") for side in Side}
    try:
        yield Month(clock, pairing, desks, Supervisor(pairing, pace, watch))
    finally:
        for desk in desks.values():
            desk.close()
        wiring.close_pairing(pairing)
        sandbox.stop()


def work(month: Month) -> Link:
    """On each side a linked deal is edited and a new one made, and one opportunity is deleted: its link."""
    whole = [link for link in month.links().values() if link.state is LinkState.IN_SYNC]
    left, right, deleted = sorted(whole, key=lambda link: link.id)[:3]
    month.desks[Side.LEFT].edit(left.left_id or "", TITLE, "Edited left")
    month.desks[Side.RIGHT].edit(right.right_id or "", TITLE, "Edited right")
    month.ask(Side.RIGHT, "POST", "delete", {"id": int(deleted.right_id or "")})
    for side in Side:
        month.desks[side].create(f"New {side}")
    return deleted


@pytest.mark.parametrize("pace", [Pace(), NEVER_FULL], ids=["full", "changes_only"])
@pytest.mark.parametrize("away", Side)
def test_a_month_away_is_made_good(tmp_path: Path, away: Side, pace: Pace) -> None:
    """The cursor is far older than any overlap, the session is over, records were edited, made and deleted:
    nothing is written while half of the view is missing, and everything is in place a few cycles later."""
    with a_month(tmp_path, pace) as month, heard() as events:
        month.ticks(4, 120)
        waiting, links = month.waiting(), month.links()
        month.lose(away)
        deleted = work(month)
        before = month.calls(away.other)
        outcomes = month.ticks(60, 43_200)
        after, unmoved = month.calls(away.other), month.links() == links
        month.bring_back(away)
        month.ticks(12, 120)
        titles = [set(month.titles(side).values()) for side in Side]
        ends = {link.id: link.state for link in month.links().values()}
        needs_a_person = month.waiting() - waiting

    assert "done" not in outcomes
    assert (after[1], unmoved) == (before[1], True)
    assert after[0] > before[0]
    assert len(named(events, "side.lost")) == len(named(events, "side.recovered")) == 1
    assert {"Edited left", "Edited right", "New left", "New right"} <= titles[0] & titles[1]
    assert ends[deleted.id] is LinkState.BURIED
    assert needs_a_person == set()
