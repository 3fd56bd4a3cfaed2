"""The logs a tenant's database keeps beside its records; it must not change any record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

# superoffice.md 5, 6.6 (seen 2026-11-22)
INSERTED, UPDATED, DELETED, OWNER_CHANGED = 4352, 4608, 4864, 5120
SALE_TABLE, CONTACT_TABLE = 13, 5


@dataclass(frozen=True, slots=True)
class TravelRow:
    """One entry of traveltransactionlog."""

    id: int
    at: datetime
    kind: int
    table: int
    record_id: int
    actor_id: int


@dataclass(frozen=True, slots=True)
class MergeRow:
    """One entry of mergemovelog: what became of a merged company."""

    id: int
    at: datetime
    operation: int
    table: int
    source_id: int
    destination_id: int
    actor_id: int


@dataclass
class Journal:
    """Both logs of one tenant, by entry id."""

    travels: dict[int, TravelRow] = field(default_factory=dict)
    merges: dict[int, MergeRow] = field(default_factory=dict)

    def travelled(self, at: datetime, kind: int, record_id: int, actor_id: int) -> None:
        entry = TravelRow(len(self.travels) + 1, at, kind, SALE_TABLE, record_id, actor_id)
        self.travels[entry.id] = entry

    def merged(self, at: datetime, source_id: int, destination_id: int, actor_id: int) -> None:
        entry = MergeRow(len(self.merges) + 1, at, 1, CONTACT_TABLE, source_id, destination_id, actor_id)
        self.merges[entry.id] = entry
