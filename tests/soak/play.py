"""Plays one soak: people, faults and blows, then peace until all is at rest; `judge` says what came of it."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sync.domain.model import Side
from sync.wiring import real_clock
from tests.daemon.process import Stage, a_stage
from tests.kill9.desk import Desk
from tests.kill9.people import People
from tests.soak.calls import PER_MINUTE, PER_TEN_SECONDS, Tally
from tests.soak.crew import Crew
from tests.soak.daemon import Line
from tests.soak.front import Front
from tests.soak.memory import Memory
from tests.soak.weather import Weather

SALES = 60
STEP_S = 0.25
TAKE_EVERY = 20
START_S = 30.0
STORM_SHARE = 2 / 3
"""Of the time, with blows; the rest of it one process lives long enough to show whether it grows."""
_SCHEDULE = {"INTERVAL_S": 1, "JITTER_S": 0.2, "CHANGED_EVERY_S": 4, "IDS_EVERY_S": 10, "FULL_EVERY_S": 20}
_BUDGET = {"CALLS_PER_MINUTE": PER_MINUTE, "CALLS_PER_TEN_SECONDS": PER_TEN_SECONDS, "COOLDOWN_S": 2}
_OPTIONS: dict[str, object] = {
    "STATE__LEASE_S": 10,
    "POLICY__SETTLE_S": 8,
    "BRAKES__UPDATES__ABSOLUTE": 1_000_000,
    "LOG__FORMAT": "json",
    "WEB__PORT": 0,
    "WEBHOOKS__PORT": 0,
    **{f"SCHEDULE__{name}": value for name, value in _SCHEDULE.items()},
    **{
        f"BUDGET__{side}__{name}": value
        for side in ("SUPEROFFICE", "ONLYOFFICE")
        for name, value in _BUDGET.items()
    },
}
_OF_THE_UNIT = {"MALLOC_ARENA_MAX": "2"}
ENVIRON = {f"OPSYNC_{name}": str(value) for name, value in _OPTIONS.items()} | _OF_THE_UNIT
"""An hour and more of a real schedule in each minute. Lease and settling are longer than any call may wait in
this weather, as they are by default: a write that is sent after both is made twice."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How long people work and faults blow, and how long they may take to be made good afterwards;
    `starts_anew` with fresh daemons, which do not wait until a record that failed has had its rest."""

    seconds: float
    seed: int
    patience_s: float
    starts_anew: bool = False


@dataclass(frozen=True, slots=True)
class Soak:
    """Everything that took part; `rested_s` is None when it never came to rest."""

    stage: Stage
    desks: dict[Side, Desk]
    ledger: Path
    crew: Crew
    weather: Weather
    front: Front
    tally: Tally
    memory: Memory
    troubles: list[str]

    @property
    def config(self) -> Path:
        return self.stage.config


@contextmanager
def a_soak(folder: Path, seed: int) -> Iterator[Soak]:
    """Both servers, two daemons and the people, who have not begun yet."""
    with a_stage(folder, sales=SALES) as stage:
        crew: list[Crew] = []
        front = Front(lambda: crew[0].webhook_ports() if crew else [])
        _add_webhooks(stage.config, front.url)
        told, ledger = folder / "sandbox.json", folder / "ledger"
        told.write_text(json.dumps(stage.sandbox.as_json()), encoding="utf-8")
        ledger.touch()
        desks = {side: Desk(side, told) for side in Side}
        crew.append(Crew(stage.config, ENVIRON, seed))
        weather, tally = Weather(stage, seed), Tally(stage)
        try:
            yield Soak(stage, desks, ledger, crew[0], weather, front, tally, Memory(), [])
        finally:
            crew[0].close()
            front.close()
            for desk in desks.values():
                desk.close()


def play(soak: Soak, wanted: Wanted) -> float | None:
    """Seconds from the last edit and fault until all was at rest; None when the patience was not enough."""
    stop = threading.Event()
    people = threading.Thread(target=lambda: _work(soak, wanted.seed, stop), name="people")
    people.start()
    began = real_clock()
    try:
        _blow(soak, began + timedelta(seconds=wanted.seconds * STORM_SHARE), with_blows=True)
        _blow(soak, began + timedelta(seconds=wanted.seconds), with_blows=False)
    finally:
        stop.set()
        people.join()
    soak.weather.clear()
    if wanted.starts_anew:
        soak.crew.leave()
    rested_s = _rest(soak, wanted.patience_s)
    soak.crew.leave()
    soak.tally.take()
    return rested_s


def is_at_rest(lines: Sequence[Line], since: datetime) -> bool:
    """Everything was read since then, later than the last write, and nothing waits."""
    quiet = False
    for line in lines:
        if line.event == "cycle.finished" and line.at > since:
            writes = [name for name in line.fields if name.startswith(("created", "updated", "deleted"))]
            clean = line.fields["outcome"] == "done" and line.fields["links"].keys() == {"in_sync"}
            quiet = clean and not writes and (quiet or line.fields["reach"] == "all")
    return quiet


def _blow(soak: Soak, until: datetime, *, with_blows: bool) -> None:
    pace, steps = threading.Event(), 0
    while real_clock() < until:
        soak.weather.step()
        if with_blows:
            soak.crew.step()
        else:
            soak.crew.mend()
            soak.memory.take(soak.crew.alive())
        if steps % TAKE_EVERY == 0:
            soak.tally.take()
        steps += 1
        pace.wait(STEP_S)


def _rest(soak: Soak, patience_s: float) -> float | None:
    since, pace = real_clock(), threading.Event()
    while (waited := (real_clock() - since).total_seconds()) < patience_s:
        soak.crew.mend()
        if is_at_rest(soak.crew.lines(), since):
            return waited
        pace.wait(STEP_S)
    return None


def _work(soak: Soak, seed: int, stop: threading.Event) -> None:
    """A fault of the people themselves ends nothing, but is told."""
    people = People(soak.desks, soak.ledger, seed)
    try:
        people.arrive()
        people.work(stop)
    except Exception as error:  # noqa: BLE001  in a thread nobody else would hear of it
        soak.troubles.append(f"the people stopped working: {error!r}")


def _add_webhooks(config: Path, url: str) -> None:
    secret = config.parent / "webhooks.secret"
    secret.touch(mode=0o600)
    secret.write_text("of-this-soak\n", encoding="utf-8")
    with config.open("a", encoding="utf-8") as file:
        file.write(f'\n[webhooks]\nurl = "{url}"\nsecret_file = "{secret.name}"\n')
