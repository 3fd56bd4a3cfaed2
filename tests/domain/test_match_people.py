"""Colleagues of one company: who is the same person over there."""

import pytest

from sync.domain.match import Ambiguous, Matches, Pair, match_people
from sync.domain.model import Person, Side

from .builders import LEFT, RIGHT


def a_person(side: Side, person_id: str, name: str = "Ada Berg", email: str = "") -> Person:
    return Person(side, person_id, "7" if side is LEFT else "500", name, email)


@pytest.mark.parametrize(
    ("left", "right", "tier"),
    [
        (("Ada", "ada@example.com"), ("Someone", " ADA@example.com"), "e-mail"),
        (("Ada  Bérg", ""), ("ADA BERG", ""), "name"),
        (("Ada", "ada@example.com"), ("ada", "berg@example.com"), "name"),
        (("Ada", "ada@example.com"), ("ada", ""), "name"),
    ],
)
def test_people_match_by_the_best_evidence(left: tuple[str, str], right: tuple[str, str], tier: str) -> None:
    """The address, then the full name; one person may have several addresses."""
    matches = match_people([a_person(LEFT, "5", *left)], [a_person(RIGHT, "70", *right)])

    assert matches == Matches((Pair("5", "70", tier),), ())


@pytest.mark.parametrize("right", [("Ada", ""), ("", ""), ("Ada Bergs", "ada@example.com")])
def test_another_name_is_another_person(right: tuple[str, str]) -> None:
    """And nobody has no name and no address in common."""
    assert match_people([a_person(LEFT, "5"), a_person(LEFT, "6", "")], [a_person(RIGHT, "70", *right)]) == (
        Matches((), ())
    )


def test_an_address_beats_a_name() -> None:
    """Two of one name are told apart by their addresses."""
    left = [a_person(LEFT, "5", email="a@example.com"), a_person(LEFT, "6", email="b@example.com")]
    right = [a_person(RIGHT, "70", email="b@example.com"), a_person(RIGHT, "71", email="a@example.com")]

    assert match_people(left, right).pairs == (Pair("5", "71", "e-mail"), Pair("6", "70", "e-mail"))


def test_everybody_alike_is_told_by_side() -> None:
    """Paired or not yet decided: all of them have somebody over there."""
    left = [a_person(LEFT, "5"), a_person(LEFT, "6", "Bo"), a_person(LEFT, "7", "Cy")]
    right = [a_person(RIGHT, "70"), a_person(RIGHT, "71"), a_person(RIGHT, "72", "Cy")]

    matches = match_people(left, right)

    assert matches == Matches((Pair("7", "72", "name"),), (Ambiguous("name", ("5",), ("70", "71")),))
    assert matches.ids(LEFT) == {"5", "7"}
    assert matches.ids(RIGHT) == {"70", "71", "72"}
    assert match_people([], []).ids(LEFT) == frozenset()
