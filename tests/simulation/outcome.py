"""One history from its seed to its verdict, and the shortest story that still breaks the same promise."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.simulation.chance import Chance, seeded
from tests.simulation.faults import Fault
from tests.simulation.history import History
from tests.simulation.state import FaultyDatabase
from tests.simulation.steady import steady_engine
from tests.simulation.verdict import judge

EVENTS = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """`draws` replay the history; `violations` is empty when all promises were kept."""

    violations: list[str]
    told: list[str]
    actions: Counter[str]
    troubles: Counter[str]
    faults: Counter[Fault]
    draws: list[float]


def play(database: FaultyDatabase, draw: Callable[[], float], events: int = EVENTS) -> Outcome:
    draws: list[float] = []

    def noted() -> float:
        draws.append(draw())
        return draws[-1]

    with steady_engine() as numbers:
        database.process.faults.clear()
        history = History(database, numbers, Chance(noted))
        history.play(events)
        faults = Counter(database.process.faults)
        found = judge(history.arena)
        return Outcome(found, history.told, history.actions, history.troubles, faults, draws)


def replay(database: FaultyDatabase, draws: list[float], events: int = EVENTS) -> Outcome:
    """Beyond the given draws nothing more happens."""
    tape: Iterator[float] = iter(draws)
    return play(database, lambda: next(tape, QUIET), events)


def play_seed(database: FaultyDatabase, seed: int) -> Outcome:
    return play(database, seeded(seed))


QUIET = 0.999


def shrink(broken: Callable[[list[float]], bool], draws: list[float]) -> list[float]:
    """Fewer and quieter draws that are still `broken`: ever smaller pieces are cut out or made quiet."""
    size = len(draws)
    while size:
        start = 0
        while start < len(draws):
            shorter, quieter = _without(draws, start, size)
            if broken(shorter):
                draws = shorter
                continue
            draws = quieter if quieter != draws and broken(quieter) else draws
            start += size
        size //= 2
    return draws


def _without(draws: list[float], start: int, size: int) -> tuple[list[float], list[float]]:
    end = min(start + size, len(draws))
    return draws[:start] + draws[end:], draws[:start] + [QUIET] * (end - start) + draws[end:]


def story(database: FaultyDatabase, outcome: Outcome) -> str:
    """The shrunk history in words, for the message of a failed test."""
    draws = shrink(lambda some: bool(replay(database, some).violations), outcome.draws)
    short = replay(database, draws)
    return "\n".join(["", *short.told, *short.violations])
