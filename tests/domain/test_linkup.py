"""Which link each loose record gets: matched, kept, or a new half."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count

from sync.domain.link import Link, LinkState
from sync.domain.linkup import LinkUp, link_up
from sync.domain.model import Record, Side, Unreadable

from .builders import LEFT, RIGHT, a_mapping, a_sale, an_opportunity

MAPPING = a_mapping()


def _ids() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"new-{next(numbers)}"


def _link_up(
    *halves: Link, left: tuple[Record | Unreadable, ...] = (), right: tuple[Record, ...] = ()
) -> LinkUp:
    loose: Mapping[Side, Mapping[str, Record | Unreadable]] = {
        LEFT: {record.id: record for record in left},
        RIGHT: {record.id: record for record in right},
    }
    return link_up(halves, loose, MAPPING, _ids())


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
