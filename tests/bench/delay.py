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
EDITS = 30
POLL_S = 1
P95_S = 2.0
GIVEN_UP_S = 30.0
_LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class Way:
    """From where to where; a person edits `field`, `wrote` is how the other side's log shows it."""

    name: str
    side: str
    field: str
    other: str
    wrote: str

    def record_id(self, link: Link) -> str:
        return str(link.left_id if self.side == "superoffice" else link.right_id)

    def written(self, link: Link) -> str:
        return self.wrote.format(link.right_id if self.side == "superoffice" else link.left_id)


RIGHTWARDS = Way(
    "SuperOffice -> ONLYOFFICE", "superoffice", "Heading", "onlyoffice", "PUT /crm/opportunity/{}"
)
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
    log, delays = _Log(world, way.other), []
    for link in chosen:
        pace.wait(chance.uniform(0, POLL_S))
        delays.append(_delay(world, way, link, log))
    return delays


class _Log:
    """A server's log, read on from where it was read last."""

    def __init__(self, world: Served, side: str) -> None:
        self._world = world
        self._side = side
        self._seen = 0

    def news(self) -> list[dict[str, str]]:
        rows: list[dict[str, str]] = self._world.stage.look(self._side, f"log?since={self._seen}")
        self._seen = int(rows[-1]["seq"]) if rows else self._seen
        return rows


def _delay(world: Served, way: Way, link: Link, log: _Log) -> float:
    log.news()
    began = real_clock()
    title = f"Edited at {began:%H:%M:%S.%f}"
    world.stage.control(way.side, "edit", {"id": int(way.record_id(link)), "changes": {way.field: title}})
    return (_arrival(log, way.written(link)) - began).total_seconds()


def _arrival(log: _Log, written: str) -> datetime:
    """When the other side had carried out the write."""
    method, _, path = written.partition(" ")
    pace = threading.Event()
    for _ in range(int(GIVEN_UP_S / _LOOK_S)):
        for row in log.news():
            if row["method"] == method and row["path"].removesuffix(".json").endswith(path):
                return datetime.fromisoformat(row["at"])
        pace.wait(_LOOK_S)
    raise RuntimeError(f"{written} did not come in {GIVEN_UP_S:.0f} s")
