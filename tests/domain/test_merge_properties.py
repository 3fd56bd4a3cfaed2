"""What holds for every merge, whatever the values, bases, directions, winners, limits and locks."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sync.domain.field import Capacity, Field, same
from sync.domain.merge import Change, ClashKind, Merge, View, merge
from sync.domain.model import AMOUNT, DESCRIPTION, OWNER, STAGE, TITLE, Side, Value, Values
from sync.domain.policy import Direction, Winner

from .builders import LEFT, RIGHT, a_table

TEXTS = st.sampled_from(["", "a", "ab", "a\nb", "a\r\nb", "long text", "long", "🎉", "a🎉", None])
NUMBERS = st.sampled_from([Decimal(0), Decimal("1.25"), Decimal("1.2"), Decimal("1.20"), Decimal(7)])
KEYS = st.sampled_from(["a", "b", "c", "alien", None])
TABLES = (
    None,
    a_table({"a": "a", "b": "b", "c": "c"}),
    a_table({"a": "a", "b": "a", "c": "c"}, {"a": "a", "c": "c"}),
    a_table({"a": "a", "b": "b"}, {"a": "a"}, right="c", left="b"),
)
LIMITS = (
    Capacity(),
    Capacity(required=True),
    Capacity(max_length=2, one_line=True, required=True),
    Capacity(max_bytes=4, bmp_only=True, blank="(none)"),
    Capacity(places=1),
    Capacity(double=True),
)
POOLS = {TITLE: TEXTS, DESCRIPTION: TEXTS, AMOUNT: NUMBERS, STAGE: KEYS, OWNER: KEYS}


@st.composite
def fields(draw: st.DrawFn) -> tuple[Field, ...]:
    return tuple(
        Field(
            name,
            draw(st.sampled_from(Direction)),
            draw(st.sampled_from(Winner)),
            {side: draw(st.sampled_from(LIMITS)) for side in Side},
            draw(st.sampled_from(TABLES)) if name in (STAGE, OWNER) else None,
        )
        for name in POOLS
    )


@st.composite
def values(draw: st.DrawFn) -> Values:
    return {name: draw(pool) for name, pool in POOLS.items() if draw(st.integers(0, 9))}


@st.composite
def views(draw: st.DrawFn) -> View:
    """Each side is, field by field, as in its base or edited."""
    base: dict[Side, Values | None] = {side: draw(st.none() | values()) for side in Side}
    now: dict[Side, Values] = {}
    for side in Side:
        edited = draw(values())
        kept = base[side] or {}
        now[side] = {
            name: kept[name] if name in kept and draw(st.booleans()) else edited[name] for name in edited
        }
    locked = {
        side: dict.fromkeys(draw(st.sets(st.sampled_from([*POOLS]), max_size=1)), "closed") for side in Side
    }
    return View(now, base, locked, draw(st.sampled_from(Winner)))


def applied(view: View, merged: Merge, rules: tuple[Field, ...]) -> View:
    """The world after the merge: writes stored as the sides hold them, settled fields in the bases."""
    held = {field.name: field.holds for field in rules}
    now = {
        side: {**view.now[side], **{c.field: held[c.field][side].hold(c.new) for c in merged.of(side)}}
        for side in Side
    }
    waiting = {clash.field for clash in merged.clashes}
    base: dict[Side, Values | None] = {
        side: {name: value for name, value in now[side].items() if name not in waiting}
        | {name: value for name, value in (view.base[side] or {}).items() if name in waiting}
        for side in Side
    }
    return View(now, base, view.locked, view.first_link)


def changed(view: View, name: str) -> list[Side]:
    """Sides that show another value than their base, worked out by other means than the merge."""
    missing = object()
    sides = []
    for side in Side:
        before: object = (view.base[side] or {}).get(name, missing)
        after: object = view.now[side].get(name, missing)
        if after is not missing and (before is missing or not _equal(before, after)):
            sides.append(side)
    return sides


def _equal(one: object, other: object) -> bool:
    texts = [
        str(text or "").replace("\r\n", "\n") if text is None or isinstance(text, str) else text
        for text in (one, other)
    ]
    return texts[0] == texts[1]


@given(fields(), views())
def test_a_second_merge_writes_nothing(rules: tuple[Field, ...], view: View) -> None:
    """After writing, the same clashes wait and nothing else moves: no echo, no ping-pong (I2, I3)."""
    merged = merge(rules, view)

    again = merge(rules, applied(view, merged, rules))

    assert again.changes == ()
    assert again.clashes == merged.clashes


@given(fields(), views())
def test_both_sides_agree_after_a_flow(rules: tuple[Field, ...], view: View) -> None:
    """Every written field is then exactly what the other side can hold of it."""
    merged = merge(rules, view)
    after = applied(view, merged, rules)
    by_name = {field.name: field for field in rules}

    for change in merged.changes:
        field = by_name[change.field]
        assert field.agrees(after.now[LEFT][change.field], after.now[RIGHT][change.field])
        assert not same(change.old, change.new)


@given(fields(), views())
def test_one_field_never_decides_about_another(rules: tuple[Field, ...], view: View) -> None:
    """Merging fields together is merging each of them alone."""
    merged = merge(rules, view)
    alone = [merge((field,), view) for field in rules]

    assert merged.changes == tuple(change for each in alone for change in each.changes)
    assert merged.clashes == tuple(clash for each in alone for clash in each.clashes)


@given(fields(), views())
def test_writes_follow_direction_locks_and_evidence(rules: tuple[Field, ...], view: View) -> None:
    """A write goes where the field may flow, into an open field the side holds, after an edit opposite."""
    by_name = {field.name: field for field in rules}
    for change in merge(rules, view).changes:
        field = by_name[change.field]

        assert field.direction.flows_to(change.side)
        assert change.field not in view.locked[change.side]
        assert view.now[change.side][change.field] == change.old
        assert change.side.other in changed(view, change.field)
        assert change.new is not None or not field.holds[change.side].required


@given(views(), st.sampled_from([Winner.LEFT, Winner.RIGHT]))
def test_with_a_winner_nobody_is_asked(view: View, winner: Winner) -> None:
    """A rule that always decides never leaves a conflict, and a loser's own edit is overwritten."""
    rules = tuple(Field(name, Direction.BOTH, winner, {side: Capacity() for side in Side}) for name in POOLS)
    settled = View(view.now, view.base, {LEFT: {}, RIGHT: {}}, winner)

    merged = merge(rules, settled)

    assert not [clash for clash in merged.clashes if clash.kind is ClashKind.CONFLICT]
    losses = [change for change in merged.changes if len(changed(view, change.field)) == 2]
    filled = [change for change in losses if _was_blank(change.old)]
    assert all(change.side is not winner.side for change in losses if change not in filled)


def _was_blank(value: Value) -> bool:
    return value in (None, "", Decimal(0))


@given(views())
def test_an_edit_of_one_side_always_arrives(view: View) -> None:
    """Without limits, tables and locks, a field edited on one side only is equal on both afterwards (I1)."""
    rules = tuple(
        Field(name, Direction.BOTH, Winner.ASK, {side: Capacity() for side in Side}) for name in POOLS
    )
    open_view = View(view.now, view.base, {LEFT: {}, RIGHT: {}}, Winner.ASK)

    after = applied(open_view, merge(rules, open_view), rules)

    for name in POOLS:
        if len(changed(view, name)) == 1 and all(name in view.now[side] for side in Side):
            assert same(after.now[LEFT][name], after.now[RIGHT][name])


@given(fields(), views())
def test_the_merge_is_its_own_mirror_image(rules: tuple[Field, ...], view: View) -> None:
    """Swapping limits, tables, winners and values swaps every change and clash (I6)."""
    merged = merge(rules, view)
    swapped = merge(tuple(map(_swapped_field, rules)), _swapped_view(view))

    assert {(c.field, c.side.other, c.old, c.new) for c in swapped.changes} == set(map(_told, merged.changes))
    assert [(c.field, c.kind, c.right, c.left) for c in swapped.clashes] == [
        (c.field, c.kind, c.left, c.right) for c in merged.clashes
    ]


def _told(change: Change) -> tuple[str, Side, Value, Value]:
    return change.field, change.side, change.old, change.new


def _swapped_winner(winner: Winner) -> Winner:
    return Winner(winner.side.other.value) if winner.side else winner


def _swapped_field(field: Field) -> Field:
    turned = {
        Direction.LEFT_TO_RIGHT: Direction.RIGHT_TO_LEFT,
        Direction.RIGHT_TO_LEFT: Direction.LEFT_TO_RIGHT,
    }
    table = field.table and a_table(
        field.table.images[LEFT],
        field.table.images[RIGHT],
        **{side.other.value: value for side, value in field.table.defaults.items()},
    )
    direction = turned.get(field.direction, field.direction)
    holds = {side: field.holds[side.other] for side in Side}
    return Field(field.name, direction, _swapped_winner(field.winner), holds, table)


def _swapped_view(view: View) -> View:
    return View(
        {side: view.now[side.other] for side in Side},
        {side: view.base[side.other] for side in Side},
        {side: view.locked[side.other] for side in Side},
        _swapped_winner(view.first_link),
    )
