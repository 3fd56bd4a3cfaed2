"""A world of equal pairs in both sandboxes, and a daemon's worker whose calls are counted; holds no test."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import httpx

from sync import wiring
from sync.cli.sandbox_config import write_config
from sync.daemon.health import Health
from sync.daemon.outages import Outages
from sync.daemon.planner import Pace
from sync.daemon.supervisor import Supervisor, Watch
from sync.daemon.turn import Turn
from sync.engine.pairing import Pairing
from sync.sandbox.launch import Sandbox, launch
from sync.sandbox.seeds import World
from sync.sandbox.world import make_world
from sync.settings import load_settings

SIDES = ("superoffice", "onlyoffice")


@dataclass
class Counted:
    """`calls()` gives what the servers were asked for since it was asked last."""

    sandbox: Sandbox
    pairing: Pairing
    supervisor: Supervisor

    def turn(self) -> Turn:
        turn = self.supervisor.turn()
        assert turn is not None
        return turn

    def calls(self) -> dict[str, list[str]]:
        found = {side: self._control("GET", side, "log") for side in SIDES}
        for side in SIDES:
            httpx.delete(f"{self._url(side)}/log").raise_for_status()
        return {
            side: [f"{row['method']} {row['path'].rpartition('/api/')[2]}" for row in rows]
            for side, rows in found.items()
        }

    def edit(self, side: str, record_id: str | None, **changes: object) -> None:
        self._control("POST", side, "edit", {"id": record_id, "changes": changes})

    def _control(self, method: str, side: str, what: str, body: object = None) -> list[dict[str, str]]:
        answer = httpx.request(method, f"{self._url(side)}/{what}", json=body, timeout=60)
        found: list[dict[str, str]] = answer.raise_for_status().json()
        return found

    def _url(self, side: str) -> str:
        return str(self.sandbox.as_json()[side]["control_url"])


def equal_world(pairs: int) -> World:
    """Deals that are on both sides and equal there, so that the first cycle only links them."""
    world = make_world(companies=max(3, pairs // 5), sales=4 * pairs, seed=1)
    both = (deal for deal in world.deals if deal.on_left and deal.on_right)
    equal = (replace(deal, right_description=deal.description) for deal in both)
    return replace(world, deals=tuple(islice(equal, pairs)))


@contextmanager
def counted(folder: Path, pairs: int, pace: Pace | None = None) -> Iterator[Counted]:
    world = equal_world(pairs)
    sandbox = launch(world, clock=wiring.real_clock)
    config = folder / "opsync.toml"
    write_config(config, sandbox, world.users, web_token="of-this-test")
    pairing = wiring.open_pairing(load_settings(config, {}).settings, progress=lambda *_: None)
    outages = Outages(wiring.real_clock)
    watch = Watch(Health(wiring.real_clock, outages, 600.0), outages, lambda _turn: None)
    try:
        yield Counted(sandbox, pairing, Supervisor(pairing, pace or Pace(), watch))
    finally:
        wiring.close_pairing(pairing)
        sandbox.stop()
