"""What is wrong at rest, one kind of finding at a time, on either side."""

from dataclasses import replace

import pytest

from sync.domain.audit import Finding, Kind, audit
from sync.domain.link import Link, LinkState
from sync.domain.model import Record, Side, Unreadable, Value
from sync.domain.policy import Direction
from sync.domain.resolve import FieldRule

from .builders import (
    LEFT,
    RIGHT,
    a_link,
    a_mapping,
    a_sale,
    a_spec,
    an_opportunity,
    half_a_link,
    sale_values,
)

MAPPING = a_mapping()
SECOND = Link("link-2", "6", "71", {}, {}, LinkState.IN_SYNC)
PAIR = (a_sale("5"), an_opportunity("70"))
OTHERS = (a_sale("6", title="Valves"), an_opportunity("71", title="Valves"))


def audited(*rows: Record | Unreadable, links: tuple[Link, ...] = (a_link(),)) -> tuple[Finding, ...]:
    """The findings about `links` where both sides show exactly `rows`."""
    shown = {side: {row.id: row for row in rows if row.side is side} for side in Side}
    return audit(links, shown, MAPPING)


def a_finding(kind: Kind, said: str, fields: dict[str, tuple[Value, Value]] | None = None) -> Finding:
    return Finding(kind, "link-1", "5", "70", said, fields or {})


def test_an_equal_pair_is_no_finding() -> None:
    """Neither are several."""
    assert audited(*PAIR) == ()
    assert audited(*PAIR, *OTHERS, links=(a_link(), SECOND)) == ()


# Drift


def test_a_linked_pair_that_differs_is_told_by_field() -> None:
    """With what each side holds, in the order of the mapping."""
    findings = audited(a_sale(title="Pipes", probability=40), an_opportunity())

    fields: dict[str, tuple[Value, Value]] = {"title": ("Pipes", "Pumps"), "probability": (40, 50)}
    assert findings == (a_finding(Kind.DRIFT, "title, probability differ, though nothing waits", fields),)


@pytest.mark.parametrize("state", [state for state in LinkState if state is not LinkState.IN_SYNC])
def test_a_pair_that_waits_may_differ(state: LinkState) -> None:
    """A conflict, a parked or a paused link says itself that its sides differ."""
    assert audited(a_sale(title="Pipes"), an_opportunity(), links=(a_link(state=state),)) == ()


@pytest.mark.parametrize("missing", Side)
def test_a_field_that_one_side_does_not_show_is_no_drift(missing: Side) -> None:
    """A closed sale has no expected date; an opportunity may lack a field just as well."""
    left, right = a_sale(title="Pipes"), an_opportunity()
    bare = {name: value for name, value in sale_values().items() if name != "title"}
    rows = (replace(left, values=bare), right) if missing is LEFT else (left, replace(right, values={}))

    assert audited(*rows) == ()


def test_what_a_side_cannot_hold_is_no_drift() -> None:
    """An opportunity without a date differs from its sale as little as it can."""
    assert audited(a_sale(), an_opportunity(expected_close_on=None)) == ()


def test_a_field_that_is_switched_off_may_differ() -> None:
    """Nobody asked for it to be equal."""
    mapping = a_mapping(a_spec(description=FieldRule(Direction.OFF)))
    shown = {LEFT: {"5": a_sale(description="x")}, RIGHT: {"70": an_opportunity()}}

    assert [finding.kind for finding in audit([a_link()], shown, MAPPING)] == [Kind.DRIFT]
    assert audit([a_link()], shown, mapping) == ()


# Records that are not there, or cannot be read


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        (PAIR[1:], "SuperOffice"),
        (PAIR[:1], "ONLYOFFICE"),
        ((), "SuperOffice and ONLYOFFICE"),
    ],
)
@pytest.mark.parametrize("state", [LinkState.IN_SYNC, LinkState.CONFLICT])
def test_a_link_without_its_record_is_an_orphan(
    rows: tuple[Record, ...], where: str, state: LinkState
) -> None:
    """Whatever the link waits for; the sides are named."""
    assert audited(*rows, links=(a_link(state=state),)) == (a_finding(Kind.ORPHAN, f"not found in {where}"),)


@pytest.mark.parametrize("side", Side)
def test_an_unreadable_record_cannot_be_compared(side: Side) -> None:
    """One is enough."""
    rows = [Unreadable(row.side, row.id, "cut") if row.side is side else row for row in PAIR]

    assert audited(*rows) == (a_finding(Kind.UNREADABLE, "one of the two records cannot be read"),)


def test_a_buried_or_half_link_has_nothing_to_lose() -> None:
    """Its record may be gone."""
    assert audited(links=(a_link(state=LinkState.BURIED), half_a_link(LEFT), half_a_link(RIGHT))) == ()


# Stamps


@pytest.mark.parametrize("side", Side)
def test_a_stamp_of_somebody_elses_link_is_a_stray(side: Side) -> None:
    """A copied sale takes the stamp of its original along."""
    copy = replace(a_sale("9", title="x") if side is LEFT else an_opportunity("9", title="x"), stamp="link-1")

    said = f"{side.label} 9 carries the stamp of this link"
    assert audited(*PAIR, copy) == (a_finding(Kind.STRAY_STAMP, said),)


def test_a_stamp_where_it_belongs_is_fine() -> None:
    """So is one that no link here knows, and a record that cannot be read."""
    left, right = (replace(row, stamp="link-1") for row in PAIR)
    stranger = replace(a_sale("8", title="x"), stamp="of another installation")

    assert audited(left, right, stranger, Unreadable(RIGHT, "9", "cut")) == ()


def test_a_stamp_of_a_dead_link_is_told_too() -> None:
    """It came from somewhere."""
    copy = replace(a_sale("9"), stamp="link-1")

    findings = audited(copy, links=(a_link(state=LinkState.BURIED),))

    assert findings == (a_finding(Kind.STRAY_STAMP, "SuperOffice 9 carries the stamp of this link"),)


# Doubles


@pytest.mark.parametrize("side", Side)
def test_a_loose_record_like_a_linked_one_is_a_double(side: Side) -> None:
    """Made twice by somebody or something; the link it doubles is named."""
    double = a_sale("9") if side is LEFT else an_opportunity("9")

    findings = audited(*OTHERS, *PAIR, double, links=(SECOND, a_link()))

    assert findings == (a_finding(Kind.DOUBLE, f"{side.label} 9 looks like the record linked here"),)


@pytest.mark.parametrize("side", Side)
def test_two_doubles_of_one_link_are_two_findings(side: Side) -> None:
    """Nobody has to find the second one after the first was mended."""
    doubles = [a_sale(key) if side is LEFT else an_opportunity(key) for key in ("8", "9")]

    said = [finding.said for finding in audited(*PAIR, *doubles)]
    assert said == [f"{side.label} {key} looks like the record linked here" for key in ("8", "9")]


def test_a_double_of_two_links_is_told_once() -> None:
    """At the first link it looks like."""
    twin = Link("link-2", "6", "71", {}, {}, LinkState.IN_SYNC)
    rows = (*PAIR, a_sale("6"), an_opportunity("71"), a_sale("9"))

    assert audited(*rows, links=(a_link(), twin)) == (
        a_finding(Kind.DOUBLE, "SuperOffice 9 looks like the record linked here"),
    )


def test_a_loose_record_unlike_any_linked_one_is_no_double() -> None:
    """Nor is one that cannot be read, or one like a record whose link is dead."""
    buried = replace(SECOND, state=LinkState.BURIED)
    rows = (*PAIR, OTHERS[1], a_sale("8", title="Taps"), a_sale("9", title="Valves"))

    assert audited(*rows, Unreadable(LEFT, "10", "cut"), links=(a_link(), buried)) == ()


def test_findings_come_by_kind() -> None:
    """What a link says first, then stamps, then doubles."""
    copy = replace(an_opportunity("9"), stamp="link-2")
    rows = (a_sale("5", probability=40), an_opportunity("70"), copy, *OTHERS)

    kinds = [finding.kind for finding in audited(*rows, links=(a_link(), SECOND))]

    assert kinds == [Kind.DRIFT, Kind.STRAY_STAMP, Kind.DOUBLE]
