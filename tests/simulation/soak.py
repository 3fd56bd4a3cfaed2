"""Many histories at once, by hand or at night: `python -m tests.simulation.soak --histories 50000`."""

import signal
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from time import monotonic

from tests.simulation.faults import Fault
from tests.simulation.outcome import play_seed, story
from tests.simulation.state import fast_state

BATCH = 250


@dataclass
class Tally:
    """What a range of seeds came to; `broken` are the seeds that broke a promise."""

    histories: int = 0
    broken: list[int] = field(default_factory=list)
    violations: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    faults: Counter[Fault] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        self.histories += other.histories
        self.broken += other.broken
        self.violations += other.violations
        self.actions += other.actions
        self.troubles += other.troubles
        self.faults += other.faults


def play_batch(first: int, size: int = BATCH) -> Tally:
    """The seeds from `first` on, in this process."""
    tally = Tally()
    with fast_state() as database:
        for seed in range(first, first + size):
            outcome = play_seed(database, seed)
            broken = [seed] if outcome.violations else []
            counts = (outcome.actions, outcome.troubles, outcome.faults)
            tally.add(Tally(1, broken, len(outcome.violations), *counts))
    return tally


def main(arguments: list[str]) -> int:
    """Prints the tally, and the shrunk story of the first broken seed."""
    parser = ArgumentParser(prog="python -m tests.simulation.soak")
    parser.add_argument("--histories", type=int, default=50_000)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    wanted = parser.parse_args(arguments)
    began, total = monotonic(), Tally()
    starts = range(wanted.first_seed, wanted.first_seed + wanted.histories, BATCH)
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit("ended before its time"))
    for tally in _play(starts, wanted.processes):
        total.add(tally)
        for seed in tally.broken:
            print(f"\rseed {seed} breaks a promise", file=sys.stderr)
        print(f"\r{total.histories} histories, {total.violations} violations", end="", file=sys.stderr)
    _print(total, wanted.first_seed, monotonic() - began)
    return 1 if total.broken else 0


def _play(starts: Iterable[int], processes: int) -> Iterator[Tally]:
    """Whoever stops listening stops the processes too."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        try:
            yield from pool.map(play_batch, starts)
        finally:
            pool.shutdown(cancel_futures=True)


def _print(total: Tally, first_seed: int, seconds: float) -> None:
    print(f"\nseeds       {first_seed} to {first_seed + total.histories - 1}")
    counted = (("actions", total.actions), ("troubles", total.troubles), ("faults", total.faults))
    for title, counts in counted:
        print(f"{title:11} {sum(counts.values())}")
        for name, count in counts.most_common():
            print(f"  {name:22} {count}")
    print(f"violations  {total.violations}")
    print(f"seconds     {seconds:.0f}")
    for seed in total.broken[:1]:
        with fast_state() as database:
            print(f"seed {seed} of {total.broken}:{story(database, play_seed(database, seed))}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
