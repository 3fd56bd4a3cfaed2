"""Which link each loose record gets: matched, kept, or a new half."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest

from sync.domain.actions import Create, Delete, LinkPlan
from sync.domain.link import Link, LinkState
from sync.domain.linkup import LinkUp, Scene, link_up
from sync.domain.model import Record, Side, Unreadable, Values

from .builders import LEFT, RIGHT, a_mapping, a_sale, an_opportunity, opportunity_values, sale_values

MAPPING = a_mapping()


def _ids() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"new-{next(numbers)}"


def _scene(
    *links: Link,
    left: tuple[Record | Unreadable, ...] = (),
    right: tuple[Record | Unreadable, ...] = (),
    waiting: tuple[str, ...] = (),
) -> Scene:
    shown = {LEFT: {row.id: row for row in left}, RIGHT: {row.id: row for row in right}}
    return Scene(links, frozenset(waiting), shown)


def _link_up(
    *links: Link,
    left: tuple[Record | Unreadable, ...] = (),
    right: tuple[Record | Unreadable, ...] = (),
    waiting: tuple[str, ...] = (),
) -> LinkUp:
    return link_up(_scene(*links, left=left, right=right, waiting=waiting), MAPPING, _ids())


def _half(link_id: str, left: str | None = None, right: str | None = None, **more: object) -> Link:
    return Link(link_id, left, right, **more)  # type: ignore[arg-type]  # the caller names fields of Link


def test_records_of_no_link_get_a_half_each() -> None:
    """Unreadable ones too: they wait with their reason."""
    up = _link_up(left=(a_sale("5"), Unreadable(LEFT, "6", "cut")), right=(an_opportunity("70", title="x"),))

    assert [(link.id, link.left_id, link.right_id, link.origin) for link in up.links] == [
        ("new-1", "5", None, "found"),
        ("new-2", "6", None, "found"),
        ("new-3", None, "70", "found"),
    ]
    assert set(up.new) == {"new-1", "new-2", "new-3"}
    assert not up.swallowed
    assert not up.ambiguous


def test_equal_records_are_bonded_once() -> None:
    """One new whole link, without bases: they are compared for the first time."""
    up = _link_up(left=(a_sale("5"),), right=(an_opportunity("70"),))

    (link,) = up.links
    assert (link.left_id, link.right_id, link.state) == ("5", "70", LinkState.PENDING)
    assert (link.base_left, link.base_right, set(up.new)) == (None, None, {"new-1"})
    assert link.origin.startswith("matched by title")


def test_a_stored_half_keeps_its_id_when_it_is_bonded() -> None:
    """Its id is the stamp on the record; what it remembered is not a base."""
    half = _half("h", right="70", state=LinkState.PARKED, reason="no image", base_right={"title": "old"})

    up = _link_up(half, left=(a_sale("5"),), right=(an_opportunity("70"),))

    (link,) = up.links
    assert (link.id, link.left_id, link.right_id) == ("h", "5", "70")
    assert (link.base_right, link.state, link.reason) == (None, LinkState.PENDING, "")
    assert (up.new, up.swallowed) == (frozenset(), {})


def test_two_stored_halves_become_one_link() -> None:
    """The left one lives on, the right one is swallowed."""
    up = _link_up(_half("l", "5"), _half("r", None, "70"), left=(a_sale("5"),), right=(an_opportunity("70"),))

    assert [link.id for link in up.links] == ["l"]
    assert (set(up.new), up.swallowed) == (set(), {"l": "r"})


def test_every_swallowed_half_is_told() -> None:
    """And none of them leaves what it remembered as a base."""
    halves = [_half(key, key[1:], base_left={"title": "old"}) for key in ("l5", "l6")]
    others = [_half(key, None, key[1:], base_right={"title": "old"}) for key in ("r70", "r71")]
    left = (a_sale("5"), a_sale("6", title="Valves"))
    right = (an_opportunity("70"), an_opportunity("71", title="Valves"))

    up = _link_up(*halves, *others, left=left, right=right)

    assert up.swallowed == {"l5": "r70", "l6": "r71"}
    assert [(link.base_left, link.base_right) for link in up.links] == [(None, None)] * 2


def test_halves_without_a_partner_stay_as_they_are() -> None:
    """Whether their record was read this time or not."""
    seen, unseen = _half("seen", "5"), _half("unseen", None, "70")

    up = _link_up(seen, unseen, left=(a_sale("5"),))

    assert up.links == (seen, unseen)
    assert up.new == frozenset()


def test_ambiguous_records_say_why() -> None:
    """Each candidate's link carries a reason a person can read."""
    up = _link_up(_half("h", "5"), left=(a_sale("5"),), right=(an_opportunity("70"), an_opportunity("71")))

    reasons = {link.record_id(LEFT) or link.record_id(RIGHT): up.ambiguous[link.id] for link in up.links}
    assert reasons.keys() == {"5", "70", "71"}
    assert reasons["5"].endswith("as ONLYOFFICE 70, 71: link the right one by hand")
    assert "SuperOffice 5 (2 alike here)" in reasons["70"]


def test_a_record_taken_out_by_hand_is_not_matched() -> None:
    """Neither side of it; what a rule excluded still may find its partner."""
    by_hand = _half("h", "5", state=LinkState.EXCLUDED, origin="hand")
    by_rule = replace(by_hand, origin="found")

    kept = _link_up(by_hand, left=(a_sale("5"),), right=(an_opportunity("70"),))
    bonded = _link_up(by_rule, left=(a_sale("5"),), right=(an_opportunity("70"),))

    assert [link.whole for link in kept.links] == [False, False]
    assert [link.whole for link in bonded.links] == [True]


def test_an_exclusion_holds_on_its_own_side_only() -> None:
    """Both systems count from 1: sale 5 out of the game says nothing about opportunity 5."""
    out = _half("h", "5", state=LinkState.EXCLUDED, origin="hand")

    up = _link_up(out, left=(a_sale("5", title="x"), a_sale("6")), right=(an_opportunity("5"),))

    assert [(link.left_id, link.right_id) for link in up.links if link.whole] == [("6", "5")]


def test_known_links_are_planned_before_what_was_found() -> None:
    """Whole and buried ones as they are; their records are nobody else's."""
    whole, buried = Link("w", "5", "70"), _half("b", "6", state=LinkState.BURIED)

    up = _link_up(whole, buried, left=(a_sale("5"), a_sale("6"), a_sale("7")), right=(an_opportunity("70"),))

    assert up.links[:2] == (whole, buried)
    assert [(link.left_id, link.right_id) for link in up.links[2:]] == [("7", None)]
    assert up.bonded == {"w", "b"}


def test_a_link_whose_write_is_open_is_not_planned() -> None:
    """Neither half nor whole; its record is not given to another link."""
    half, whole = _half("h", "5"), Link("w", "6", "70")

    up = _link_up(half, whole, left=(a_sale("5"), a_sale("6")), waiting=("h", "w"))

    assert up.links == ()
    assert up.bonded == {"h", "w"}


def test_what_is_loose_is_told_apart_from_what_is_held() -> None:
    """By id on its own side: sale 5 being linked says nothing about opportunity 5."""
    scene = _scene(
        Link("w", "5", "70"),
        _half("h", "6"),
        left=(a_sale("5"), a_sale("6"), Unreadable(LEFT, "7", "cut")),
        right=(an_opportunity("5"), an_opportunity("70")),
    )

    assert {side: [*rows] for side, rows in scene.loose().items()} == {LEFT: ["6", "7"], RIGHT: ["5"]}
    assert [link.id for link in scene.halves] == ["h"]
    assert [link.id for link in scene.settled] == ["w"]


def test_a_record_with_the_stamp_of_an_open_write_is_left_alone() -> None:
    """Recovery will find it; any other stamp is none of its business."""
    made = replace(an_opportunity("70", title="x"), stamp="open")
    other = replace(an_opportunity("71", title="y"), stamp="long ago")

    up = _link_up(_half("open", "5"), left=(a_sale("5"),), right=(made, other), waiting=("open",))

    assert [(link.left_id, link.right_id) for link in up.links] == [(None, "71")]


@pytest.mark.parametrize("side", Side)
def test_what_an_open_create_may_have_made_is_left_alone(side: Side) -> None:
    """Without its stamp it looks like the source; something else beside it gets its link."""
    rows = {
        LEFT: (a_sale("5"), a_sale("6", title="x")),
        RIGHT: (an_opportunity("5"), an_opportunity("6", title="x")),
    }
    source = {LEFT: a_sale("9"), RIGHT: an_opportunity("9")}[side]
    open_ = Link("open").with_record(side, "9")
    shown = {side: (source,), side.other: rows[side.other]}

    up = _link_up(open_, left=shown[LEFT], right=shown[RIGHT], waiting=("open",))

    assert [link.record_id(side.other) for link in up.links] == ["6"]


@pytest.mark.parametrize("twins", [1, 2])
def test_every_record_like_the_source_is_a_suspect(twins: int) -> None:
    """Several are no reason to give any of them a link of its own."""
    rows = tuple(an_opportunity(str(70 + number)) for number in range(twins))

    up = _link_up(_half("open", "5"), left=(a_sale("5"),), right=rows, waiting=("open",))

    assert up.links == ()


@pytest.mark.parametrize("side", Side)
def test_a_source_that_was_not_shown_is_remembered(side: Side) -> None:
    """A delta shows the copy and not the source: the half link knows what the source was like."""
    bases: dict[Side, Values] = {LEFT: sale_values(), RIGHT: opportunity_values()}
    open_ = Link("open").with_record(side, "9").with_base(side, bases[side])
    copy = {LEFT: a_sale("5"), RIGHT: an_opportunity("5")}[side.other]
    shown = {side: (), side.other: (copy,)}

    up = _link_up(open_, left=shown[LEFT], right=shown[RIGHT], waiting=("open",))

    assert up.links == ()


def test_a_source_nobody_knows_makes_no_suspects() -> None:
    """Neither shown nor remembered, or not to be read: its copy can only be known by its stamp."""
    unread = Unreadable(LEFT, "6", "cut")

    up = _link_up(
        _half("open", "5"),
        _half("more", "6"),
        left=(unread,),
        right=(an_opportunity("70"),),
        waiting=("open", "more"),
    )

    assert [link.right_id for link in up.links] == ["70"]


def test_an_open_update_makes_no_suspects() -> None:
    """Nothing is being made for a whole link: a record like one of its own is a new one."""
    up = _link_up(
        Link("open", "5", "70"), left=(a_sale("5"),), right=(an_opportunity("71"),), waiting=("open",)
    )

    assert [link.right_id for link in up.links] == ["71"]


def _creating(link_id: str, stamp: str | None) -> LinkPlan:
    source = replace(an_opportunity("71"), stamp=stamp)
    create = Create(LEFT, sale_values(), source, "new in ONLYOFFICE")
    return LinkPlan(_half(link_id, right="71"), (create,), (), LinkState.IN_SYNC, "")


@pytest.mark.parametrize("bonded", ["whole", "open"])
def test_nothing_is_made_from_a_copy(bonded: str) -> None:
    """It carries the stamp of a link that has a partner, or may have one: it was made twice."""
    up = _link_up(Link("whole", "5", "70"), _half("open", "6"), waiting=("open",))

    assert up.refusal(_creating("h", bonded)) == (
        f"ONLYOFFICE 71 carries the stamp of link {bonded}: it was made twice, delete one of the two"
    )


@pytest.mark.parametrize("stamp", [None, "whole", "half", "nobody knows"])
def test_a_stamp_of_its_own_or_of_no_bond_is_no_hindrance(stamp: str | None) -> None:
    """The partner of `whole` is made again after a deletion; a half link has no copy yet."""
    up = _link_up(Link("whole", "5", "70"), _half("half", "6"))

    assert up.refusal(_creating("whole", stamp)) == ""


def test_a_copy_may_be_deleted() -> None:
    """Only making something from it is refused."""
    up = _link_up(Link("whole", "5", "70"))
    deleting = replace(_creating("h", "whole"), actions=(Delete(RIGHT, "71", {}, "deleted in SuperOffice"),))

    assert up.refusal(deleting) == ""


def test_of_two_reasons_a_person_reads_the_choice_first() -> None:
    """A record with several candidates says so, whatever its stamp."""
    up = _link_up(Link("whole", "5", "70"))
    torn = replace(up, ambiguous={"h": "same number as SuperOffice 8, 9"})

    assert torn.refusal(_creating("h", "whole")) == "same number as SuperOffice 8, 9"
    assert torn.refusal(_creating("other", None)) == ""
