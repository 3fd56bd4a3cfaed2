"""What must be true before and after a write, because the portal itself takes anything; it sends nothing."""

from collections.abc import Mapping

from sync.crm.onlyoffice.closing import Stages
from sync.crm.onlyoffice.wire import FullPerson, Opportunity
from sync.domain.model import CURRENCY, OWNER, STAGE, Values
from sync.errors import RecordRefused, SideDown

_ACTIVE = 1
People = Mapping[str, FullPerson]
"""{user id: account}"""


def may_own(person: FullPerson) -> bool:
    """Guests have no CRM, and disabled accounts no work."""
    # onlyoffice.md 9 (seen 2026-11-22)
    return person.status == _ACTIVE and not person.is_visitor


def sees_everything(person: FullPerson) -> bool:
    """CRM administrators see private opportunities without being named."""
    # onlyoffice.md 6.3 and 9 (seen 2026-11-22)
    return person.is_admin or person.is_owner or "crm" in person.list_admin_modules


def why_not_owner(key: str, people: People) -> str:
    """Why somebody cannot own an opportunity, "" when they can; the portal would take any GUID."""
    # onlyoffice.md 9 "Responsible without CRM access" (seen 2026-11-22)
    person = people.get(key)
    if person is None:
        return f"user {key} is not in ONLYOFFICE's list of people"
    return "" if may_own(person) else f"{person.display_name or key} is a guest or disabled in ONLYOFFICE"


def require_owner(values: Values, people: People) -> None:
    if OWNER in values and (reason := why_not_owner(str(values[OWNER]), people)):
        raise RecordRefused(f"ONLYOFFICE: {reason}; choose another owner", {OWNER: reason})


def require_privacy(fresh: Opportunity) -> None:
    """`RecordRefused` unless the direct read shows for certain who may see the opportunity: an update without
    the right list would show it to everybody, or hide it."""
    # A direct read always has the list, and it has names exactly when the opportunity is private.
    # onlyoffice.md 4.4 "isPrivate", 5.1 "accessList" (seen 2026-11-22)
    if fresh.is_private != bool(fresh.access_list):
        raise RecordRefused(
            f"ONLYOFFICE opportunity {fresh.id} does not show who may see it, so nothing is written there; "
            "give our user CRM administrator rights",
            {"": "isPrivate and accessList contradict each other"},
        )


def require_readable_owner(fresh: Opportunity, changes: Values, people: People) -> None:
    """A private opportunity's new owner must be able to read it; the list is never widened for that."""
    # onlyoffice.md 9: a responsible who is not in the list gets 404 (seen 2026-11-22)
    key = str(changes.get(OWNER, ""))
    if not key or not fresh.is_private or key in {person.id for person in fresh.access_list}:
        return
    if key in people and not sees_everything(people[key]):
        reason = f"{people[key].display_name or key} is not on the access list of this private opportunity"
        raise RecordRefused(f"ONLYOFFICE opportunity {fresh.id}: {reason}; add them there", {OWNER: reason})


def require_same_access(fresh: Opportunity, answer: Opportunity) -> None:
    """Stops the side when an update changed who may see the opportunity, before a second one is touched."""
    # The server adds the caller, nobody else.  onlyoffice.md 4.4 "accessList", 9 (seen 2026-11-22)
    before = {person.id for person in fresh.access_list}
    after = {person.id for person in answer.access_list}
    if answer.is_private != fresh.is_private or not before <= after or len(after - before) > 1:
        raise SideDown(
            f"ONLYOFFICE opportunity {fresh.id}: an update changed who may see it, which this portal should "
            "not do; correct its access list there, and do not run opsync until that is explained"
        )


def unknown_choices(values: Values, stages: Stages, currencies: set[str], people: People) -> dict[str, str]:
    """Messages for a stage, currency or owner that this portal does not offer."""
    known = values.get(STAGE) in {key for key, stage in stages.items() if stage.active}
    found = {} if known else {STAGE: "not in ONLYOFFICE's list"}
    if values.get(CURRENCY) not in currencies:
        found[CURRENCY] = "not in ONLYOFFICE's list"
    if reason := why_not_owner(str(values.get(OWNER)), people):
        found[OWNER] = reason
    return found
