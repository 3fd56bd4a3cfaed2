"""Matching by tiers of evidence: strong before weak, and whatever is ambiguous is left to a person."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.domain.match import (
    Ambiguous,
    Matches,
    Pair,
    match_companies,
    match_records,
)
from sync.domain.model import Record, Side, Value
from sync.domain.policy import Direction
from sync.domain.resolve import FieldRule

from .builders import (
    AUTUMN,
    LEFT,
    RIGHT,
    SPRING,
    a_closed_sale,
    a_company,
    a_mapping,
    a_sale,
    a_spec,
    an_opportunity,
    opportunity_values,
)

MAPPING = a_mapping()
LIKENESS = "title, company, amount, currency and date"


def _records(left: list[Record], right: list[Record]) -> Matches:
    return match_records(left, right, MAPPING)


# Records


def test_a_stamp_beats_everything() -> None:
    """A record that carries the same stamp is the same, whatever it says."""
    left = replace(a_sale("1", title="Other"), stamp="s")
    right = [replace(an_opportunity("70"), stamp="s"), an_opportunity("71", title="Other")]

    assert _records([left], right).pairs == (Pair("1", "70", "stamp"),)


def test_an_external_number_beats_likeness() -> None:
    """The next best evidence."""
    left = replace(a_sale("1"), number="N-1")
    right = [an_opportunity("70"), replace(an_opportunity("71", title="Else"), number="N-1")]

    assert _records([left], right).pairs == (Pair("1", "71", "external number"),)


def test_equal_deals_match_in_the_terms_of_the_left() -> None:
    """Company and currency are translated, case and accents of the title do not count."""
    left, right = a_sale("1", title="Pümps  für Ø"), an_opportunity("70", title="PUMPS FUR O")

    assert _records([left], [right]).pairs == (Pair("1", "70", LIKENESS),)


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Pump"},
        {"title": ""},
        {"amount": Decimal("1500.51")},
        {"currency": "NOK"},
        {"currency": "XTS"},
        {"company": "501"},
        {"company": None},
        {"expected_close_on": AUTUMN},
        {"actual_close_on": AUTUMN},
    ],
)
def test_a_near_miss_is_no_match(other: dict[str, Value]) -> None:
    """One difference in what makes a deal is enough."""
    assert _records([a_sale()], [replace(an_opportunity(), values=opportunity_values(**other))]) == Matches(
        (), ()
    )


def test_records_without_a_title_match_nothing() -> None:
    """Two empty titles are no evidence."""
    assert _records([a_sale(title="")], [an_opportunity(title=None)]) == Matches((), ())


def test_amounts_match_as_far_as_the_left_can_hold_them() -> None:
    """A double on one side, nine decimals on the other."""
    left, right = a_sale(amount=Decimal("0.1")), an_opportunity(amount=Decimal("0.100000000"))

    assert len(_records([left], [right]).pairs) == 1


def test_closed_deals_match_by_the_day_they_closed() -> None:
    """The only date that a closed sale has."""
    right = an_opportunity(stage="18", actual_close_on=SPRING)

    assert len(_records([a_closed_sale()], [right]).pairs) == 1
    assert _records([a_closed_sale(actual_close_on=AUTUMN)], [right]).pairs == ()


def test_a_field_that_is_switched_off_is_no_evidence() -> None:
    """Deals then match without it."""
    mapping = a_mapping(a_spec(company=FieldRule(Direction.OFF)))

    assert len(match_records([a_sale(company="8")], [an_opportunity()], mapping).pairs) == 1


@pytest.mark.parametrize("twins_on", Side)
def test_twins_are_left_to_a_person(twins_on: Side) -> None:
    """One deal here and two alike there: nobody guesses, and all three say why."""
    left = [a_sale("5"), a_sale("10")] if twins_on is LEFT else [a_sale("5")]
    right = [an_opportunity("70")] if twins_on is LEFT else [an_opportunity("70"), an_opportunity("8")]

    matches = _records(left, right)

    ids = (("5", "10"), ("70",)) if twins_on is LEFT else (("5",), ("8", "70"))
    assert matches == Matches((), (Ambiguous(LIKENESS, *ids),))


def test_an_ambiguous_reason_names_the_candidates() -> None:
    """What a person needs to choose."""
    group = Ambiguous("stamp", ("5", "10"), ("70",))

    assert group.reason(LEFT) == "same stamp as ONLYOFFICE 70 (2 alike here): link the right one by hand"
    assert group.reason(RIGHT) == "same stamp as SuperOffice 5, 10: link the right one by hand"


def test_what_is_ambiguous_by_strong_evidence_is_not_matched_by_weak() -> None:
    """Two opportunities with the stamp of one sale stay a question, even if one looks exactly like it."""
    left = replace(a_sale("5"), stamp="s")
    right = [replace(an_opportunity("70"), stamp="s"), replace(an_opportunity("71", title="x"), stamp="s")]

    matches = _records([left], right)

    assert matches == Matches((), (Ambiguous("stamp", ("5",), ("70", "71")),))


def test_the_answer_is_in_order_of_ids() -> None:
    """Numbers as numbers, so that a plan reads the same every time (I6)."""
    lefts = [a_sale(str(number), title=f"t{number}") for number in (10, 9, 2)]
    rights = [an_opportunity(str(number + 50), title=f"t{number}") for number in (2, 10, 9)]
    named = [a_sale(name, title=name) for name in ("b", "a")], [an_opportunity(n, title=n) for n in "ab"]

    assert [pair.left_id for pair in _records(lefts, rights).pairs] == ["2", "9", "10"]
    assert [pair.left_id for pair in _records(*named).pairs] == ["a", "b"]


def test_questions_are_in_order_of_ids_too() -> None:
    """By the first record of the left that each is about."""
    lefts = [a_sale(str(number), title=f"t{number}") for number in (10, 9, 2)]
    rights = [an_opportunity(str(key), title=f"t{number}") for key, number in enumerate((2, 10, 9) * 2, 50)]

    groups = _records(lefts, rights).ambiguous

    assert [(group.left_ids, group.right_ids) for group in groups] == [
        (("2",), ("50", "53")),
        (("9",), ("52", "55")),
        (("10",), ("51", "54")),
    ]


@given(
    st.permutations(range(6)), st.permutations(range(6)), st.lists(st.integers(0, 2), min_size=6, max_size=6)
)
def test_order_of_reading_does_not_matter(left: list[int], right: list[int], titles: list[int]) -> None:
    """The same records in another order give the same answer, and nothing is used twice (I5, I6)."""
    sales = {i: a_sale(str(i), title=f"t{titles[i]}") for i in range(6)}
    deals = {i: an_opportunity(str(i), title=f"t{titles[i] if i % 2 else i}") for i in range(6)}

    matches = _records([sales[i] for i in left], [deals[i] for i in right])

    assert matches == _records([*sales.values()], [*deals.values()])
    for side in Side:
        paired = [pair.left_id if side is LEFT else pair.right_id for pair in matches.pairs]
        used = paired + [record_id for group in matches.ambiguous for record_id in group.ids(side)]
        assert len(used) == len(set(used))


# Companies


@pytest.mark.parametrize(
    ("left", "right", "tier"),
    [
        ({"partner_id": "70"}, {"name": "Else"}, "stamped id"),
        ({}, {"name": "Else", "partner_id": "5"}, "stamped id"),
        ({"org_number": "987 654 321"}, {"name": "Else", "org_number": "987654321"}, "organisation number"),
        ({"org_number": "no-12"}, {"name": "Else", "org_number": "NO12"}, "organisation number"),
        ({"org_number": "SE 123-456"}, {"name": "Else", "org_number": "123456 MVA"}, "organisation number"),
        ({"city": "Tromsø"}, {"city": " TROMSO "}, "name and city"),
        ({"city": "Bergen"}, {}, "name"),
        ({"department": "Oslo"}, {"name": "Fjord AS Oslo"}, "name"),
        ({"org_number": "1"}, {}, "name"),
    ],
)
def test_companies_match_by_the_best_evidence(left: dict[str, str], right: dict[str, str], tier: str) -> None:
    """Stamped id, organisation number, name and city, name."""
    matches = match_companies([a_company(LEFT, "5", **left)], [a_company(RIGHT, "70", **right)])

    assert matches == Matches((Pair("5", "70", tier),), ())


@pytest.mark.parametrize(
    "right",
    [
        {"name": "Fjord Eiendom AS"},
        {"name": "Fjordd AS"},
        {"name": ""},
        {"name": "!!!"},
        {"department": "Oslo"},
    ],
)
def test_near_names_are_no_match(right: dict[str, str]) -> None:
    """A name is equal or it is another company."""
    assert match_companies([a_company(LEFT, "5")], [a_company(RIGHT, "70", **right)]) == Matches((), ())


def test_a_short_number_counts_with_its_letters() -> None:
    """Fewer than six digits may be a number of many registers."""
    left, right = (
        a_company(LEFT, "5", "A", org_number="NO 12345"),
        a_company(RIGHT, "70", "B", org_number="SE 12345"),
    )

    assert match_companies([left], [right]) == Matches((), ())


def test_nameless_companies_match_nothing() -> None:
    """Two empty names are no evidence."""
    assert match_companies([a_company(LEFT, "5", "")], [a_company(RIGHT, "70", " ")]) == Matches((), ())


def test_different_organisation_numbers_contradict_an_equal_name() -> None:
    """Two companies of one name: a person must say so."""
    left, right = a_company(LEFT, "5", org_number="1"), a_company(RIGHT, "70", org_number="2")

    assert match_companies([left], [right]) == Matches((), (Ambiguous("name", ("5",), ("70",)),))


def test_the_city_tells_branches_apart() -> None:
    """Two of one name on both sides pair by city, not at random."""
    left = [a_company(LEFT, "5", city="Oslo"), a_company(LEFT, "6", city="Bergen")]
    right = [a_company(RIGHT, "70", city="Bergen"), a_company(RIGHT, "71", city="Oslo")]

    assert match_companies(left, right).pairs == (
        Pair("5", "71", "name and city"),
        Pair("6", "70", "name and city"),
    )


def test_one_name_twice_is_left_to_a_person() -> None:
    """Without a city nobody knows which branch is meant."""
    right = [a_company(RIGHT, "70", city="Bergen"), a_company(RIGHT, "71", city="Oslo")]

    matches = match_companies([a_company(LEFT, "5")], right)

    assert matches == Matches((), (Ambiguous("name", ("5",), ("70", "71")),))
