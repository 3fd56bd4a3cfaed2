"""Runs the measurements and prints their tables: `make bench`, or `… -m tests.bench.run --only calls`."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from time import monotonic

from sync import log
from sync.settings.sections import Log
from tests.bench.contests import contests
from tests.bench.cycles import calls
from tests.bench.delay import latency
from tests.bench.gain import HEADER, Gain
from tests.bench.weight import weight

ROUNDS = 3
CONTESTS = "contests"
GAINS: Mapping[str, Callable[[], Iterator[Gain]]] = {"calls": calls, "latency": latency, "weight": weight}


def main(arguments: list[str]) -> None:
    parser = ArgumentParser(prog="python -m tests.bench.run")
    parser.add_argument("rounds", nargs="?", type=int, default=ROUNDS, help="of each contest")
    parser.add_argument("--only", choices=[CONTESTS, *GAINS], help="one part instead of all")
    asked = parser.parse_args(arguments)
    log.configure(Log(level="error"), ())
    began = monotonic()
    for name in [asked.only] if asked.only else [CONTESTS, *GAINS]:
        for line in contests(asked.rounds) if name == CONTESTS else _gains(GAINS[name]()):
            print(line, flush=True)
        print()
    print(f"bench: {monotonic() - began:.0f} s")


def _gains(gains: Iterator[Gain]) -> Iterator[str]:
    yield HEADER
    for gain in gains:
        yield gain.line()


if __name__ == "__main__":
    main(sys.argv[1:])
