"""What may go wrong with a side as a whole, or with one record of it, for the next run or runs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from sync.domain.model import DESCRIPTION, Record, Side
from tests.simulation.arena import CANARIES, Arena
from tests.simulation.chance import Chance
from tests.simulation.ledger import deal_of
from tests.simulation.side import FaultySide

LISTINGS = ("truncated", "doubled", "unlisted", "stale")
RECORDS = ("hidden", "refused")
SIDES = ("empty", "foreign")
_FOREIGN_ID = 900_000


@dataclass(frozen=True)
class Trouble:
    """`grown`: links enough that a side cannot lose them all unnoticed."""

    arena: Arena
    chance: Chance
    grown: bool

    def begin(self) -> tuple[str, Side]:
        """What goes wrong from now on, and where. Known records only: nobody can link what was never seen."""
        crm = self.arena.sides[self.chance.pick(list(Side))]
        kind = self.chance.pick([*(SIDES if self.grown else ()), *RECORDS, *LISTINGS])
        crm.lasts = max(crm.lasts, self.chance.pick([3, 2, 1]))
        if kind in LISTINGS:
            self._spoil_listing(crm, kind)
        elif kind in RECORDS:
            self._spoil_record(crm, kind)
        elif kind == "empty":
            crm.empty = True
        else:
            crm.strangers = tuple(map(_stranger, crm.records.values()))
        return kind, crm.side

    def _spoil_listing(self, crm: FaultySide, kind: str) -> None:
        known = self._known(crm)
        crm.truncate = crm.truncate or kind == "truncated"
        crm.doubled = crm.doubled or kind == "doubled"
        if kind == "unlisted" and known:
            crm.unlisted.add(self.chance.pick(known))
        if kind == "stale" and known:
            crm.go_stale(self.chance.pick(known))

    def _spoil_record(self, crm: FaultySide, kind: str) -> None:
        if kind == "refused":
            deals = sorted({deal_of(row.values) for side in Side for row in self._rows(side).values()})
            crm.refused |= {self.chance.pick(deals)} if deals else set()
        elif known := self._known(crm):
            crm.hidden.add(self.chance.pick(known))

    def _known(self, crm: FaultySide) -> list[str]:
        linked = {link.record_id(crm.side) for link in self.arena.links() if link.whole}
        return sorted((key for key in self._rows(crm.side) if key in linked), key=int)

    def _rows(self, side: Side) -> Mapping[str, Record]:
        """The canary is left alone."""
        records = self.arena.sides[side].records
        if not self.grown:
            return MappingProxyType(records)
        return {record_id: row for record_id, row in records.items() if record_id != CANARIES[side]}


def _stranger(record: Record) -> Record:
    """A deal of somebody else, in a place where our numbers are not in use."""
    values = {**record.values, DESCRIPTION: f"not ours {record.id}"}
    return replace(record, id=str(_FOREIGN_ID + int(record.id)), values=values, stamp=None)
