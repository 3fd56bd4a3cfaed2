"""Who owns a record over there: by hand, by e-mail, by name, by default."""

from dataclasses import replace

import pytest

from sync.domain.field import Table, Unmapped
from sync.domain.model import Side, User
from sync.domain.owners import OwnerRule, owner_table

from .builders import LEFT, RIGHT, USERS

ADA, BO = USERS[LEFT]
ADA_THERE, BO_THERE = USERS[RIGHT]
PARKED = "their records will be parked (no default owner is set)"
CY = User("3", "Cy Dahl", "CY", None)
CY_THERE = User("u3", "cy dahl", "cyd", "cy@example.com")


def _table(
    rule: OwnerRule | None = None,
    left: tuple[User, ...] = (ADA, BO),
    right: tuple[User, ...] = (ADA_THERE, BO_THERE),
) -> tuple[Table, list[str], list[str]]:
    return owner_table(rule or OwnerRule(), left, right)


def test_users_pair_by_email_whatever_its_case() -> None:
    """Nothing to configure and nothing to tell."""
    table, problems, notes = _table()

    assert (table.images[RIGHT], table.images[LEFT]) == ({"1": "u1", "2": "u2"}, {"u1": "1", "u2": "2"})
    assert problems == notes == []


def test_equal_names_pair_with_a_word_of_caution() -> None:
    """Where an e-mail is hidden, the full name decides and the operator is told."""
    table, _, notes = _table(left=(CY,), right=(CY_THERE,))

    assert table.images[RIGHT] == {"3": "u3"}
    assert notes == ["owner Cy Dahl was matched by name only; check it"]


def test_names_are_ignored_when_told_so() -> None:
    """Then the two users stay alone, and both sides say so."""
    table, _, notes = _table(OwnerRule(by_name=False), (CY,), (CY_THERE,))

    assert table.images[RIGHT] == {}
    assert notes == [
        f"owners without a partner in ONLYOFFICE: Cy Dahl; {PARKED}",
        f"owners without a partner in SuperOffice: cy dahl; {PARKED}",
    ]


def test_users_without_an_address_have_none_in_common() -> None:
    """Nor does an address belong to somebody who left over there."""
    there = (BO_THERE, replace(ADA_THERE, active=False))

    hidden, _, _ = _table(
        OwnerRule(by_name=False), (replace(ADA, email=None),), (replace(BO_THERE, email=None),)
    )
    gone, _, _ = _table(OwnerRule(by_name=False), right=there)

    assert hidden.images[RIGHT] == {}
    assert gone.images[RIGHT] == {"2": "u2"}


def test_everybody_alone_is_named() -> None:
    """In the order of the list."""
    _, _, notes = _table(left=(ADA, CY, replace(CY, key="4", name="Dee")))

    assert notes == [
        f"owners without a partner in ONLYOFFICE: Cy Dahl, Dee; {PARKED}",
        f"owners without a partner in SuperOffice: Bo Lie; {PARKED}",
    ]


@pytest.mark.parametrize("twin", ["name", "email"])
def test_twins_are_never_guessed(twin: str) -> None:
    """Two users with one e-mail or one name on a side pair with nobody."""
    double = replace(ADA, key="9", email="x@example.com" if twin == "name" else ADA.email)
    left = (replace(ADA, email=None), replace(double, email=None)) if twin == "name" else (ADA, double)

    table, _, _ = _table(left=left, right=(ADA_THERE,))

    assert table.images[RIGHT] == {}


def test_users_who_left_pair_only_by_hand() -> None:
    """An inactive user is no partner by chance."""
    gone = replace(ADA, active=False)

    by_chance, _, notes = _table(left=(gone,), right=(ADA_THERE,))
    by_hand, problems, _ = _table(OwnerRule({"ADA": "ada@example.com"}), (gone,), (ADA_THERE,))

    assert by_chance.images[RIGHT] == {}
    assert notes == [f"owners without a partner in SuperOffice: Ada Berg; {PARKED}"]
    assert (by_hand.images[RIGHT], problems) == ({"1": "u1"}, [])


@pytest.mark.parametrize("left", ["1", "ada", "ADA@example.com", "ada berg"])
@pytest.mark.parametrize("right", ["u2", "bo@example.com", "BO", "Bo Lie"])
def test_the_table_takes_any_name_of_a_user(left: str, right: str) -> None:
    """Id, e-mail, login or full name, in any case; the hand beats the e-mail."""
    table, problems, _ = _table(OwnerRule({left: right}))

    assert problems == []
    assert table.images[RIGHT]["1"] == "u2"


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ({"nobody": "u1"}, "mapping.owners.table: SuperOffice has no user 'nobody'"),
        ({"1": "nobody"}, "mapping.owners.table: ONLYOFFICE has no user 'nobody'"),
        ({"": "u1"}, "mapping.owners.table: SuperOffice has no user ''"),
    ],
)
def test_an_unknown_user_is_named(pair: dict[str, str], said: str) -> None:
    """With the side that does not have him."""
    assert _table(OwnerRule(pair))[1] == [said]


def test_defaults_catch_everybody_else() -> None:
    """Records of users without a partner get the default owner, and the operator knows."""
    rule = OwnerRule(default_left="BO", default_right="bo@example.com")

    table, problems, notes = _table(rule, (ADA, BO, CY))

    assert problems == []
    assert (table.image("3", RIGHT), table.image("gone long ago", LEFT)) == ("u2", "2")
    assert notes == ["owners without a partner in ONLYOFFICE: Cy Dahl; their records get the default owner"]


def test_without_a_default_an_unknown_owner_has_no_image() -> None:
    """The reason says where to add him."""
    image = _table()[0].image("77", RIGHT)

    assert image == Unmapped(
        "owner 77 of SuperOffice has no image in ONLYOFFICE: "
        "add a pair to [mapping.owners.table], or a default owner"
    )


@pytest.mark.parametrize("side", Side)
def test_an_unknown_default_is_a_problem(side: Side) -> None:
    """Named with the setting that holds it."""
    rule = OwnerRule(default_left="nobody") if side is LEFT else OwnerRule(default_right="nobody")

    assert _table(rule)[1] == [f"mapping.owners.default_{side}: {side.label} has no user 'nobody'"]


def test_the_way_back_from_a_shared_user_leads_to_somebody_active() -> None:
    """Two sellers there, one account here: its records go to the one who still works."""
    rule = OwnerRule({"ADA": "u1", "BO": "u1"})

    table, _, _ = _table(rule, (replace(ADA, active=False), BO))

    assert table.images[RIGHT] == {"1": "u1", "2": "u1"}
    assert table.images[LEFT] == {"u1": "2"}


def test_inheriting_a_colleagues_records_does_not_cost_the_own_partner() -> None:
    """Ada left and Bo got her records by hand: Bo himself still pairs with his own account."""
    rule = OwnerRule({"ADA": "bo@example.com"})

    table, _, _ = _table(rule, (replace(ADA, active=False), BO))

    assert table.images[RIGHT] == {"1": "u2", "2": "u2"}
    assert table.images[LEFT] == {"u2": "2"}
