"""What people typed, and which value was typed over which: the yardstick of every write opsync makes.

A deal is known by its description, which nobody edits. Every typed value of a tracked field is unique, so a
value names the edit it came from, and "typed over" makes a tree. It knows nothing of links and bases.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sync.domain.model import AMOUNT, DESCRIPTION, EXPECTED_CLOSE, TITLE, Side, Value, Values
from sync.domain.policy import Winner

TRACKED = (TITLE, AMOUNT, EXPECTED_CLOSE)


def deal_of(values: Values) -> str:
    return str(values[DESCRIPTION])


@dataclass
class Ledger:
    """`winner` is the rule for concurrent edits; `revives`: an edit brings a deleted record back; `destroys`:
    a deletion takes the partner along. `pairs` were typed into both systems, `alike` fields typed equally on
    both sides since the last run. `unheard` holds deals whose last update got no answer, or one that opsync
    could not store. A field of either that a person types over is `excused`: nobody can tell what that person
    had seen. `overwritten` holds the values that opsync replaced somewhere. `reborn` deals came back with a
    backup after their deletion, `refused` are the deals and companies that a side refused at least once.
    `violations` collects broken promises in words."""

    winner: Winner = Winner.ASK
    revives: bool = False
    destroys: bool = False
    violations: list[str] = field(default_factory=list)
    deleted: dict[tuple[Side, str], Values] = field(default_factory=dict)
    forgiven: set[tuple[Side, str]] = field(default_factory=set)
    pairs: set[str] = field(default_factory=set)
    unheard: set[tuple[Side, str]] = field(default_factory=set)
    alike: set[tuple[str, str]] = field(default_factory=set)
    excused: set[tuple[str, str]] = field(default_factory=set)
    overwritten: dict[tuple[str, str], set[Value]] = field(default_factory=lambda: defaultdict(set))
    reborn: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    _over: dict[tuple[str, str], dict[Value, set[Value]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )

    def typed(self, deal: str, name: str, old: Value, new: Value) -> None:
        self._over[deal, name][new].add(old)

    def includes(self, deal: str, name: str, old: Value, new: Value) -> bool:
        """Whether whoever typed `new` had `old` before them, directly or through others."""
        over, ahead, seen = self._over[deal, name], [new], {new}
        while ahead:
            value = ahead.pop()
            if value == old:
                return True
            ahead += over[value] - seen
            seen |= over[value]
        return False

    def apart(self, deal: str, name: str, one: Value, other: Value) -> bool:
        """Neither was typed over the other: a true conflict."""
        return not self.includes(deal, name, one, other) and not self.includes(deal, name, other, one)

    def person_deleted(self, side: Side, values: Values, *, linked: bool) -> None:
        """What opsync never learned of, the record or its last edit, may come back."""
        deal = deal_of(values)
        self.deleted[side, deal] = dict(values)
        if not linked or (side, deal) in self.unheard or any((deal, name) in self.alike for name in TRACKED):
            self.forgiven.add((side, deal))

    def person_edited(self, side: Side, before: Values, changes: Values) -> None:
        deal = deal_of(before)
        for name, value in changes.items():
            self.typed(deal, name, before.get(name), value)
            if (side, deal) in self.unheard or (deal, name) in self.alike:
                self.excused.add((deal, name))

    # what a backup does

    def looks_older(self, deal: str, changes: Values) -> bool:
        """Whether opsync could know all of these values to be older ones: it replaced them itself."""
        return all(value in self.overwritten[deal, name] for name, value in changes.items())

    def came_back(self, deal: str, names: Iterable[str]) -> None:
        """From now on an older value of these fields counts as somebody's wish, as good as the newer one."""
        self.excused |= {(deal, name) for name in names}

    def wiped_out(self, side: Side, values: Values) -> None:
        """A record that the backup did not have counts as deleted; it may come back from the other side."""
        self.deleted[side, deal_of(values)] = dict(values)
        self.forgiven.add((side, deal_of(values)))

    def rose_again(self, side: Side, deal: str) -> None:
        """A deleted record that the backup still had."""
        self.deleted.pop((side, deal), None)
        self.reborn.add(deal)

    # what opsync does

    def opsync_updated(self, side: Side, before: Values, after: Values) -> None:
        """I4: only what was typed over may be overwritten, or what the rule for conflicts gives up."""
        deal = deal_of(before)
        for name in TRACKED:
            old, new = before.get(name), after.get(name)
            if old != new:
                self.overwritten[deal, name].add(old)
            if old is None or new is None or self.includes(deal, name, old, new):
                continue
            ruled = self.winner.side is side.other and self.apart(deal, name, old, new)
            if not ruled and (deal, name) not in self.excused:
                self.violations.append(
                    f"I4 lost update: {deal} {name} on the {side}: {old} replaced by {new}"
                )
            else:
                self.typed(deal, name, old, new)

    def opsync_created(self, side: Side, values: Values, others: list[Values]) -> None:
        """I5: one record a deal and side; what a person deleted comes back only for an edit."""
        deal = deal_of(values)
        if any(deal_of(other) == deal for other in others):
            self.violations.append(f"I5 doubled: {deal} on the {side}")
        dead = self.deleted.pop((side, deal), None)
        known = dead is not None and (side, deal) not in self.forgiven
        if known and not (self.revives and self._is_edit(dead or {}, values)):
            self.violations.append(f"I7 a deleted record was brought back: {deal} on the {side}")

    def opsync_deleted(self, side: Side, values: Values) -> None:
        """I7: only with the rule for it, after a person's deletion, and never with an unseen edit."""
        deal = deal_of(values)
        dead = self.deleted.get((side.other, deal))
        if not self.destroys or dead is None:
            self.violations.append(f"I7 deleted without a deletion: {deal} on the {side}")
        elif self._unknown_to(dead, values):
            self.violations.append(f"I4 an edit was deleted: {deal} on the {side}")
        self.deleted[side, deal] = dict(values)

    def _is_edit(self, dead: Values, values: Values) -> bool:
        """What a backup brought back counts as well."""
        deal = deal_of(values)
        changed = {name for name in TRACKED if values.get(name) != dead.get(name)}
        return self._unknown_to(dead, values) or any((deal, name) in self.excused for name in changed)

    def _unknown_to(self, dead: Values, values: Values) -> bool:
        """Whether `values` hold an edit that the deleted record never had."""
        deal = deal_of(values)
        return any(
            name in values and name in dead and not self.includes(deal, name, values[name], dead[name])
            for name in TRACKED
        )
