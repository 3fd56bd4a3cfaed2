"""Company and contact person among an opportunity's contacts, both ways; it sends nothing.

The portal keeps one primary contact, a company or a person, and a set of participants. The primary contact is
the company where it is one; the contact person is then the only person among the participants.
"""

from collections.abc import Iterable

from sync.crm.onlyoffice.wire import Opportunity
from sync.domain.model import COMPANY, PERSON, Value, Values

_NOBODY = 0
"""A member list in which no id survives empties the set, an empty one leaves it.  (onlyoffice.md 4.4)"""

_PERSON_FIRST = "the primary contact is a person, ONLYOFFICE holds only one"
_SEVERAL = "several persons take part, and ONLYOFFICE does not say which is the contact person"


def company_and_person(opportunity: Opportunity) -> dict[str, Value]:
    """With several persons among the participants, whose order means nothing, the one with the lowest id."""
    company, person = _held(opportunity)
    return {COMPANY: str(company) if company else None, PERSON: str(person) if person else None}


def locks(opportunity: Opportunity) -> dict[str, str]:
    """Why company or person cannot be written."""
    if _is_person(opportunity):
        return {COMPANY: _PERSON_FIRST}
    return {PERSON: _SEVERAL} if len(_people(opportunity)) > 1 else {}


def contacts_of_new(values: Values) -> list[int]:
    """Company before person: the first becomes the primary contact, all take part."""
    return list(dict.fromkeys(int(str(values[name])) for name in (COMPANY, PERSON) if values.get(name)))


def primary_after(fresh: Opportunity, changes: Values) -> int:
    """Id of the primary contact once `changes` are in; 0 is none."""
    name = PERSON if _is_person(fresh) else COMPANY
    if name in changes:
        return _number(changes[name])
    return fresh.contact.id if fresh.contact else 0


def members_after(fresh: Opportunity, changes: Values) -> list[int] | None:
    """Participants with the new ones in the old ones' places; None, to be left out, when they stay as they
    are: then nothing that we cannot see, or that is added meanwhile, gets lost."""
    # Left out means unchanged, and an update does not add the primary contact by itself.
    # onlyoffice.md 4.4 (seen 2026-11-22)
    if not {COMPANY, PERSON} & changes.keys():
        return None
    old = dict(zip((COMPANY, PERSON), _held(fresh), strict=True))
    new = {name: _number(changes[name]) if name in changes else key for name, key in old.items()}
    swaps = {old[name]: new[name] for name in old if old[name]}
    kept = [swaps.get(member.id, member.id) for member in fresh.members]
    first = [new[COMPANY]] if new[COMPANY] not in kept else []
    return _without_zero([*first, *kept, new[PERSON]]) or ([_NOBODY] if fresh.members else [])


def _held(opportunity: Opportunity) -> tuple[int, int]:
    """(company, person), 0 where there is none."""
    contact = opportunity.contact
    if contact and not contact.is_company:
        return 0, contact.id
    return contact.id if contact else 0, min(_people(opportunity), default=0)


def _people(opportunity: Opportunity) -> list[int]:
    return [member.id for member in opportunity.members if not member.is_company]


def _is_person(opportunity: Opportunity) -> bool:
    return opportunity.contact is not None and not opportunity.contact.is_company


def _number(value: Value) -> int:
    return int(str(value or 0))


def _without_zero(ids: Iterable[int]) -> list[int]:
    return [key for key in dict.fromkeys(ids) if key]
