"""The three-way merge of one field: every rule once, by example."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from sync.domain.field import Capacity, Field
from sync.domain.merge import Change, Clash, ClashKind, View, merge, merge_field
from sync.domain.model import DESCRIPTION, Side, Value, Values
from sync.domain.policy import Direction, Winner

from .builders import LEFT, RIGHT, a_field, a_table

Sides = tuple[Value, Value]
ABSENT = object()


def a_view(
    now: tuple[object, object],
    base: tuple[object, object] | None = ("x", "x"),
    first: Winner = Winner.ASK,
    **locked: str,
) -> View:
    """What both sides hold in the one field; `ABSENT` where a side does not hold it."""
    bases: Mapping[Side, Values | None] = (
        {LEFT: None, RIGHT: None} if base is None else {LEFT: _one(base[0]), RIGHT: _one(base[1])}
    )
    locks = {side: {DESCRIPTION: locked[side]} if side in locked else {} for side in Side}
    return View({LEFT: _one(now[0]), RIGHT: _one(now[1])}, bases, locks, first)


def _one(value: object) -> Values:
    return {} if value is ABSENT else {DESCRIPTION: value}  # type: ignore[dict-item]  # a Value or ABSENT


def _outcome(field: Field, view: View) -> str:
    """`right:new` for a change, the kind for a clash, nothing for nothing."""
    match merge_field(field, view):
        case Change(side=side, new=new):
            return f"{side}:{new}"
        case Clash(kind=kind):
            return kind.value
        case _:
            return ""


@pytest.mark.parametrize(
    ("now", "outcome"),
    [
        (("x", "x"), ""),
        (("a", "x"), "right:a"),
        (("x", "a"), "left:a"),
        (("a", "a"), ""),
        (("a", "b"), "conflict"),
        (("", "x"), "right:"),
        ((None, ""), ""),
        ((ABSENT, "a"), ""),
        (("a", ABSENT), ""),
        ((ABSENT, ABSENT), ""),
    ],
)
def test_each_side_is_compared_with_its_own_base(now: Sides, outcome: str) -> None:
    """One edit flows, two equal ones settle, two different ones clash, an absent field is no edit."""
    assert _outcome(a_field(), a_view(now)) == outcome


def test_two_bases_may_differ() -> None:
    """A side that stores values in its own way is not edited as long as it shows them that way."""
    assert _outcome(a_field(), a_view(("long text", "long"), ("long text", "long"))) == ""


def test_newlines_and_nothing_are_no_edit() -> None:
    """A server that turns line ends or empty texts round has edited nothing."""
    assert _outcome(a_field(), a_view(("a\r\nb", None), ("a\nb", ""))) == ""


@pytest.mark.parametrize(("winner", "outcome"), [(Winner.LEFT, "right:a"), (Winner.RIGHT, "left:b")])
def test_the_winner_decides_a_conflict(winner: Winner, outcome: str) -> None:
    """With a winner, both edits are settled his way."""
    assert _outcome(a_field(winner=winner), a_view(("a", "b"))) == outcome


@pytest.mark.parametrize(
    ("direction", "left_edit", "right_edit", "both"),
    [
        (Direction.BOTH, "right:a", "left:b", "conflict"),
        (Direction.LEFT_TO_RIGHT, "right:a", "", "right:a"),
        (Direction.RIGHT_TO_LEFT, "", "left:b", "left:b"),
        (Direction.CREATE_ONLY, "", "", ""),
        (Direction.OFF, "", "", ""),
    ],
)
def test_a_direction_is_never_left(direction: Direction, left_edit: str, right_edit: str, both: str) -> None:
    """An edit against the direction stays where it is; with one way only, there is no conflict."""
    field = a_field(direction=direction)

    outcomes = [_outcome(field, a_view(now)) for now in (("a", "x"), ("x", "b"), ("a", "b"))]

    assert outcomes == [left_edit, right_edit, both]


@pytest.mark.parametrize(
    ("now", "base", "outcome"),
    [(("a", ""), ("", ""), "right:a"), (("", "b"), ("", ""), "left:b"), (("a", "x"), ("x", "x"), "")],
)
def test_fill_blank_only_fills(now: Sides, base: Sides, outcome: str) -> None:
    """An edit travels into an empty field and never over something."""
    assert _outcome(a_field(direction=Direction.FILL_BLANK), a_view(now, base)) == outcome


@pytest.mark.parametrize(
    ("now", "first", "outcome"),
    [
        (("a", "b"), Winner.ASK, "conflict"),
        (("a", "b"), Winner.LEFT, "right:a"),
        (("a", "b"), Winner.RIGHT, "left:b"),
        (("a", ""), Winner.ASK, "right:a"),
        ((None, "b"), Winner.ASK, "left:b"),
        (("a", "a"), Winner.ASK, ""),
        ((None, ""), Winner.ASK, ""),
    ],
)
def test_a_first_bond_asks_or_follows_its_rule(now: Sides, first: Winner, outcome: str) -> None:
    """Equal is settled, one empty side is filled, everything else is the first-bond rule's to decide."""
    assert _outcome(a_field(), a_view(now, None, first)) == outcome


def test_a_first_bond_says_so() -> None:
    """A person reads why: bonded with different values, or edited on both sides."""
    bond, edits = (merge_field(a_field(), a_view(("a", "b"), base)) for base in (None, ("x", "x")))

    assert isinstance(bond, Clash)
    assert isinstance(edits, Clash)
    assert bond.reason == "description differs between the two records"
    assert edits.reason == "description changed on both sides"


def test_a_field_mapped_later_is_bonded_like_a_first_link() -> None:
    """A field in neither base has no history, although the link has one."""
    view = a_view(("a", "b"), (ABSENT, ABSENT), Winner.RIGHT)

    assert _outcome(a_field(winner=Winner.LEFT), view) == "left:b"


def test_a_value_without_an_image_waits() -> None:
    """The clash says which value, and the target stays as it is."""
    field = a_field(table=a_table({"x": "x"}))

    clash = merge_field(field, a_view(("a", "x")))

    assert clash == Clash(
        DESCRIPTION,
        ClashKind.UNMAPPED,
        "a",
        "x",
        "value a of SuperOffice has no image in ONLYOFFICE: add it",
    )


def test_a_soft_value_without_an_image_is_left_out() -> None:
    """Nothing waits for it and nothing is emptied; one that has an image travels."""
    field = replace(a_field(table=a_table({"x": "x", "a": "A"})), soft=True)

    assert [_outcome(field, a_view((now, "x"))) for now in ("alien", "a")] == ["", "right:A"]


def test_a_locked_field_waits_with_the_lock_as_reason() -> None:
    """Only a write that is really needed meets the lock."""
    locked = merge_field(a_field(), a_view(("a", "x"), right="a quote owns it"))

    assert isinstance(locked, Clash)
    assert (locked.kind, locked.reason) == (
        ClashKind.LOCKED,
        "description cannot be written in ONLYOFFICE: a quote owns it",
    )
    assert _outcome(a_field(), a_view(("x", "a"), right="a quote owns it")) == "left:a"


def test_what_a_side_cannot_hold_is_not_written() -> None:
    """An edit beyond the other side's limit changes nothing there, and the longer text survives."""
    field = a_field(right=Capacity(max_length=4))

    assert _outcome(field, a_view(("long edited", "long"), ("long text", "long"))) == ""
    assert _outcome(field, a_view(("new text", "long"), ("long text", "long"))) == "right:new "


def test_a_richer_value_is_not_replaced_by_its_own_shadow() -> None:
    """Where the target already maps to the source, writing would only lose detail."""
    field = a_field(right=Capacity(max_length=4))

    assert _outcome(field, a_view(("long text", "long"), ("old", "old"))) == ""
    assert _outcome(field, a_view(("long text", "long"), ("long text", "old"))) == ""


def test_a_required_field_is_never_emptied() -> None:
    """Clearing a field that the other side must hold stays on the side that can."""
    field = a_field(left=Capacity(required=True))

    assert _outcome(field, a_view(("x", None))) == ""
    assert _outcome(field, a_view((None, "x"))) == "right:None"


def test_a_merge_keeps_changes_and_clashes_apart() -> None:
    """Every field is decided by itself, in the order of the mapping."""
    fields = (a_field("title"), a_field("description"), a_field("amount"))
    now: dict[Side, Values] = {
        LEFT: {"title": "a", "description": "new", "amount": 1},
        RIGHT: {"title": "b", "description": "x", "amount": 2},
    }
    bases: Values = {"title": "x", "description": "x", "amount": 1}

    merged = merge(fields, View(now, {LEFT: bases, RIGHT: bases}, {LEFT: {}, RIGHT: {}}, Winner.LEFT))

    assert [clash.field for clash in merged.clashes] == ["title"]
    assert [change.field for change in merged.of(RIGHT)] == ["description"]
    assert [change.field for change in merged.of(LEFT)] == ["amount"]


# Fill-blank and first bonds: nothing is lost and nothing waits for ever


@pytest.mark.parametrize(
    ("now", "outcome"), [(("a", "b"), ""), (("a", ""), "right:a"), (("", "b"), "left:b")]
)
@pytest.mark.parametrize("base", [("x", "x"), None])
def test_fill_blank_never_asks(now: Sides, outcome: str, base: Sides | None) -> None:
    """Two filled sides are both right and an empty one is filled, so there is nothing to decide."""
    assert _outcome(a_field(direction=Direction.FILL_BLANK), a_view(now, base)) == outcome


@pytest.mark.parametrize(
    ("now", "first", "outcome"),
    [(("", "b"), Winner.LEFT, "left:b"), (("a", None), Winner.RIGHT, "right:a")],
)
def test_an_empty_side_has_no_say_at_the_first_bond(now: Sides, first: Winner, outcome: str) -> None:
    """Also where its side is to win: bonding two records must not wipe a text."""
    assert _outcome(a_field(), a_view(now, None, first)) == outcome


@pytest.mark.parametrize("base", [("x", "x"), None])
def test_nothing_is_filled_with_nothing(base: Sides | None) -> None:
    """No money here and no amount there are both empty, and neither has anything to give."""
    view = a_view((Decimal(0), None), base)

    assert _outcome(a_field(direction=Direction.FILL_BLANK), view) == ""
