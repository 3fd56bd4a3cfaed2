"""Changes that SuperOffice can compare and make in the same request; sends nothing."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal

from sync.crm.superoffice.entity import Members, earning_of, members_of
from sync.crm.superoffice.money import Money
from sync.domain.model import (
    AMOUNT,
    DESCRIPTION,
    EXPECTED_CLOSE,
    OWNER,
    PROBABILITY,
    STAGE,
    TITLE,
    Value,
    Values,
)

_SINGLE = frozenset({TITLE, DESCRIPTION, PROBABILITY, EXPECTED_CLOSE, OWNER})
"""Fields with one member each, that bring nothing else along."""


@dataclass(frozen=True, slots=True)
class Swap:
    """`before` is tested and `after` set, all or nothing."""

    before: Members
    after: Members


class Swaps:
    """Which changes need no look at the sale first; learns what a server compares in its own way.

    Numbers, dates and references may be compared as the server happens to write them, so that equal ones
    count as moved, never the other way round: superoffice.md 3.3 and 8.1 (seen 2026-11-22).
    """

    def __init__(self, money: Money) -> None:
        self._money = money
        self._given_up: set[str] = set()

    def swap_of(self, sale_id: int, expected: Values, changes: Values) -> Swap | None:
        """None where the sale has to be looked at."""
        old = {name: expected.get(name) for name in changes}
        percent = self._money.free_percent(sale_id) if AMOUNT in changes else Decimal(0)
        if percent is None or not all(self._is_known(name, old[name], changes[name]) for name in changes):
            return None
        before = members_of(old, {}, closed=False)
        after = members_of(changes, {}, closed=False)
        if isinstance(amount := changes.get(AMOUNT), Decimal):
            before["EarningPercent"] = percent
            after |= earning_of(amount, percent)
        return Swap(before, after)

    def give_up(self, fields: AbstractSet[str]) -> None:
        """A comparison failed although these were as expected."""
        self._given_up |= fields

    def _is_known(self, name: str, old: Value, new: Value) -> bool:
        if name in self._given_up or old is None:
            return False
        return name in _SINGLE or name == AMOUNT or (name == STAGE and _is_open(old) and _is_open(new))


def _is_open(stage: Value) -> bool:
    """Closing and opening again bring reasons, dates and ticks along: superoffice.md 4.1 and 4.4."""
    return str(stage).startswith("open/")
