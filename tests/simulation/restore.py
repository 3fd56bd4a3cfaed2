"""Backups of a side and what a person does who puts one back; it knows nothing of brakes."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any  # state of any CRM

from sync.domain.link import Link, LinkState
from sync.domain.model import Record, Side, Value
from sync.store import intents as intent_store
from sync.store.database import Database
from tests.simulation.arena import Arena
from tests.simulation.ledger import TRACKED, deal_of

Backup = Mapping[str, Any]
_ROWS = ("records", "_companies", "_changed")
"""What a backup holds. Time, and with it the number of the last change, does not go back."""

_COUNTER = "_next_id"


@dataclass
class Backups:
    """The last backup of each side. While `ahead` holds what `restored` lost, nobody works there; opsync must
    tell by itself, and carry nothing old over, until a person says how to go on. `recounts`: numbers given
    since the backup are given once more. opsync knows a record by its number and nothing else, so a person
    who is told must bring such a side forward again, and never let a run pass."""

    arena: Arena
    kept: dict[Side, Backup] = field(default_factory=dict)
    restored: Side | None = None
    recounts: bool = False
    ahead: Backup = field(default_factory=dict)

    def back_up(self, side: Side) -> None:
        self.kept[side] = self._copy(side)

    def may_restore(self, side: Side) -> bool:
        """Not while a write is on its way there, nor beside a deal typed into both systems that opsync never
        saw: its other half would be a new deal."""
        if side not in self.kept or self.restored is not None or self.arena.sides[side].late:
            return False
        linked = {link.record_id(side) for link in self.arena.links() if link.whole}
        rows = self.arena.sides[side].records.items()
        return all(key in linked or deal_of(row.values) not in self.arena.ledger.pairs for key, row in rows)

    def restore(self, side: Side, *, recount: bool) -> None:
        """Only a look at everything can tell that numbers were lost, so only then may they be given again."""
        self._exchange(side, self.kept[side])
        self.recounts = recount and not self.arena.sides[side].delta and self.must_hold()
        if self.recounts:
            vars(self.arena.sides[side])[_COUNTER] = self.kept[side][_COUNTER]

    def accept(self) -> None:
        """A person says that the backup is how it should be: from now on, the old is as good as the new."""
        side, ledger = self._require(), self.arena.ledger
        now, ahead = self.arena.sides[side].records, self.ahead["records"]
        for record_id, changes in self._changes(side):
            ledger.came_back(deal_of(now[record_id].values), changes)
        for record_id in ahead.keys() - now.keys():
            ledger.wiped_out(side, ahead[record_id].values)
        for record_id in now.keys() - ahead.keys():
            ledger.rose_again(side, deal_of(now[record_id].values))
        self.restored = None

    def bring_forward(self) -> None:
        """The lost work is put back as it was: no trace may be left, unless opsync had written meanwhile."""
        side = self._require()
        if self.arena.sides[side].records != self.kept[side]["records"]:
            self._exchange(side, self.ahead)
            return
        self._put(side, self.ahead)
        vars(self.arena.sides[side])[_COUNTER] = self.ahead[_COUNTER]
        self.restored = None

    def must_hold(self) -> bool:
        """A linked record that was alive and well is missing: a complete look cannot overlook that."""
        if self.restored is None:
            return False
        now, ahead = self.arena.sides[self.restored].records, self.ahead["records"]
        lost = ahead.keys() - now.keys()
        return any(link.record_id(self.restored) in lost for link in self._healthy())

    def _exchange(self, side: Side, backup: Backup) -> None:
        self.restored, self.ahead = side, self._copy(side)
        self._put(side, backup)
        for record_id, changes in self._changes(side):
            self._excuse_unknowable(side, record_id, changes)
        now, ahead = self.arena.sides[side].records, self.ahead["records"]
        for record_id in now.keys() - ahead.keys():
            self.arena.ledger.came_back(deal_of(now[record_id].values), TRACKED)

    def _excuse_unknowable(self, side: Side, record_id: str, changes: Mapping[str, Value]) -> None:
        """An old value that opsync never replaced, or whose link it was not done with, looks like an edit."""
        deal = deal_of(self.arena.sides[side].records[record_id].values)
        healthy = any(link.record_id(side) == record_id for link in self._healthy())
        if not healthy or not self.arena.ledger.looks_older(deal, changes):
            self.arena.ledger.came_back(deal, changes)

    def _healthy(self) -> list[Link]:
        with Database.read(self.arena.database) as connection:
            waiting = {intent.link_id for intent in intent_store.load_intents(connection)}
        links = [link for link in self.arena.links() if link.id not in waiting]
        return [link for link in links if link.whole and link.state is LinkState.IN_SYNC]

    def _changes(self, side: Side) -> list[tuple[str, dict[str, Value]]]:
        """By record, the tracked values that are not as they were before."""
        now, ahead = self.arena.sides[side].records, self.ahead["records"]
        both = sorted(now.keys() & ahead.keys(), key=int)
        changes = [(record_id, _difference(ahead[record_id], now[record_id])) for record_id in both]
        return [(record_id, changed) for record_id, changed in changes if changed]

    def _copy(self, side: Side) -> Backup:
        return {name: copy(vars(self.arena.sides[side])[name]) for name in (*_ROWS, _COUNTER)}

    def _put(self, side: Side, backup: Backup) -> None:
        vars(self.arena.sides[side]).update({name: copy(backup[name]) for name in _ROWS})

    def _require(self) -> Side:
        assert self.restored is not None
        return self.restored


def _difference(before: Record, now: Record) -> dict[str, Value]:
    return {name: now.values.get(name) for name in TRACKED if before.values.get(name) != now.values.get(name)}
