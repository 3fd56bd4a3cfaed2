"""Contests over whole runs, with memory CRMs and a SQLite state on disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from operator import eq
from pathlib import Path

from sync.crm.memory import MemoryCrm
from sync.domain.model import Side
from sync.engine.reach import EVERYTHING
from sync.engine.run import plan_only
from sync.store import links as link_store
from sync.store.codec import dump_values, load_values
from tests.bench.measure import Contest, require
from tests.bench.pairs import a_mapping, make_pairs
from tests.engine.world import COMPANIES, RIGHT_LISTS, World

PAIRS = 10_000
CREATES = 500


@contextmanager
def planning(folder: Path) -> Iterator[Contest]:
    """A full plan over linked pairs that nobody touched, against comparing as many pairs of dicts."""
    world = World(folder)
    with world.database.begin() as connection:
        link_store.insert_links(connection, make_pairs(world, PAIRS), world.clock())
    held = [record.values for record in world.left.records.values()]
    copies = [load_values(dump_values(values)) for values in held]

    def plan() -> None:
        draft = plan_only(world.pairing, EVERYTHING)
        require(not draft.plans and draft.unchanged == PAIRS, "the pairs are not unchanged")

    yield Contest(plan, lambda: require(all(map(eq, held, copies)), "the copies are not equal"))
    world.close()


@contextmanager
def creating(folder: Path) -> Iterator[Contest]:
    """A first run that creates opportunities, against handing as many to a CRM in memory."""
    world = World(folder)
    for number in range(CREATES):
        world.a_sale(title=f"Pump retrofit {number}")
    mapping = a_mapping()
    images = [mapping.image_of(sale.values, Side.RIGHT)[0] for sale in world.left.records.values()]
    lone = MemoryCrm(Side.RIGHT, RIGHT_LISTS, COMPANIES[Side.RIGHT], world.clock, fit=world.right.fit)

    def run() -> None:
        writes = dict(world.sync(full=True).writes)
        require(writes == {"created right": CREATES}, f"the run wrote {writes}")

    def call() -> None:
        for number, values in enumerate(images):
            lone.create_record(values, str(number))

    yield Contest(run, call)
    world.close()
