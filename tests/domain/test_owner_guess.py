"""Which users seem to be one person, and the words that mean them and nobody else."""

import pytest

from sync.domain.model import Lists, Side, User
from sync.domain.owner_guess import DefaultOwner, default_owner, guess_owners

from .builders import LEFT, RIGHT, USERS, some_lists

ADA, BO = USERS[LEFT]


def pairs(left: list[User], right: list[User]) -> list[tuple[str, str, str]]:
    return [(row.left.key, row.right.key, row.reason) for row in guess_owners(left, right)]


def words(left: list[User], right: list[User]) -> list[tuple[str, str]]:
    return [(row.left_word, row.right_word) for row in guess_owners(left, right)]


def test_people_pair_by_mail_then_by_name() -> None:
    """Whoever shares a name with somebody of the own side is left to a person."""
    left = [
        User("1", "Ada", "A", "ada@example.com"),
        User("2", "Bo Lie", "BO", None),
        User("3", "Twin", "T1", None),
        User("4", "Twin", "T2", None),
        User("5", "Gone", "G", None, active=False),
        User("6", "", "X", None),
    ]
    right = [
        User(f"u{key}", name, "", mail)
        for key, name, mail in (
            (1, "Someone", "ADA@example.com"),
            (2, "bo  lie", None),
            (3, "Twin", None),
            (5, "Gone", None),
            (6, "", None),
        )
    ]

    assert pairs(left, right) == [("1", "u1", "equal e-mail"), ("2", "u2", "equal name only")]


@pytest.mark.parametrize("inactive", Side)
def test_whoever_left_is_nobodys_partner(inactive: Side) -> None:
    """On either side, by e-mail or by name."""
    left = [User("1", "Ada", "A", "ada@example.com", inactive is RIGHT)]
    right = [User("u1", "Ada", "A", "ada@example.com", inactive is LEFT)]

    assert pairs(left, right) == []


def test_who_is_paired_by_mail_is_not_paired_again_by_name() -> None:
    """Ids are each side's own: user 1 here says nothing about user 1 there."""
    left = [User("1", "Ada", "", "ada@example.com"), User("2", "Bo", "", None)]
    right = [User("2", "Cy", "", "ada@example.com"), User("1", "Bo", "", None), User("3", "Ada", "", None)]

    assert pairs(left, right) == [("1", "2", "equal e-mail"), ("2", "1", "equal name only")]


@pytest.mark.parametrize(
    ("login", "mail", "paired"),
    [
        ("Ada@Example.com", None, True),
        ("other@example.com", " ADA@example.com ", True),
        ("ada@example.com", "other@example.com", False),
        ("ada", None, False),
    ],
)
def test_a_log_in_that_is_an_address_counts_as_one(login: str, mail: str | None, paired: bool) -> None:
    """superoffice.md 4.9: there is no other place for it; an address of its own comes first."""
    left, right = User("1", "Ada", login, mail), User("u1", "A. Berg", "", "ada@example.com")

    assert bool(pairs([left], [right])) is paired


def test_log_ins_that_are_no_addresses_pair_nobody() -> None:
    """ADA over there may be somebody else, and two without any address have none in common."""
    assert pairs([User("1", "Ada", "ADA", None)], [User("u1", "Ada Berg", "ADA", None)]) == []


def test_a_row_names_people_by_what_is_theirs_alone() -> None:
    """SuperOffice by log-in, then e-mail; ONLYOFFICE by e-mail; the id where that means two people."""
    mails = ("ada@example.com", "bo@example.com", "cy@example.com")
    left = [
        User("1", "Ada", "ADA", mails[0]),
        User("2", "Bo", "", mails[1]),
        User("3", "Cy", "CYD", mails[2]),
        User("4", "cyd", "X", None),
    ]
    right = [User(f"u{key}", f"n{key}", "", mail) for key, mail in enumerate(mails, 1)]
    namesake = User("u4", "BO@example.com", "", None)

    assert words(left, [*right, namesake]) == [("ADA", mails[0]), (mails[1], "u2"), (mails[2], mails[2])]


def test_only_the_id_is_left_where_every_word_is_shared() -> None:
    """Also with somebody who left: the configuration looks among all."""
    left = [User("1", "Ada Berg", "ADA", None), User("2", "x", "ada", None, active=False)]
    right = [User("u1", "Ada Berg", "ada", None)]

    assert words(left, right) == [("1", "u1")]


@pytest.mark.parametrize(
    ("user_id", "default"),
    [("1", DefaultOwner("ADA", "Ada Berg")), ("2", DefaultOwner("BO", "Bo Lie"))],
)
def test_the_default_owner_is_the_account_itself(user_id: str, default: DefaultOwner) -> None:
    """By the word that means it, with its name for a person to read."""
    assert default_owner(some_lists(LEFT), LEFT, user_id) == default


@pytest.mark.parametrize("users", [(), (BO,), (User("1", "Ada", "ADA", None, active=False), BO)])
def test_an_account_outside_the_list_owns_nothing(users: tuple[User, ...]) -> None:
    """Nor does one that is switched off."""
    lists: Lists = some_lists(LEFT, users=users)

    assert default_owner(lists, LEFT, "1") == DefaultOwner("", "")
