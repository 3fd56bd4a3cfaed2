"""Times two ways of doing one thing, in turns; it knows nothing of what is done."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from gc import collect
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Contest:
    """`ours` is the product, `bare` the least that any program would have to do; both run once."""

    ours: Callable[[], object]
    bare: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Case:
    """`set_up` gets an empty folder and prepares a fresh contest for each round; that is not timed."""

    what: str
    against: str
    count: int
    set_up: Callable[[Path], AbstractContextManager[Contest]]


@dataclass(frozen=True, slots=True)
class Result:
    """Medians in seconds; `ratio` is the median of the rounds' own ratios."""

    case: Case
    ours_s: float
    bare_s: float
    ratio: float


def measure(case: Case, rounds: int) -> Result:
    times = list(_rounds(case, rounds))
    return Result(
        case,
        median(ours for ours, _ in times),
        median(bare for _, bare in times),
        median(ours / bare for ours, bare in times),
    )


def _rounds(case: Case, rounds: int) -> Iterator[tuple[float, float]]:
    for _ in range(rounds):
        with TemporaryDirectory(prefix="opsync-bench-") as folder, case.set_up(Path(folder)) as contest:
            yield _seconds(contest.ours), _seconds(contest.bare)


def _seconds(work: Callable[[], object]) -> float:
    collect()
    start = perf_counter()
    work()
    return perf_counter() - start


def require(fact: bool, said: str) -> None:
    """A contest that does not do its work must not give a number."""
    if not fact:
        raise RuntimeError(said)
