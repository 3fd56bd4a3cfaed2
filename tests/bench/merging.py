"""Contest over the field-wise merge alone: no CRM and no database while the time runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from sync.domain.link import Link
from sync.domain.merge import View
from sync.domain.model import AMOUNT, Side
from sync.domain.policy import Winner
from sync.store.codec import dump_values, load_values
from tests.bench.measure import Contest, require
from tests.bench.pairs import a_mapping, make_pairs
from tests.engine.world import World

RECORDS = 10_000


@contextmanager
def merging(folder: Path) -> Iterator[Contest]:
    """Merges of pairs whose amount changed on the left, against comparing each record with its base."""
    mapping = a_mapping()
    world = World(folder)
    views = [_view(link) for link in make_pairs(world, RECORDS)]
    world.close()

    def merge() -> None:
        changes = sum(len(mapping.merge(view).changes) for view in views)
        require(changes == RECORDS, f"{changes} changes in {RECORDS} pairs")

    def compare() -> None:
        changed = sum(view.now[side] != view.base[side] for view in views for side in Side)
        require(changed == RECORDS, f"{changed} changed of {RECORDS}")

    yield Contest(merge, compare)


def _view(link: Link) -> View:
    """Values as read afresh: equal to the base, never the same objects."""
    now = {side: load_values(dump_values(link.base(side) or {})) for side in Side}
    now[Side.LEFT] = {**now[Side.LEFT], AMOUNT: Decimal("99000.25")}
    base = {side: link.base(side) for side in Side}
    return View(now, base, {side: {} for side in Side}, Winner.ASK)
