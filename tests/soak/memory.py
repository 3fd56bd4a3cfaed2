"""The resident memory of processes over time, and whether it stayed flat; it reads no log."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from tests.soak.daemon import Daemon

WARM_SHARE = 0.25
GROWTH = 1.2


@dataclass
class Memory:
    """Samples in kB of each daemon, oldest first."""

    samples: dict[int, list[int]] = field(default_factory=dict)

    def take(self, daemons: list[Daemon]) -> None:
        for one in daemons:
            if kb := one.memory_kb():
                self.samples.setdefault(one.number, []).append(kb)

    def spans(self) -> dict[int, tuple[int, int]]:
        """{daemon: (after warm-up, at the end)}, medians of a few samples."""
        return {number: _ends(samples) for number, samples in self.samples.items() if len(samples) > 1}


def grown(memory: Memory) -> Iterator[str]:
    for number, (warm, end) in memory.spans().items():
        if end > GROWTH * warm:
            yield f"daemon {number} grew from {warm // 1024} to {end // 1024} MB after its warm-up"


def _ends(samples: list[int]) -> tuple[int, int]:
    few = max(1, len(samples) // 10)
    warm = min(int(len(samples) * WARM_SHARE), len(samples) - 1)
    return int(median(samples[warm : warm + few])), int(median(samples[-few:]))
