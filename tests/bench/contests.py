"""Contests between opsync and bare loops, which do the least that any program would have to do."""

from collections.abc import Iterator

from tests.bench.measure import Case, Result, measure
from tests.bench.merging import RECORDS, merging
from tests.bench.reading import ROWS, archive_rows, opportunities
from tests.bench.running import CREATES, PAIRS, creating, planning
from tests.bench.storing import LINKS, loading, saving

CASES = (
    Case("plan, pairs unchanged", "comparing dicts", PAIRS, planning),
    Case("merge, one field changed", "comparing dicts", RECORDS, merging),
    Case("run that creates", "calls to the memory CRM", CREATES, creating),
    Case("save links", "sqlite3 executemany", LINKS, saving),
    Case("load links", "sqlite3 fetchall", LINKS, loading),
    Case("read archive rows", "json.loads", ROWS, archive_rows),
    Case("read opportunities", "json.loads", ROWS, opportunities),
)
HEADER = (
    f"{'opsync':<26}{'against':<25}{'count':>7}{'opsync ms':>12}{'bare ms':>10}{'us each':>10}{'ratio':>9}"
)


def contests(rounds: int) -> Iterator[str]:
    """One line for each, below two of heading."""
    yield f"Medians of {rounds} rounds; ratio = opsync / bare loop in the same round."
    yield HEADER
    for case in CASES:
        yield line_of(measure(case, rounds))


def line_of(result: Result) -> str:
    case, each_us = result.case, result.ours_s / result.case.count * 1e6
    names = f"{case.what:<26}{case.against:<25}{case.count:>7}"
    times = f"{result.ours_s * 1e3:>12.1f}{result.bare_s * 1e3:>10.2f}{each_us:>10.1f}"
    return f"{names}{times}{result.ratio:>9.1f}"
