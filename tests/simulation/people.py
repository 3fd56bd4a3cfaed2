"""What people do in the two CRMs; they know nothing of opsync, and only touch deals they could have seen."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sync.domain.model import COMPANY, TITLE, Company, Record, Side
from tests.simulation.arena import Arena
from tests.simulation.chance import Chance
from tests.simulation.ledger import deal_of
from tests.simulation.side import FaultySide

DEALS = 6
LONELY = {Side.LEFT: "502", Side.RIGHT: "62"}
"""Companies that the other side does not have."""


@dataclass
class People:
    """`closed` tells the side on which nobody works now. Every method gives what was done, in words."""

    arena: Arena
    chance: Chance
    closed: Callable[[], Side | None]
    deals: int = 0
    firms: list[tuple[Side, str]] = field(default_factory=list)

    def create(self) -> str:
        if self.deals >= DEALS or self.closed():
            return "nothing"
        self.deals += 1
        name, where = f"deal {self.deals}", self.chance.pick(["both", *Side])
        if where == "both":
            self.arena.a_pair(name)
            self.arena.ledger.pairs.add(name)
            return f"{name} on both"
        company = self._company(Side(where), name)
        self.arena.a_deal(Side(where), name, **({COMPANY: company} if company else {}))
        return f"{name} on {where} of company {company or 'known'}"

    def found(self) -> str:
        """A company that only one side had is typed into the other one as well."""
        lonely = [(side, name) for side, name in self.firms if side is not self.closed()]
        if not lonely:
            return "nothing"
        side, name = self.chance.pick(lonely)
        self.firms.remove((side, name))
        _add_company(self.arena.sides[side], name)
        return f"{name} on {side}"

    def edit(self) -> str:
        record = self._any_record()
        if record is None:
            return "nothing"
        names = self.chance.pick([("title", "amount"), ("expected_close_on",), ("amount",), ("title",)])
        self.arena.person_edits(record.side, record.id, *names)
        return f"{deal_of(record.values)} on {record.side}: {names}"

    def edit_alike(self) -> str:
        """Two people type the same on both sides."""
        record = self._any_record()
        twin = None if record is None or self.closed() else self._twin(record)
        if record is None or twin is None:
            return "nothing"
        value = self.arena.fresh(TITLE)
        for one in (record, twin):
            self.arena.person_edits(one.side, one.id, title=value)
        self.arena.ledger.alike.add((deal_of(record.values), TITLE))
        return deal_of(record.values)

    def delete(self) -> str:
        record = self._any_record()
        if record is None:
            return "nothing"
        self.arena.person_deletes(record.side, record.id)
        return f"{deal_of(record.values)} on {record.side}"

    def _company(self, side: Side, deal: str) -> str | None:
        """None for one that both sides know."""
        kind = self.chance.pick(["new", "lonely", "known", "known"])
        if kind == "known":
            return None
        if kind == "lonely":
            return LONELY[side]
        self.firms.append((side.other, f"Firm of {deal}"))
        return _add_company(self.arena.sides[side], f"Firm of {deal}")

    def _any_record(self) -> Record | None:
        """Pairs that opsync has not linked yet are left alone: edited, they would be two deals."""
        arena = self.arena
        linked = {(side, link.record_id(side)) for link in arena.links() if link.whole for side in Side}
        records = [
            record
            for side, crm in arena.sides.items()
            for record in crm.records.values()
            if (deal_of(record.values) not in arena.ledger.pairs or (side, record.id) in linked)
            and side is not self.closed()
            and not self._is_canary(record)
        ]
        return self.chance.pick(records) if records else None

    def _is_canary(self, record: Record) -> bool:
        canaries = self.arena.pairing.options.brakes.canaries
        return canaries.get(record.side) == record.id

    def _twin(self, record: Record) -> Record | None:
        records = self.arena.sides[record.side.other].records.values()
        return next((other for other in records if deal_of(other.values) == deal_of(record.values)), None)


def _add_company(crm: FaultySide, name: str) -> str:
    company_id = str(max(map(int, crm._companies)) + 1)
    crm.add_company(Company(crm.side, company_id, name))
    return company_id
