"""What a daemon at rest weighs: processor time of a cycle and resident memory, by the kernel's own numbers."""

from collections.abc import Iterator

from tests.bench.gain import Gain
from tests.bench.measure import require
from tests.bench.served import Served, served

SIZES = (10_000, 100_000)
CYCLES = 10
INTERVAL_S = {10_000: 2, 100_000: 20}


def weight() -> Iterator[Gain]:
    for pairs in SIZES:
        options = {"SCHEDULE__INTERVAL_S": INTERVAL_S[pairs], "SCHEDULE__CHANGED_EVERY_S": 3600}
        with served(pairs, options) as world:
            yield from _weigh(world, pairs)


def _weigh(world: Served, pairs: int) -> Iterator[Gain]:
    """The first cycle reads everything; the next ones what a cycle without changes reads."""
    world.await_line("cycle.finished", after=1)
    full_kb = world.daemon.memory_kb()
    cycles = CYCLES if pairs == SIZES[0] else 3
    before, from_cpu_s = world.count("cycle.finished"), world.daemon.cpu_s()
    last = world.await_line("cycle.finished", after=before + cycles - 1)
    used_s = world.daemon.cpu_s() - from_cpu_s
    require(last.fields["links"] == {"in_sync": pairs}, f"not at rest: {last.fields}")
    yield Gain(f"processor time of a cycle, {pairs} pairs, no change", used_s / cycles, "s")
    yield Gain(f"resident memory, {pairs} links, after reading all", full_kb / 1024, "MB")
    yield Gain(f"resident memory, {pairs} links, {cycles} cycles later", world.daemon.memory_kb() / 1024, "MB")
