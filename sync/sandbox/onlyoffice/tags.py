"""Tags of opportunities, which are no part of the opportunity object; contact tags are not here."""

from sync.sandbox.onlyoffice import audit, opportunities
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.customfields import admin_only
from sync.sandbox.onlyoffice.failures import bad_argument, not_found
from sync.sandbox.onlyoffice.records import Opportunity
from sync.sandbox.onlyoffice.state import State
from sync.sandbox.wire import JsonValue


def asked(call: Call) -> str:
    """The tag named in the call: trimmed, on one line, at most 255 characters."""
    # onlyoffice.md 4.10 (seen 2026-11-22)
    text = (call.args.text("tagName") or "").strip().replace("\r", "").replace("\n", "")
    if not text:
        raise bad_argument()
    return text[:255]


def same(left: str, right: str) -> bool:
    return left.lower() == right.lower()


def _registered(state: State, title: str) -> str:
    """The stored spelling, creating the tag when it is new."""
    known = next((tag for tag in state.tags if same(tag, title)), None)
    if known is None:
        state.tags.append(title)
    return known or title


def attach(state: State, row: Opportunity, title: str) -> None:
    spelled = _registered(state, title)
    if spelled not in row.tags:
        row.tags = [*row.tags, spelled]


def of_one(call: Call) -> JsonValue:
    return sorted(opportunities.seen(call, call.args.integer("opportunityid")).tags, key=str.lower)


def every(call: Call) -> JsonValue:
    rows = call.state.opportunities.values()
    return [
        {"title": tag, "relativeItemsCount": sum(1 for row in rows if tag in row.tags)}
        for tag in sorted(call.state.tags, key=str.lower)
    ]


def add(call: Call) -> JsonValue:
    title = asked(call)
    row = opportunities.seen(call, call.args.integer("opportunityid"))
    attach(call.state, row, title)
    audit.note(call.state, audit.Action.CREATED_TAG, row, call.user.id)
    return title


def take_off(call: Call) -> JsonValue:
    title = asked(call)
    row = opportunities.seen(call, call.args.integer("opportunityid"))
    if not any(same(tag, title) for tag in call.state.tags):
        raise not_found()
    row.tags = [tag for tag in row.tags if not same(tag, title)]
    audit.note(call.state, audit.Action.DELETED_TAG, row, call.user.id)
    return title


def create(call: Call) -> JsonValue:
    title = asked(call)
    if any(same(tag, title) for tag in call.state.tags):
        raise bad_argument()
    return _registered(call.state, title)


def add_to_many(call: Call) -> JsonValue:
    title, ids = asked(call), call.args.integers("entityid")
    if not ids:
        raise bad_argument()
    for row in (opportunities.seen(call, key) for key in ids):
        attach(call.state, row, title)
    return title


def delete(call: Call) -> JsonValue:
    title = asked(call)
    if not any(same(tag, title) for tag in call.state.tags):
        raise not_found()
    call.state.tags = [tag for tag in call.state.tags if not same(tag, title)]
    for row in call.state.opportunities.values():
        row.tags = [tag for tag in row.tags if not same(tag, title)]
    return title


def delete_unused(call: Call) -> JsonValue:
    admin_only(call)
    used = {tag for row in call.state.opportunities.values() for tag in row.tags}
    gone = [tag for tag in call.state.tags if tag not in used]
    call.state.tags = [tag for tag in call.state.tags if tag in used]
    return gone


RULES: tuple[Rule, ...] = (
    rule("GET", "crm/opportunity/tag/{opportunityid}", of_one),
    rule("GET", "crm/opportunity/tag", every),
    rule("POST", "crm/opportunity/{opportunityid}/tag", add),
    rule("DELETE", "crm/opportunity/{opportunityid}/tag", take_off),
    rule("POST", "crm/opportunity/tag", create),
    rule("POST", "crm/opportunity/taglist", add_to_many),
    rule("DELETE", "crm/opportunity/tag/unused", delete_unused),
    rule("DELETE", "crm/opportunity/tag", delete),
)
