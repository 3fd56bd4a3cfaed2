"""How many calls a cycle costs, by the servers' own logs; no time is measured."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.filling import fill, is_open
from tests.bench.gain import Gain
from tests.bench.measure import require
from tests.daemon.calls import Counted, counted

UNCHANGED = {1_000: 2, 10_000: 11}
"""{pairs: most calls of a cycle without changes}: one to SuperOffice, one a page of 1,000 to ONLYOFFICE."""
EDIT = 3
"""Most calls on top for one edit: two where it is written, one where it was made."""


def calls() -> Iterator[Gain]:
    for pairs, most in UNCHANGED.items():
        with TemporaryDirectory(prefix="opsync-bench-") as folder, counted(Path(folder), pairs) as world:
            yield from _calls(world, pairs, most)


def _calls(world: Counted, pairs: int, most: int) -> Iterator[Gain]:
    link = next(link for link in fill(world.pairing) if is_open(link))
    for _ in range(2):
        world.turn()
    world.calls()
    unchanged = _turn(world, {})
    yield Gain(f"calls, {pairs} pairs, no change", unchanged, "calls", most)
    world.edit("superoffice", link.left_id, Heading="Edited here")
    there = _turn(world, {"updated right": 1})
    yield Gain(f"calls more, {pairs} pairs, edit in SuperOffice", there - unchanged, "calls", EDIT)
    _turn(world, {})
    world.edit("onlyoffice", link.right_id, title="Edited there")
    here = _turn(world, {"updated left": 1})
    yield Gain(f"calls more, {pairs} pairs, edit in ONLYOFFICE", here - unchanged, "calls", EDIT)


def _turn(world: Counted, writes: dict[str, int]) -> int:
    """The calls of one cycle."""
    report = world.turn().report
    require(report is not None and report.writes == writes, f"expected {writes}, got {report}")
    return sum(len(made) for made in world.calls().values())
