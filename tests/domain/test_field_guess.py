"""Which custom fields could be a pair, what the pair would be called, and which items it lacks."""

import pytest

from sync.domain.field_guess import FieldGuess, find_stamp, guess_fields, strange_items
from sync.domain.model import Choice, CustomFieldInfo, FieldKind, Lists, Side

from .builders import LEFT, RIGHT, some_lists

TEXT, NUMBER, LIST = FieldKind.TEXT, FieldKind.NUMBER, FieldKind.LIST


def field(key: str, label: str, kind: FieldKind = TEXT, *options: str) -> CustomFieldInfo:
    return CustomFieldInfo(key, label, kind, tuple(Choice(option, option) for option in options))


def with_fields(side: Side, *fields: CustomFieldInfo) -> Lists:
    return some_lists(side, custom_fields=fields)


def test_fields_pair_by_label_and_type() -> None:
    """A number fits a text of ONLYOFFICE, a text fits no list; the stamp is no field to be kept equal."""
    left = with_fields(
        LEFT,
        field("s:1", "Opsync link"),
        field("s:2", "Seats", NUMBER),
        field("s:3", "Région", LIST, "North", "South"),
        field("s:4", "Reason"),
        field("s:5", "Only here"),
    )
    right = with_fields(
        RIGHT,
        field("1", "Opsync link"),
        field("2", "seats"),
        field("3", "région", LIST, "North"),
        field("4", "Reason", LIST),
    )

    found = [(row.name, row.left.key, row.right.key, row.strangers) for row in guess_fields(left, right)]
    assert found == [("seats", "s:2", "2", ()), ("region", "s:3", "3", ("South",))]


@pytest.mark.parametrize(
    ("left", "right", "fits"),
    [(kind, kind, kind is not NUMBER) for kind in FieldKind]
    + [(NUMBER, TEXT, True), (LIST, TEXT, True), (TEXT, LIST, False), (FieldKind.DATE, TEXT, False)],
)
def test_types_that_fit(left: FieldKind, right: FieldKind, fits: bool) -> None:
    """onlyoffice.md 4.9: no number type there, so texts hold numbers and, if need be, list items."""
    found = guess_fields(
        with_fields(LEFT, field("s:1", "X", left)), with_fields(RIGHT, field("1", "x", right))
    )

    assert bool(found) is fits


@pytest.mark.parametrize("doubled", Side)
def test_a_label_twice_on_a_side_pairs_nothing(doubled: Side) -> None:
    """Nobody knows which is meant, and an empty label means none; the others pair all the same."""
    labels = {side: ["X", "X", "", "Y"] if side is doubled else ["X", "", "Y"] for side in Side}
    lists = {
        side: with_fields(side, *(field(f"{side}{key}", label) for key, label in enumerate(labels[side])))
        for side in Side
    }

    assert [row.name for row in guess_fields(lists[LEFT], lists[RIGHT])] == ["y"]


def test_names_of_pairs_differ() -> None:
    """Labels may become equal when only letters and digits are kept."""
    labels = ("A/B", "A-B", "(a) [b]", "Ω", "Größe 2")
    left = with_fields(LEFT, *(field(f"s:{key}", label) for key, label in enumerate(labels)))
    right = with_fields(RIGHT, *(field(str(key), label) for key, label in enumerate(labels)))

    names = [row.name for row in guess_fields(left, right)]
    assert names == ["a_b", "a_b_2", "a_b_3", "field", "grosse_2"]


def test_a_guess_tells_both_fields() -> None:
    """As their CRMs define them."""
    one, other = field("s:1", "Deal  Size"), field("1", " deal size ")

    found = guess_fields(with_fields(LEFT, one), with_fields(RIGHT, other))

    assert found == [FieldGuess("deal_size", one, other, ())]


def test_items_that_the_right_list_lacks_are_strange() -> None:
    """Unless they are paired by hand, are deleted, or the right side takes any text."""
    options = (
        Choice("1", "North"),
        Choice("2", "South"),
        Choice("3", "East", active=False),
        Choice("4", "West"),
    )
    left = CustomFieldInfo("s:1", "Region", LIST, options)
    right = CustomFieldInfo("1", "Region", LIST, (Choice("n", "North"), Choice("s", "Sør")))

    assert strange_items(left, right) == ("South", "West")
    assert strange_items(left, right, {"South": "Sør", "North": "Nord"}) == ("North", "West")
    assert strange_items(left, field("1", "Region")) == ()


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ((field("1", " opsync LINK "),), "1"),
        ((field("1", "opsynclink"),), None),
        ((field("1", "Opsync link", NUMBER),), None),
        ((field("1", "Opsync link"), field("2", "Opsync link")), None),
        ((), None),
    ],
)
def test_the_stamp_field_is_the_one_text_of_that_label(
    fields: tuple[CustomFieldInfo, ...], key: str | None
) -> None:
    """Two of them, or another type, are left to a person."""
    found = find_stamp(with_fields(LEFT, *fields))

    assert (found.key if found else None) == key
