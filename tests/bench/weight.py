"""What a daemon at rest weighs: processor time of a cycle and resident memory, by the kernel's numbers."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.gain import Gain
from tests.bench.measure import require
from tests.bench.served import Served, served


@dataclass(frozen=True, slots=True)
class Size:
    """Pairs, and the cycles without changes that are looked at."""

    pairs: int
    cycles: int
    interval_s: float


SIZES = (Size(10_000, 10, 2), Size(100_000, 1, 5))


def weight() -> Iterator[Gain]:
    for size in SIZES:
        options = {"SCHEDULE__INTERVAL_S": size.interval_s, "SCHEDULE__CHANGED_EVERY_S": 3600}
        with served(size.pairs, options) as world:
            yield from _weigh(world, size)


def _weigh(world: Served, size: Size) -> Iterator[Gain]:
    """The first cycle reads everything; the next ones what a cycle without changes reads."""
    world.await_line("cycle.finished")
    full_kb, from_cpu_s = world.daemon.memory_kb(), world.daemon.cpu_s()
    last = world.await_line("cycle.finished", after=size.cycles)
    used_s, later_kb = world.daemon.cpu_s() - from_cpu_s, world.daemon.memory_kb()
    require(last.fields["links"] == {"in_sync": size.pairs}, f"not at rest: {last.fields}")
    what = f"{size.pairs} pairs"
    yield Gain(f"processor time of a cycle, {what}, no change", used_s / size.cycles, "s")
    yield Gain(f"resident memory, {what}, after reading all", full_kb / 1024, "MB")
    yield Gain(f"resident memory, {what}, without changes, {size.cycles} cycles", later_kb / 1024, "MB")
