"""What a stage brings with it: close date and probability as a person at the browser would get them.

Everything travels in the one full update. The portal's own stage call would be a second request that can fail
alone; it writes the stage's probability over a hand-set one and today over the close date even when won stays
won. A plain update sets neither. So this module fills in what the caller left open; it sends nothing.
"""

# onlyoffice.md 4.4 "The browser form", 4.6, 5.5 (seen 2026-11-22)
from collections.abc import Callable, Mapping
from datetime import date

from sync.crm.onlyoffice.moment import day_of
from sync.crm.onlyoffice.wire import Opportunity
from sync.domain.model import ACTUAL_CLOSE, PROBABILITY, STAGE, Stage, State, Value, Values
from sync.errors import RecordRefused

Stages = Mapping[str, Stage]
"""{stage id: stage}"""
Today = Callable[[], date]
"""The portal's own day; asking may cost a call, so it is asked only when needed."""


def with_stage_of_new(values: Values, stages: Stages, today: Today) -> Values:
    """A new closed one was closed today, and its probability is that of its stage, unless told otherwise."""
    stage = _stage(values, stages)
    filled: dict[str, Value] = {}
    if stage.state is not State.OPEN and not values.get(ACTUAL_CLOSE):
        filled[ACTUAL_CLOSE] = today()
    if values.get(PROBABILITY) is None:
        filled[PROBABILITY] = stage.probability
    return {**values, **filled}


def with_stage_change(fresh: Opportunity, changes: Values, stages: Stages, today: Today) -> Values:
    """Closing sets the close date to today, reopening clears it, unless the caller names one. Won that stays
    won keeps its date, and the probability stays the caller's business: both sides hold it."""
    if changes.get(STAGE) in (None, str(fresh.stage.id)):
        return changes
    is_open, was_open = _stage(changes, stages).state is State.OPEN, fresh.stage.stage_type == 0
    if ACTUAL_CLOSE in changes or (is_open and was_open):
        return changes
    if is_open:
        return {**changes, ACTUAL_CLOSE: None}
    has_date = not was_open and day_of(fresh.actual_close_date) is not None
    return changes if has_date else {**changes, ACTUAL_CLOSE: today()}


def _stage(values: Values, stages: Stages) -> Stage:
    found = stages.get(str(values[STAGE]))
    if found is None:
        raise RecordRefused(
            "ONLYOFFICE has no such stage any more; correct the stage mapping", {STAGE: "not in the list"}
        )
    return found
