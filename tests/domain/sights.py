"""Every way a look at one side can turn out, as words a test table can use."""

from collections.abc import Callable, Mapping

from sync.domain.model import Record, Side, Unreadable, Value, Values
from sync.domain.plan import Gone, Sight, Unseen

from .builders import LEFT, opportunity_values, sale_values

IDS = {Side.LEFT: "5", Side.RIGHT: "70"}
EDITS: dict[str, dict[str, Value]] = {
    "same": {},
    "title": {"title": "Pumps of %s"},
    "text": {"description": "Three of them"},
    "alien": {"currency": "XTS"},
}
"""What was edited since the base; `alien` is a currency that the other side does not know."""

THERE = (*EDITS, "locked", "unseen")
SIGHTS = (*THERE, "unreadable", "gone", "gone?")
"""`gone?` was missed once, `gone` twice and apart in time; `locked` is `same` with every field closed."""


def base_of(side: Side) -> Values:
    return sale_values() if side is LEFT else opportunity_values()


def a_sight(word: str, side: Side, base: Callable[[Side], Values] = base_of) -> Sight:
    others: Mapping[str, Sight] = {
        "unseen": Unseen(),
        "gone": Gone(settled=True),
        "gone?": Gone(settled=False),
        "unreadable": Unreadable(side, IDS[side], "unknown currency member"),
    }
    return others[word] if word in others else _record(word, side, base(side))


def _record(word: str, side: Side, base: Values) -> Record:
    edits = {
        name: value % side if name == "title" else value  # type: ignore[operator]  # titles above are text
        for name, value in EDITS.get(word, {}).items()
    }
    locks = dict.fromkeys(base, "a quote owns it") if word == "locked" else {}
    return Record(side, IDS[side], {**base, **edits}, locked=locks)
