"""Links answer, and change, by side."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sync.domain.link import HAND, CompanyLink, Link, LinkState
from sync.domain.model import Side

from .builders import LEFT, RIGHT, a_link

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 13, tzinfo=UTC)
FULL = Link("l", "5", "70", {"title": "a"}, {"title": "b"}, gone_left_at=NOON, gone_right_at=LATER)


def test_a_link_answers_by_side() -> None:
    """Ids, bases, gone marks and wholeness of links of records and of companies."""
    company = CompanyLink("c", "7", None, "Fjord AS")

    assert [FULL.record_id(side) for side in Side] == ["5", "70"]
    assert [FULL.base(side) for side in Side] == [{"title": "a"}, {"title": "b"}]
    assert [FULL.gone_at(side) for side in Side] == [NOON, LATER]
    assert [company.record_id(side) for side in Side] == ["7", None]
    assert (company.whole, company.with_record(RIGHT, "500").whole, FULL.whole) == (False, True, True)


def test_a_link_changes_on_one_side() -> None:
    """The other side stays as it is."""
    company = CompanyLink("c", "7", "500", "Fjord AS", "name", "because")

    assert FULL.with_record(LEFT, "9") == replace(FULL, left_id="9")
    assert FULL.with_record(RIGHT, "9") == replace(FULL, right_id="9")
    assert FULL.with_base(LEFT, {"x": 1}) == replace(FULL, base_left={"x": 1})
    assert FULL.with_base(RIGHT, {"x": 1}) == replace(FULL, base_right={"x": 1})
    assert company.with_record(LEFT, "9") == replace(company, left_id="9")
    assert company.with_record(RIGHT, "9") == replace(company, right_id="9")


def test_a_link_lets_one_record_go() -> None:
    """With everything that was known of it."""
    assert FULL.without_record(LEFT) == Link("l", None, "70", None, {"title": "b"}, gone_right_at=LATER)
    assert FULL.without_record(RIGHT) == Link("l", "5", None, {"title": "a"}, None, gone_left_at=NOON)


@pytest.mark.parametrize("side", Side)
def test_a_birth_belongs_to_one_record(side: Side) -> None:
    """It is kept with its side, stays with the same number and goes with any other."""
    both = FULL.with_birth(LEFT, NOON).with_birth(RIGHT, LATER)
    number = both.record_id(side) or ""

    assert (both.born_left_at, both.born_right_at) == (NOON, LATER)
    assert both.with_record(side, number) == both
    assert both.with_record(side, "9").born_at(side) is None
    assert both.with_record(side, "9").born_at(side.other) == both.born_at(side.other)
    assert both.without_record(side).born_at(side) is None
    assert both.without_record(side).born_at(side.other) == both.born_at(side.other)


@pytest.mark.parametrize("side", Side)
def test_a_link_without_one_record_is_half(side: Side) -> None:
    """Whichever is missing; companies alike."""
    company = CompanyLink("c", "7", "500", "Fjord AS")
    half = replace(company, left_id=None) if side is LEFT else replace(company, right_id=None)

    assert not FULL.without_record(side).whole
    assert not half.whole
    assert company.whole


@pytest.mark.parametrize("state", LinkState)
@pytest.mark.parametrize("origin", [HAND, "found"])
def test_only_an_exclusion_by_a_person_is_by_hand(state: LinkState, origin: str) -> None:
    """A link that a person made is not excluded, and a rule excludes without a hand."""
    by_hand = replace(a_link(), state=state, origin=origin).excluded_by_hand

    assert by_hand is (state is LinkState.EXCLUDED and origin == HAND)
