"""Reading, creating, updating and deleting single opportunities with all the server's traps; not lists."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sync.sandbox.onlyoffice import access, audit
from sync.sandbox.onlyoffice.arguments import ZERO_GUID, Arguments
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.enums import BidType
from sync.sandbox.onlyoffice.failures import access_denied, bad_argument, not_found
from sync.sandbox.onlyoffice.records import Opportunity
from sync.sandbox.onlyoffice.state import OPPORTUNITY
from sync.sandbox.wire import JsonValue


@dataclass(frozen=True, slots=True)
class Form:
    """Everything POST and PUT read; what is missing has become zero, empty or unset."""

    title: str
    responsible: str
    stage: int
    currency: str
    contact: int
    members: list[int]
    description: str | None
    bid_type: int
    bid_value: Decimal
    per_period: int
    probability: int
    actual_close: datetime | None
    expected_close: datetime | None
    fields: list[tuple[int, str]]
    is_private: bool
    access: list[str]


def bind(args: Arguments) -> Form:
    # onlyoffice.md 4.4 (seen 2026-11-22)
    return Form(
        title=args.text("title") or "",
        responsible=args.guid("responsibleid"),
        stage=args.integer("stageid"),
        currency=(args.text("bidCurrencyAbbr") or "").upper(),
        contact=args.integer("contactid"),
        members=args.integers("members"),
        description=args.text("description"),
        bid_type=args.choice("bidType", BidType) or 0,
        bid_value=args.decimal("bidValue"),
        per_period=args.integer("perPeriodValue"),
        probability=max(0, min(100, args.integer("successProbability"))),
        actual_close=args.moment("actualCloseDate"),
        expected_close=args.moment("expectedCloseDate"),
        fields=args.pairs("customFieldList"),
        is_private=args.flag("isPrivate"),
        access=args.guids("accessList"),
    )


def seen(call: Call, opportunity_id: int) -> Opportunity:
    """The visible record; 400 for id 0, 404 for a missing or invisible one."""
    if opportunity_id == 0:
        raise bad_argument()
    row = call.state.opportunities.get(opportunity_id)
    if row is None or not access.may_see(call.user, row):
        raise not_found()
    return row


def read_one(call: Call) -> JsonValue:
    row = seen(call, call.args.integer("opportunityid"))
    # Without its stage row a single read fails although lists show the record.  onlyoffice.md 4.1
    if call.state.stage(row.stage) is None:
        raise not_found()
    return call.shaper.opportunity(row, single=True)


def _validate(call: Call, form: Form) -> None:
    if not form.title or form.responsible == ZERO_GUID or form.stage <= 0 or not form.currency:
        raise bad_argument()
    if form.currency not in call.state.currencies:
        raise bad_argument()
    if call.state.stage(form.stage) is None:
        raise bad_argument("Deal milestone is not found")
    _validate_contact(call, form.contact)


def _validate_contact(call: Call, contact_id: int) -> None:
    if contact_id == 0:
        return
    contact = call.state.contacts.get(contact_id)
    if contact is None:
        raise bad_argument()
    if not access.may_see_contact(call.user, contact):
        raise access_denied()


def _filled(row: Opportunity, form: Form) -> Opportunity:
    """The scalars replaced one and all; members, fields and access have rules of their own."""
    return replace(
        row,
        title=form.title,
        description=form.description,
        responsible=form.responsible,
        stage=form.stage,
        currency=form.currency,
        contact=form.contact,
        bid_type=form.bid_type,
        bid_value=form.bid_value,
        per_period=form.per_period,
        probability=form.probability,
        actual_close=form.actual_close,
        expected_close=form.expected_close,
    )


def known_members(call: Call, ids: list[int]) -> list[int]:
    """Without the unknown and the invisible, which are dropped silently."""
    return [contact.id for contact in call.shaper.visible_contacts(dict.fromkeys(ids))]


def _with_fields(call: Call, row: Opportunity, pairs: list[tuple[int, str]]) -> dict[int, str]:
    """Unknown keys and empty values are skipped, so nothing can be cleared here."""
    known = {definition.id for definition in call.state.definitions_of(OPPORTUNITY)}
    return row.fields | {key: value for key, value in pairs if key in known and value}


def create(call: Call) -> JsonValue:
    form = bind(call.args)
    _validate(call, form)
    draft = _filled(_blank(call), form)
    # Only a create adds the primary contact to the participants.  onlyoffice.md 4.4 (seen 2026-11-22)
    draft.members = known_members(call, [*form.members, *([form.contact] if form.contact else [])])
    draft.access = access.shared_with(call.user, form.access, private=form.is_private)
    draft.fields = _with_fields(call, draft, form.fields)
    stored = call.state.save(draft)
    call.state.forget_totals()
    # onlyoffice.md 4.4 "The POST answer" and 14.1 (seen 2026-11-22)
    if call.state.switches.on("echo_from_memory"):
        return call.shaper.opportunity(draft, single=True, echo=True)
    return call.shaper.opportunity(stored, single=True)


def _blank(call: Call) -> Opportunity:
    now = call.state.clock()
    return Opportunity(
        id=call.state.next_id(OPPORTUNITY),
        title="",
        description=None,
        responsible="",
        stage=0,
        currency="",
        created=now,
        created_by=call.user.id,
        modified=now,
        modified_by=call.user.id,
    )


def update(call: Call) -> JsonValue:
    """Full replacement, except that members and custom fields cannot be emptied this way."""
    form = bind(call.args)
    row = seen(call, call.args.integer("opportunityid"))
    _validate(call, form)
    draft = _filled(row, form)
    if form.members:
        draft.members = known_members(call, form.members)
    if access.may_share(call.user, row):
        draft.access = access.shared_with(call.user, form.access, private=form.is_private)
    draft.fields = _with_fields(call, row, form.fields)
    call.state.touch(draft, call.user)
    return call.shaper.opportunity(call.state.save(draft), single=True)


def set_stage(call: Call) -> JsonValue:
    """Reads only `stageid`; the number in the path never arrives."""
    # onlyoffice.md 4.6 (seen 2026-11-22)
    stage_id = call.args.integer("stageid")
    row = call.state.opportunities.get(call.args.integer("opportunityid"))
    if stage_id <= 0:
        raise bad_argument()
    stage = call.state.stage(stage_id)
    if row is None or stage is None or not access.may_see(call.user, row):
        raise not_found()
    closed_at = call.state.clock() if stage.kind else None
    draft = replace(row, stage=stage.id, probability=stage.probability, actual_close=closed_at)
    call.state.touch(draft, call.user)
    audit.note(call.state, audit.Action.UPDATED_STAGE, draft, call.user.id)
    # The answer mixes database values with the close date still in memory, fractions and all.
    return call.shaper.opportunity(replace(call.state.save(draft), actual_close=closed_at), single=True)


def delete_one(call: Call) -> JsonValue:
    row = seen(call, call.args.integer("opportunityid"))
    answer = call.shaper.opportunity(row, single=True)
    audit.note(call.state, audit.Action.DELETED, row, call.user.id)
    call.state.remove(row)
    return answer


def set_creation_date(call: Call) -> JsonValue:
    """Back-dates a record; visibility is all it asks."""
    # onlyoffice.md 4.12 (seen 2026-11-22)
    moment = call.args.moment("creationDate")
    row = seen(call, call.args.integer("opportunityid"))
    if moment is not None:
        row.created = call.state.stored_time(moment)


def set_modified_date(call: Call) -> JsonValue:
    moment = call.args.moment("lastModifedDate")
    row = seen(call, call.args.integer("opportunityid"))
    if moment is not None:
        row.modified = call.state.stored_time(moment)


RULES: tuple[Rule, ...] = (
    rule("GET", "crm/opportunity/{opportunityid}", read_one),
    rule("POST", "crm/opportunity", create),
    rule("PUT", "crm/opportunity/{opportunityid}", update),
    rule("PUT", "crm/opportunity/{opportunityid}/stage/{id:any}", set_stage),
    rule("DELETE", "crm/opportunity/{opportunityid}", delete_one),
    rule("PUT", "crm/opportunity/{opportunityid}/creationdate", set_creation_date),
    rule("PUT", "crm/opportunity/{opportunityid}/lastmodifeddate", set_modified_date),
)
