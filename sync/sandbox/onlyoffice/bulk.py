"""Calls that delete or share many opportunities at once; single records are in opportunities."""

from sync.sandbox.onlyoffice import access, audit, listing, opportunities
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.failures import access_denied, bad_argument
from sync.sandbox.onlyoffice.records import Opportunity
from sync.sandbox.wire import JsonValue


def _chosen(call: Call, name: str) -> list[Opportunity]:
    ids = call.args.integers(name)
    if not ids:
        raise bad_argument()
    found = (call.state.opportunities.get(key) for key in dict.fromkeys(ids))
    return [row for row in found if row and access.may_see(call.user, row)]


def _delete(call: Call, rows: list[Opportunity]) -> JsonValue:
    """Answers with what is gone; whatever the caller may see he may delete."""
    answer = [call.shaper.opportunity(row, single=False) for row in rows]
    for row in rows:
        audit.note(call.state, audit.Action.MANY_DELETED, row, call.user.id)
        call.state.remove(row)
    return answer


def delete_listed(call: Call) -> JsonValue:
    # `PUT opportunity` without an id is the bulk delete.  onlyoffice.md 4.7 (seen 2026-11-22)
    return _delete(call, _chosen(call, "opportunityids"))


def delete_filtered(call: Call) -> JsonValue:
    # Without any filter this deletes everything visible.  onlyoffice.md 4.7 (seen 2026-11-22)
    return _delete(call, listing.matching(call, listing.bind(call)))


def share_one(call: Call) -> JsonValue:
    names, private = call.args.guids("accessList"), call.args.flag("isPrivate")
    row = opportunities.seen(call, call.args.integer("opportunityid"))
    if not access.may_share(call.user, row):
        raise access_denied()
    _give(call, row, names, private=private)
    return call.shaper.opportunity(row, single=True)


def _give(call: Call, row: Opportunity, names: list[str], *, private: bool) -> None:
    row.access = access.shared_with(call.user, names, private=private)
    action = audit.Action.RESTRICTED_ACCESS if row.access else audit.Action.OPENED_ACCESS
    audit.note(call.state, action, row, call.user.id)


def _share(call: Call, rows: list[Opportunity]) -> JsonValue:
    names, private = call.args.guids("accessList"), call.args.flag("isPrivate")
    allowed = [row for row in rows if access.may_share(call.user, row)]
    for row in allowed:
        _give(call, row, names, private=private)
    shaper = call.shaper
    return [shaper.opportunity(row, single=False) for row in allowed]


def share_listed(call: Call) -> JsonValue:
    return _share(call, _chosen(call, "opportunityid"))


def share_filtered(call: Call) -> JsonValue:
    return _share(call, listing.matching(call, listing.bind(call)))


RULES: tuple[Rule, ...] = (
    rule("PUT", "crm/opportunity", delete_listed),
    rule("DELETE", "crm/opportunity/filter", delete_filtered),
    rule("PUT", "crm/opportunity/{opportunityid}/access", share_one),
    rule("PUT", "crm/opportunity/access", share_listed),
    rule("PUT", "crm/opportunity/filter/access", share_filtered),
)
