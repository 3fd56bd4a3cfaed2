"""The resident memory of processes over time, and whether it stayed flat; it reads no log."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from tests.soak.daemon import Daemon

WARM_CYCLES = 20
GROWTH = 1.2


@dataclass
class Memory:
    """Samples in kB of each daemon that is warm, having ended so many cycles itself; oldest first."""

    samples: dict[int, list[int]] = field(default_factory=dict)

    def take(self, daemons: list[Daemon]) -> None:
        for one in daemons:
            cycles = sum(1 for line in one.lines() if line.event == "cycle.finished")
            if cycles >= WARM_CYCLES and (kb := one.memory_kb()):
                self.samples.setdefault(one.number, []).append(kb)

    def spans(self) -> dict[int, tuple[int, int]]:
        """{daemon: (after warm-up, at the end)}, medians of a few samples."""
        return {number: _ends(samples) for number, samples in self.samples.items()}


def grown(memory: Memory) -> Iterator[str]:
    for number, (warm, end) in memory.spans().items():
        if end > GROWTH * warm:
            yield f"daemon {number} grew from {warm // 1024} to {end // 1024} MB after its warm-up"


def _ends(samples: list[int]) -> tuple[int, int]:
    few = max(1, len(samples) // 10)
    return int(median(samples[:few])), int(median(samples[-few:]))
