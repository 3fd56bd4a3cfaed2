"""The pipeline steps ("deal milestones") and their rules while in use; it must not move opportunities."""

from sync.sandbox.onlyoffice import language, shapes
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.customfields import admin_only
from sync.sandbox.onlyoffice.enums import StageType
from sync.sandbox.onlyoffice.failures import bad_argument, not_found
from sync.sandbox.onlyoffice.records import Stage
from sync.sandbox.wire import JsonObject, JsonValue


def _used(call: Call, row: Stage) -> int:
    return sum(1 for deal in call.state.opportunities.values() if deal.stage == row.id)


def _shaped(call: Call, row: Stage) -> JsonObject:
    answer = shapes.stage(row, language.title_of(call.state, row.title))
    if used := _used(call, row):
        answer["relativeItemsCount"] = used
    return answer


def every(call: Call) -> JsonValue:
    return [_shaped(call, row) for row in call.state.ordered_stages()]


def _known(call: Call) -> Stage:
    key = call.args.integer("stageid")
    if key == 0:
        raise bad_argument()
    row = call.state.stage(key)
    if row is None:
        raise not_found()
    return row


def read_one(call: Call) -> JsonValue:
    return _shaped(call, _known(call))


def _apply(call: Call, row: Stage, *, color_needed: bool) -> Stage:
    args = call.args
    title, color = args.text("title") or "", args.text("color") or ""
    probability = args.integer("successProbability")
    if not title or (color_needed and not color) or not 0 <= probability <= 100:
        raise bad_argument()
    row.title, row.color, row.probability = title[:255], color or row.color, probability
    row.description = args.text("description") or ""
    row.kind = args.choice("stageType", StageType) or 0
    return row


def create(call: Call) -> JsonValue:
    admin_only(call)
    # Title and colour are required.  onlyoffice.md 5.3 (seen 2026-11-22)
    row = _apply(call, Stage(0, "", 0, "", 0, 0), color_needed=True)
    row.id = call.state.next_id("stage")
    row.position = max((stage.position for stage in call.state.stages.values()), default=0) + 1
    call.state.stages[row.id] = row
    return _shaped(call, row)


def _unused(call: Call) -> Stage:
    """A stage in use can neither change nor go."""
    # onlyoffice.md 5.3 (seen 2026-11-22)
    admin_only(call)
    row = _known(call)
    if _used(call, row):
        raise bad_argument()
    return row


def update(call: Call) -> JsonValue:
    return _shaped(call, _apply(call, _unused(call), color_needed=False))


def set_color(call: Call) -> JsonValue:
    """Colour and order are the only things to change on a stage in use."""
    admin_only(call)
    row = _known(call)
    row.color = call.args.text("color") or ""
    return _shaped(call, row)


def reorder(call: Call) -> JsonValue:
    admin_only(call)
    ids = call.args.integers("ids")
    if not ids:
        raise bad_argument()
    for position, key in enumerate(ids):
        if key in call.state.stages:
            call.state.stages[key].position = position
    return every(call)


def delete(call: Call) -> JsonValue:
    row = _unused(call)
    del call.state.stages[row.id]
    return _shaped(call, row)


RULES: tuple[Rule, ...] = (
    rule("GET", "crm/opportunity/stage", every),
    rule("GET", "crm/opportunity/stage/{stageid}", read_one),
    rule("POST", "crm/opportunity/stage", create),
    rule("PUT", "crm/opportunity/stage/reorder", reorder),
    rule("PUT", "crm/opportunity/stage/{stageid}", update),
    rule("PUT", "crm/opportunity/stage/{stageid}/color", set_color),
    rule("DELETE", "crm/opportunity/stage/{stageid}", delete),
)
