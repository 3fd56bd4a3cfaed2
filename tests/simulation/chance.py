"""Where every choice of a history comes from, so that one seed tells all of it; it knows no world."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class Chance:
    """`draw` is asked for numbers from 0 up to 1; the nearer to 1, the less happens, so that a history
    shrinks by replacing its draws with 1."""

    draw: Callable[[], float]

    def happens(self, probability: float) -> bool:
        return self.draw() < probability

    def pick(self, items: Sequence[Item]) -> Item:
        """The last one is the quietest."""
        return items[min(int(self.draw() * len(items)), len(items) - 1)]


def seeded(seed: int) -> Callable[[], float]:
    return Random(seed).random
