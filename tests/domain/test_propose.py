"""A proposal as a whole: what it says is what the product accepts, and what it cannot know it leaves open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.domain.model import Choice, CustomFieldInfo, FieldKind, Lists, User
from sync.domain.owners import OwnerRule
from sync.domain.propose import Proposal, propose
from sync.domain.resolve import MappingSpec, resolve
from sync.errors import Misconfigured

from .builders import COMPANIES, LEFT, RIGHT, USERS, some_lists

CODES = [Choice(code, code) for code in ("EUR", "NOK", "SEK", "DKK", "USD", "GBP")]
SEATS = (CustomFieldInfo("1", "Seats", FieldKind.TEXT),)
STAMP = CustomFieldInfo("2", "Opsync link", FieldKind.TEXT)
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


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("NOK", "EUR"), "EUR"),
        (("Kronor",), "SEK"),
        ((" nok ", "SEK"), "NOK"),
        (("Beads", "GBP"), "GBP"),
        (("Beads",), "EUR"),
        ((), "EUR"),
    ],
)
def test_the_default_currency_is_one_that_both_have(names: tuple[str, ...], code: str) -> None:
    """EUR where possible, as without a setting; else the first of SuperOffice's."""
    left = some_lists(LEFT, currencies=(*currencies(*names), Choice("99", "DKK", active=False)))

    assert proposed(left, some_lists(RIGHT, currencies=tuple(CODES))).default_currency == code


def test_the_proposal_says_what_a_person_would_write() -> None:
    """Stages and users by row, odd currencies by code, no pairing by name and no custom field."""
    left = some_lists(LEFT, currencies=tuple(currencies("Kronor", "Beads")), custom_fields=SEATS)
    right = some_lists(RIGHT, currencies=tuple(CODES), custom_fields=SEATS)

    proposal = proposed(left, right)

    assert proposal.spec() == MappingSpec(
        stages=tuple(guess.rule() for guess in proposal.stages),
        currencies={"Kronor": "SEK"},
        owners=OwnerRule(
            {"ADA": "ADA@example.com", "BO": "bo@example.com"}, "ADA", "ADA@example.com", by_name=False
        ),
    )
    assert len(proposal.stages) == 5


def test_fields_and_stamps_are_told_beside_the_mapping() -> None:
    """For a person to switch on."""
    left, right = some_lists(LEFT, custom_fields=(*SEATS, STAMP)), some_lists(RIGHT, custom_fields=SEATS)

    proposal = proposed(left, right)

    assert [row.name for row in proposal.fields] == ["seats"]
    assert proposal.stamps == {LEFT: STAMP, RIGHT: None}


def test_whoever_works_without_a_partner_is_named() -> None:
    """On both sides; whoever left is nobody's worry."""
    cy, dee = User("3", "Cy", "CY", None), User("u3", "Dee", "dee", None)
    gone = User("9", "Gone", "G", None, active=False)
    left, right = (
        some_lists(side, users=(*USERS[side], more, gone)) for side, more in ((LEFT, cy), (RIGHT, dee))
    )

    assert proposed(left, right).alone == {LEFT: (cy,), RIGHT: (dee,)}
