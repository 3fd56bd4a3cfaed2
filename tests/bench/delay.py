"""How long an edit takes to arrive on the other side, in a real daemon, by the servers' own clocks."""

import random
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import quantiles

from sync.domain.link import Link
from sync.wiring import real_clock
from tests.bench.filling import is_open
from tests.bench.gain import Gain
from tests.bench.served import Served, served

PAIRS = 1_000
EDITS = 40
POLL_S = 1
P95_S = 2.0
GIVEN_UP_S = 30.0
_LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class Way:
    """From where to where; `field` is what a person edits, `wrote` how the other side's log shows the write."""

    name: str
    side: str
    field: str
    other: str
    wrote: str

    def record_id(self, link: Link) -> str:
        return str(link.left_id if self.side == "superoffice" else link.right_id)

    def written(self, link: Link) -> str:
        return self.wrote.format(link.right_id if self.side == "superoffice" else link.left_id)


RIGHTWARDS = Way("SuperOffice -> ONLYOFFICE", "superoffice", "Heading", "onlyoffice", "PUT /crm/opportunity/{}")
LEFTWARDS = Way("ONLYOFFICE -> SuperOffice", "onlyoffice", "title", "superoffice", "PATCH /Sale/{}")


def latency() -> Iterator[Gain]:
    """ONLYOFFICE posts no webhooks, so that way there is only looking."""
    told = {"SCHEDULE__INTERVAL_S": 3600, "SCHEDULE__CHANGED_EVERY_S": 3600}
    with served(PAIRS, told, hooked=True) as world:
        world.await_line("webhook.repaired")
        yield from _gains(f"webhook, {RIGHTWARDS.name}", _delays(world, RIGHTWARDS))
    looked = {"SCHEDULE__INTERVAL_S": POLL_S, "SCHEDULE__CHANGED_EVERY_S": 3600}
    with served(PAIRS, looked) as world:
        world.await_line("cycle.finished", after=1)
        for way in (RIGHTWARDS, LEFTWARDS):
            yield from _gains(f"poll every {POLL_S} s, {way.name}", _delays(world, way))


def _gains(what: str, delays: Sequence[float]) -> Iterator[Gain]:
    marks = quantiles(delays, n=20, method="inclusive")
    yield Gain(f"latency p50, {what}", marks[9], "s")
    yield Gain(f"latency p95, {what}", marks[18], "s", P95_S)


def _delays(world: Served, way: Way) -> list[float]:
    """Edits at random moments, each of another record."""
    chance, pace = random.Random(1), threading.Event()
    chosen = [link for link in world.links if is_open(link)][:EDITS]
    delays = []
    for link in chosen:
        pace.wait(chance.uniform(0, POLL_S))
        delays.append(_delay(world, way, link))
    return delays


def _delay(world: Served, way: Way, link: Link) -> float:
    seen = _last(world, way)
    began = real_clock()
    title = f"Edited at {began:%H:%M:%S.%f}"
    world.stage.control(way.side, "edit", {"id": int(way.record_id(link)), "changes": {way.field: title}})
    return (_arrival(world, way, way.written(link), seen) - began).total_seconds()


def _last(world: Served, way: Way) -> int:
    rows = world.stage.look(way.other, "log")
    return int(rows[-1]["seq"]) if rows else 0


def _arrival(world: Served, way: Way, written: str, seen: int) -> datetime:
    """When the other side had carried out the write."""
    method, _, path = written.partition(" ")
    pace = threading.Event()
    for _ in range(int(GIVEN_UP_S / _LOOK_S)):
        for row in world.stage.look(way.other, f"log?since={seen}"):
            if row["method"] == method and row["path"].removesuffix(".json").endswith(path):
                return datetime.fromisoformat(row["at"])
        pace.wait(_LOOK_S)
    raise RuntimeError(f"{written} did not come in {GIVEN_UP_S:.0f} s")
