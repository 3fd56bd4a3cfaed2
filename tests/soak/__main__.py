"""A soak by hand or at night: `python -m tests.soak --minutes 10 --seed 1`."""

import signal
import sys
from argparse import ArgumentParser
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from tests.soak.play import Wanted, a_soak, play
from tests.soak.verdict import judge

MINUTES = 10.0
PATIENCE_S = 420.0
"""A record that failed four times in a row rests for eight minutes; few do, and a restart ends every rest."""


def main(arguments: list[str]) -> int:
    """Prints the numbers and each broken promise; then exit code 1, and the logs are kept."""
    parser = ArgumentParser(prog="python -m tests.soak")
    parser.add_argument(
        "--minutes", type=float, default=MINUTES, help="of work and faults; rest comes on top"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the logs in any case")
    asked = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit("ended before its time"))
    folder = Path(mkdtemp(prefix="opsync-soak-"))
    with a_soak(folder, asked.seed) as soak:
        rested_s = play(soak, Wanted(60 * asked.minutes, asked.seed, PATIENCE_S))
        verdict = judge(soak, rested_s)
    print("\n".join(verdict.lines))
    for violation in verdict.violations:
        print(f"violation: {violation}")
    if verdict.violations or asked.keep:
        print(f"logs       {folder}")
    else:
        rmtree(folder)
    print(f"soak: seed {asked.seed}, {asked.minutes:g} minutes, {len(verdict.violations)} violations")
    return bool(verdict.violations)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
