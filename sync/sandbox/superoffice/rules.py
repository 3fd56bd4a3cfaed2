"""What the server makes of a sale about to be saved, rule by rule; it must not save or read requests."""

from __future__ import annotations

from dataclasses import replace

from sync.sandbox.superoffice.failures import bad_argument
from sync.sandbox.superoffice.lists import Lists
from sync.sandbox.superoffice.rows import SaleRow
from sync.sandbox.switches import Switches
from sync.sandbox.wire import JsonObject

CLOSED = ("Sold", "Lost")
_REASONS = {"Lost": "reason_id", "Sold": "reason_sold_id", "Stalled": "reason_stalled_id"}


def applied(switches: Switches, lists: Lists, before: SaleRow | None, after: SaleRow) -> SaleRow:
    """`after` as it is stored; `before` None is a new sale. Raises a 400 for what may not be stored."""
    _check_stage(switches, lists, after)
    if before is not None:
        _check_quote(switches, before, after)
    if switches.on("recompute_earning"):
        after = replace(after, earning=round(after.amount * after.earning_percent / 100, 4))
    if switches.on("stage_sets_probability"):
        after = _proposed(lists, before, after)
    return _without_strange_reasons(after) if switches.on("status_clears_reasons") else after


def bookkept(before: SaleRow | None, after: SaleRow) -> SaleRow:
    """Closing notes the stage and the days it took: superoffice.md 4.1 (seen 2026-11-22)."""
    if after.status not in CLOSED:
        return replace(after, stage_when_closed=0, sale_cycle=0)
    if before is not None and before.status == after.status:
        return after
    days = (after.updated_at - after.created_at).days
    return replace(after, stage_when_closed=after.rating_id, sale_cycle=max(days, 0))


def _check_stage(switches: Switches, lists: Lists, row: SaleRow) -> None:
    """Whether a stage must belong to the sale type is open: superoffice.md 4.2, 15.5."""
    sale_type = lists.find("SaleType", row.sale_type_id)
    stages = sale_type.extra["stages"] if sale_type else ()
    if not switches.on("unlinked_stage") and stages and row.rating_id not in stages:
        raise bad_argument(f"Stage {row.rating_id} does not belong to sale type {row.sale_type_id}")


def _check_quote(switches: Switches, before: SaleRow, after: SaleRow) -> None:
    """A quote drives amount and currency: superoffice.md 4.5 (seen 2026-11-22)."""
    moved = (before.amount, before.currency_id) != (after.amount, after.currency_id)
    if before.has_quote and moved and switches.on("quotes_lock_money"):
        raise bad_argument("Amount and Currency follow the quote of this sale")


def _proposed(lists: Lists, before: SaleRow | None, after: SaleRow) -> SaleRow:
    stage = lists.find("Rating", after.rating_id)
    if stage is None or (before is not None and before.rating_id == after.rating_id):
        return after
    return replace(after, probability=int(stage.extra["Probability"]))


def _without_strange_reasons(row: SaleRow) -> SaleRow:
    """Only the reason of the present status stays, and a date to reopen only while stalled (4.4)."""
    foreign: JsonObject = {name: 0 for status, name in _REASONS.items() if status != row.status}
    reopen = row.reopen_date if row.status == "Stalled" else None
    return replace(row, reopen_date=reopen, **foreign)
