"""What must be true of a world at rest, whatever happened before; it changes nothing but time."""

from sync.domain.link import Link, LinkState
from sync.domain.model import COMPANY, Record, Side
from sync.store import conflicts as conflict_store
from sync.store.database import Database
from tests.engine.world import COMPANIES
from tests.simulation.arena import Arena
from tests.simulation.ledger import TRACKED, deal_of


def judge(arena: Arena) -> list[str]:
    """Every broken promise in words, after all faults ended and opsync ran until rest."""
    arena.settle()
    refused = _parked(arena) if arena.ledger.refused else []
    before, writes = arena.state(), _writes(arena)
    arena.wait(60)
    arena.sync()
    arena.wait(60)
    arena.sync(full=True)
    found = [*arena.ledger.violations, *refused]
    if _writes(arena) != writes:
        found.append("I2 another run wrote again")
    if arena.state() != before:
        found.append("I2 another run changed the state")
    if before["intents"]:
        found.append("I10 a write is still open")
    return [*found, *_doubles(arena), *_deals(arena)]


def _parked(arena: Arena) -> list[str]:
    """I9: what a side refused is parked and says so, everything else has come through; then a person lets
    opsync try again."""
    found = _deals(arena)
    arena.ledger.refused.clear()
    arena.retry_by_hand()
    arena.settle()
    return found


def _writes(arena: Arena) -> int:
    return sum(crm.writes for crm in arena.sides.values())


def _doubles(arena: Arena) -> list[str]:
    found = [f"I5 company {key} was made twice" for crm in arena.sides.values() for key in crm.twins()]
    for side, crm in arena.sides.items():
        deals = [deal_of(record.values) for record in crm.records.values()]
        found += [f"I5 {deal} is twice on the {side}" for deal in sorted(set(deals)) if deals.count(deal) > 1]
    return found


def _deals(arena: Arena) -> list[str]:
    links = {(side, link.record_id(side)): link for link in arena.links() for side in Side}
    found: list[str] = []
    for side, crm in arena.sides.items():
        for record in crm.records.values():
            link = links.get((side, record.id))
            name = f"{deal_of(record.values)} on the {side}"
            found += [f"{name}: {text}" for text in _record(arena, record, link)]
    return found


def _record(arena: Arena, record: Record, link: Link | None) -> list[str]:
    if link is None:
        return ["I1 has no link"]
    if _is_refused(arena, record, link):
        return [] if "refused" in link.reason else [f"I9 was refused, and says: {link.reason}"]
    if link.state in (LinkState.PENDING, LinkState.RETRYING, LinkState.PARKED):
        return [f"I10 is {link.state}: {link.reason}"]
    other = arena.sides[record.side.other].records.get(link.record_id(record.side.other) or "")
    if other is None:
        return _alone(arena, record, link)
    if link.state is LinkState.BURIED and deal_of(record.values) in arena.ledger.reborn:
        return []  # a backup brought it back after its burial; a person has to link the two again
    if link.state not in (LinkState.IN_SYNC, LinkState.CONFLICT):
        return [f"I13 both sides are there, and it is {link.state}: {link.reason}"]
    return _both(arena, record, other, link)


def _is_refused(arena: Arena, record: Record, link: Link) -> bool:
    names = {deal_of(record.values), _company_name(arena, record)}
    return link.state is LinkState.PARKED and bool(link.refused) and bool(names & arena.ledger.refused)


def _company_name(arena: Arena, record: Record) -> str:
    company = arena.sides[record.side]._companies.get(str(record.values[COMPANY]))
    return company.name if company else ""


def _waits_for_company(arena: Arena, record: Record) -> bool:
    """Its company is not over there, and may not be made there."""
    there = [company.name for company in arena.sides[record.side.other]._companies.values()]
    makes = arena.pairing.options.creates_companies[record.side.other]
    lonely = _company_name(arena, record) not in [*there, COMPANIES[record.side][0].name]
    return lonely and not makes


def _alone(arena: Arena, record: Record, link: Link) -> list[str]:
    """I7: only what a person deleted over there may be without a partner, or what waits for its company."""
    deal = deal_of(record.values)
    if link.state is LinkState.EXCLUDED and _waits_for_company(arena, record):
        return []
    if (record.side.other, deal) not in arena.ledger.deleted:
        return [f"I1 has no partner, and nobody deleted it: {link.state} {link.reason}"]
    if link.state not in (LinkState.BURIED, LinkState.CONFLICT):
        return [f"I13 its partner was deleted, and it is {link.state}: {link.reason}"]
    return []


def _both(arena: Arena, record: Record, other: Record, link: Link) -> list[str]:
    """I13: equal, or in a true conflict that is known for exactly this field."""
    deal, found = deal_of(record.values), []
    with Database.read(arena.database) as connection:
        disputed = {row.field for row in conflict_store.load_conflicts(connection, link.id)}
    for name in TRACKED:
        one, two = record.values.get(name), other.values.get(name)
        if name in disputed:
            excused = (deal, name) in arena.ledger.excused
            if not excused and not arena.ledger.apart(deal, name, one, two):
                found.append(f"false conflict in {name}: {one} and {two}")
        elif one is not None and two is not None and one != two:
            found.append(f"I13 {name} differs: {one} and {two} ({link.state})")
    if link.state is LinkState.CONFLICT and not disputed:
        found.append(f"a conflict about nothing: {link.reason}")
    return found
