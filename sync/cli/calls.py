"""How many calls each side has had of those it may have, as text and JSON; it counts none."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sync.cli.words import KEYS
from sync.crm.budget import Limits
from sync.domain.model import Side
from sync.engine.pairing import Pairing
from sync.settings.budget import Budget
from sync.store import usage as usage_store
from sync.store.usage import Usage


@dataclass(frozen=True, slots=True)
class Spent:
    """One side's calls, by all processes, as last written down."""

    usage: Usage
    limits: Limits


def load_spent(pairing: Pairing, budget: Budget) -> dict[Side, Spent]:
    at = pairing.clock()
    with pairing.database.read() as connection:
        return {
            side: Spent(usage_store.load_usage(connection, side, at), budget.of(side).limits())
            for side in Side
        }


def spent_lines(spent: Mapping[Side, Spent]) -> Iterator[str]:
    for side, row in spent.items():
        today = _of(row.usage.today, row.limits.per_day)
        minute = _of(row.usage.this_minute, row.limits.per_minute)
        yield f"Calls to {side.label}: today {today}; this minute {minute}"


def spent_json(spent: Mapping[Side, Spent]) -> dict[str, object]:
    """By side and period; a limit of null is none. Days and minutes are of UTC."""
    return {
        KEYS[side]: {
            "day": {"used": row.usage.today, "limit": row.limits.per_day or None},
            "minute": {"used": row.usage.this_minute, "limit": row.limits.per_minute},
        }
        for side, row in spent.items()
    }


def _of(used: int, limit: int) -> str:
    return f"{used:,} of {limit:,}" if limit else f"{used:,}, no limit"
