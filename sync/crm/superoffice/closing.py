"""What a new status brings along: its reason and the tick of a finished sale; sends nothing."""

from collections.abc import Callable, Mapping

from sync.crm.superoffice.entity import Members, folded, is_closed
from sync.crm.superoffice.options import Closing
from sync.domain.model import Value

# Each status has its own list and member of the same name: superoffice.md 4.3 and 4.4 (seen 2026-11-22)
REASON_LISTS: Mapping[Value, str] = {"sold": "ReasonSold", "lost": "Reason", "stalled": "ReasonStalled"}


def closing_members(
    stage: Value, before: Mapping[str, object], closing: Closing, reason_id: Callable[[str], int]
) -> Members:
    """For a sale that becomes `stage`; reasons of other statuses and the reopening date stay as they are."""
    return _reason(stage, before, closing, reason_id) | (_tick(stage, before) if closing.completed else {})


def _reason(
    stage: Value, before: Mapping[str, object], closing: Closing, reason_id: Callable[[str], int]
) -> Members:
    """Never over a reason that a person chose."""
    name = REASON_LISTS.get(stage, "")
    if not closing.reasons.get(name) or _has_id(folded(before).get(name.casefold())):
        return {}
    return {name: {"Id": reason_id(name)}}


def _tick(stage: Value, before: Mapping[str, object]) -> Members:
    """Only a sold or lost sale can be finished, and no server ticks it by itself: superoffice.md 4.1."""
    if is_closed(stage):
        return {"Completed": "Completed"}
    was_finished = folded(before).get("completed") == "Completed"
    return {"Completed": "Started"} if was_finished else {}


def _has_id(reference: object) -> bool:
    return isinstance(reference, Mapping) and bool(folded(reference).get("id"))
