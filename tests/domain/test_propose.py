"""A proposal as a whole: what it says is what the product accepts, and what it cannot know it leaves open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.domain.currency_guess import guess_currencies
from sync.domain.field_guess import find_stamp, guess_fields
from sync.domain.model import Choice, CustomFieldInfo, FieldKind, Lists, Side, User
from sync.domain.owner_guess import guess_owners
from sync.domain.propose import Proposal, propose
from sync.domain.resolve import resolve
from sync.errors import Misconfigured

from .builders import COMPANIES, LEFT, RIGHT, some_lists

CODES = [Choice(code, code) for code in ("EUR", "NOK", "SEK", "DKK", "USD", "GBP")]
TEXT, NUMBER, LIST = FieldKind.TEXT, FieldKind.NUMBER, FieldKind.LIST
WORDS = st.sampled_from(["", "1", "Ada", "ada", "ADA BERG", "Ada Berg", "ada@example.com", "Bo", "u1"])


def proposed(left: Lists | None = None, right: Lists | None = None) -> Proposal:
    lists = {LEFT: left or some_lists(LEFT), RIGHT: right or some_lists(RIGHT)}
    return propose(lists, {LEFT: "1", RIGHT: "u1"})


def users(prefix: str) -> st.SearchStrategy[tuple[User, ...]]:
    rows = st.tuples(WORDS, WORDS, WORDS, st.booleans())
    return st.lists(rows, max_size=5).map(
        lambda found: tuple(
            User(f"{prefix}{key}", name, login, email or None, active)
            for key, (name, login, email, active) in enumerate(found, 1)
        )
    )


def currencies(*names: str) -> list[Choice]:
    return [Choice(str(key), name) for key, name in enumerate(names, 1)]


@given(left=users(""), right=users("u"), names=st.lists(st.text(max_size=5), max_size=4))
def test_what_is_proposed_is_accepted(
    left: tuple[User, ...], right: tuple[User, ...], names: list[str]
) -> None:
    """Whatever people and currencies are called; each pair joins whom it means."""
    lists = {
        LEFT: some_lists(LEFT, users=left, currencies=tuple(currencies(*names))),
        RIGHT: some_lists(RIGHT, users=right),
    }
    proposal = propose(lists, {LEFT: "1", RIGHT: "u1"})
    mapping = resolve(proposal.spec(), lists[LEFT], lists[RIGHT], COMPANIES).mapping

    owner = next(field.table for field in mapping.fields if field.name == "owner")
    assert owner is not None
    assert {row.left.key: row.right.key for row in proposal.owners}.items() <= owner.images[RIGHT].items()


def test_no_mapping_is_a_refusal() -> None:
    """With the reason, instead of a configuration that cannot work."""
    with pytest.raises(Misconfigured, match="ONLYOFFICE has no active open stage"):
        proposed(right=some_lists(RIGHT, stages=()))


def test_the_account_itself_is_the_default_owner() -> None:
    """It is the only user that surely exists; SuperOffice knows it by log-in, ONLYOFFICE by e-mail."""
    defaults = proposed().defaults

    assert (defaults[LEFT].word, defaults[RIGHT].word) == ("ADA", "ADA@example.com")


def test_an_account_outside_the_list_is_no_default() -> None:
    """A system user is nobody who could own a sale."""
    assert proposed(left=some_lists(LEFT, users=())).defaults[LEFT].word == ""


def test_people_pair_by_mail_then_by_name() -> None:
    """Whoever shares a name with somebody of the own side is left to a person."""
    left = [
        User("1", "Ada", "A", "ada@example.com"),
        User("2", "Bo Lie", "BO", None),
        User("3", "Twin", "T1", None),
        User("4", "Twin", "T2", None),
        User("5", "Gone", "G", None, active=False),
    ]
    right = [
        User(f"u{key}", name, "", mail)
        for key, name, mail in (
            (1, "Someone", "ADA@example.com"),
            (2, "bo  lie", None),
            (3, "Twin", None),
            (5, "Gone", None),
        )
    ]

    pairs = [(row.left.key, row.right.key, row.reason) for row in guess_owners(left, right)]
    assert pairs == [("1", "u1", "equal e-mail"), ("2", "u2", "equal name only")]


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("Norske kroner",), "NOK"),
        (("Kroner", "DKK"), ""),
        (("Kronor",), "SEK"),
        (("€",), "EUR"),
        (("NOK - norske kroner",), "NOK"),
        (("US Dollar",), "USD"),
        (("Kroner",), ""),
        (("Kroner", "NOK", "DKK"), ""),
        (("Euro", "EUR"), ""),
        (("ISK",), ""),
        (("Beads",), ""),
        (("NOK or SEK",), ""),
        (("kr", "NOK", "SEK"), ""),
        (("kr", "NOK", "SEK", "ISK"), ""),
    ],
)
def test_an_odd_currency_gets_a_code_only_when_its_name_means_one(names: tuple[str, ...], code: str) -> None:
    """Guessing wrong would turn one currency into another."""
    guess = guess_currencies(currencies(*names), CODES)[0]

    assert (guess.name, guess.code) == (names[0], code)


def test_codes_need_no_row() -> None:
    """Neither do deleted currencies."""
    rows = [*currencies("EUR", " nok "), Choice("9", "Kroner", active=False)]

    assert guess_currencies(rows, CODES) == []


def test_two_odd_names_never_share_a_code() -> None:
    """The second one is left to a person."""
    assert [row.code for row in guess_currencies(currencies("€", "Euro"), CODES)] == ["EUR", ""]


@pytest.mark.parametrize(("names", "code"), [(("NOK", "EUR"), "EUR"), (("Kronor",), "SEK"), ((), "EUR")])
def test_the_default_currency_is_one_that_both_have(names: tuple[str, ...], code: str) -> None:
    """EUR where possible, as without a setting."""
    left = some_lists(LEFT, currencies=tuple(currencies(*names)))

    assert proposed(left, some_lists(RIGHT, currencies=tuple(CODES))).default_currency == code


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


def test_names_of_pairs_differ() -> None:
    """Labels may become equal when only letters and digits are kept."""
    labels = ("A/B", "A-B", "Ω")
    left = with_fields(LEFT, *(field(f"s:{key}", label) for key, label in enumerate(labels)))
    right = with_fields(RIGHT, *(field(str(key), label) for key, label in enumerate(labels)))

    assert [row.name for row in guess_fields(left, right)] == ["a_b", "a_b_2", "field"]


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ((field("1", " opsync LINK "),), "1"),
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
