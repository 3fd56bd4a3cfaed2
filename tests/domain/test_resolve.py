"""From what the user wrote to a mapping that is proven usable, or every reason why not."""

from decimal import Decimal

import pytest

from sync.domain import model
from sync.domain.field import Unmapped
from sync.domain.model import Choice, CustomFieldInfo, FieldKind, Lists, Side, State
from sync.domain.owners import OwnerRule
from sync.domain.policy import Direction, Winner
from sync.domain.resolve import Companies, CustomRule, FieldRule, MappingSpec, Resolution, resolve
from sync.domain.stages import StageRule
from sync.errors import Misconfigured

from .builders import COMPANIES, LEFT, RIGHT, STAGE_RULES, a_mapping, a_spec, some_lists

OPTIONS = (Choice("1", "Gold"), Choice("2", "Silver"))
CUSTOMS = (CustomFieldInfo("tier", "Tier", FieldKind.LIST, OPTIONS),)


def _resolve(spec: MappingSpec | None = None, left: Lists | None = None) -> Resolution:
    return resolve(spec or a_spec(), left or some_lists(LEFT), some_lists(RIGHT), COMPANIES)


def _with_customs(*customs: CustomRule, options: tuple[Choice, ...] = OPTIONS) -> Resolution:
    infos = (CustomFieldInfo("tier", "Tier", FieldKind.LIST, options),)
    return _resolve(MappingSpec(STAGE_RULES, customs=customs), some_lists(LEFT, custom_fields=infos))


def test_every_field_is_mapped_unless_switched_off() -> None:
    """All but the contact person, whose matching is not there yet."""
    names = [field.name for field in _resolve().mapping.fields]

    assert names == [name for name in model.FIELDS if name != model.PERSON]


def test_rules_of_a_field_beat_the_default() -> None:
    """The default applies to every field not named."""
    spec = MappingSpec(
        STAGE_RULES,
        {"amount": FieldRule(Direction.LEFT_TO_RIGHT, Winner.LEFT), "description": FieldRule(Direction.OFF)},
        FieldRule(winner=Winner.RIGHT),
    )

    mapping = _resolve(spec).mapping

    rules = {field.name: (field.direction, field.winner) for field in mapping.fields}
    assert rules["amount"] == (Direction.LEFT_TO_RIGHT, Winner.LEFT)
    assert rules["stage"] == (Direction.BOTH, Winner.RIGHT)
    assert "description" not in rules


def test_contact_persons_are_mapped_where_somebody_asks_for_it() -> None:
    """By the pairs given; a person without a partner is left out, and costs no other field anything."""
    people = {LEFT: {"p9": "9"}, RIGHT: {"9": "p9"}}
    spec = a_spec(person=FieldRule())
    mapping = resolve(spec, some_lists(LEFT), some_lists(RIGHT), COMPANIES, people).mapping

    person = mapping.field(model.PERSON)

    assert person is not None
    assert (person.image("9", RIGHT), person.image("p9", LEFT)) == ("p9", "9")
    assert person.image("8", RIGHT) == Unmapped(
        "contact person 8 of SuperOffice has no image in ONLYOFFICE: nobody alike works for that company"
    )
    assert [field.name for field in mapping.fields if field.soft] == ["person"]


def test_what_a_new_record_needs_cannot_be_off() -> None:
    """Every field without which nothing can be created is named."""
    needed = ("title", "stage", "currency", "owner")
    spec = MappingSpec(STAGE_RULES, {name: FieldRule(Direction.OFF) for name in needed})

    with pytest.raises(Misconfigured) as refused:
        _resolve(spec)

    assert [problem.split(":")[0] for problem in refused.value.problems] == [
        f"mapping.fields.{name}" for name in needed
    ]


def test_a_title_that_would_be_empty_gets_the_configured_one() -> None:
    """ONLYOFFICE refuses an empty title (onlyoffice.md 4.4)."""
    title = a_mapping(MappingSpec(STAGE_RULES, empty_title="(none)")).field(model.TITLE)

    assert title is not None
    assert (title.image("🎉", RIGHT), title.image("", LEFT)) == ("(none)", "")


def test_stage_meanings_and_the_lost_stages_are_known() -> None:
    """Deleted stages included: old records still have them."""
    mapping = _resolve().mapping

    assert mapping.lost == {LEFT: "lost", RIGHT: "19"}
    assert mapping.states[LEFT]["stalled"] is State.STALLED
    assert mapping.states[RIGHT]["18"] is State.WON


def test_companies_translate_by_their_links() -> None:
    """A company without a link says what to do."""
    company = _resolve().mapping.field(model.COMPANY)

    assert company is not None
    assert (company.image("7", RIGHT), company.image("500", LEFT)) == ("500", "7")
    assert company.image("8", RIGHT) == Unmapped(
        "company 8 of SuperOffice has no image in ONLYOFFICE: "
        "link it with `opsync contacts link`, or let opsync create it ([companies] in the config)"
    )


def test_a_company_may_say_itself_why_it_has_no_partner() -> None:
    """Better than any general hint."""
    refusal = Unmapped("company 8 waits for its name")
    companies = Companies(COMPANIES.images, {RIGHT: {"8": refusal}})

    company = a_mapping(companies=companies).field(model.COMPANY)

    assert company is not None
    assert company.image("8", RIGHT) is refusal


def test_every_problem_is_told_at_once() -> None:
    """Stages, owners and list items are checked together, before anything runs."""
    spec = MappingSpec(
        (*STAGE_RULES, StageRule("sold", "Nope")),
        owners=OwnerRule(default_left="nobody"),
        customs=(CustomRule("tier", FieldKind.LIST, items={"Bronze": "B"}, left_key="tier"),),
    )

    with pytest.raises(Misconfigured) as caught:
        _resolve(spec, some_lists(LEFT, custom_fields=CUSTOMS))

    said = str(caught.value)
    assert all(part in said for part in ("sold ↔ Nope", "default_left", "mapping.custom.tier", "'Bronze'"))


def test_every_unknown_list_item_is_told() -> None:
    """Of every field, in order."""
    customs = [
        CustomRule(name, FieldKind.LIST, items={"Gold": "G", "Tin": "T", "Bronze": "B"}, left_key="tier")
        for name in ("tier", "size")
    ]

    with pytest.raises(Misconfigured) as caught:
        _with_customs(*customs)

    assert [*caught.value.problems] == [
        f"mapping.custom.{name}: SuperOffice has no list item {item!r}"
        for name in ("tier", "size")
        for item in ("Bronze", "Tin")
    ]


# Currencies


def test_currencies_pair_by_code() -> None:
    """superoffice.md 4.5: the name is free text, usually the ISO code."""
    spec = MappingSpec(STAGE_RULES, currencies={"Kroner": "nok"})
    left = some_lists(LEFT, currencies=(Choice("1", " eur "), Choice("2", "Kroner")))

    currency = _resolve(spec, left).mapping.field(model.CURRENCY)

    assert currency is not None
    assert [currency.image(key, RIGHT) for key in ("1", "2")] == ["EUR", "NOK"]
    assert [currency.image(key, LEFT) for key in ("EUR", "NOK")] == ["1", "2"]


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_currencies_with_one_code_its_namesake_comes_back(order: int) -> None:
    """Two items are NOK over there; NOK comes back as the one of that name, whatever their order."""
    spec = MappingSpec(STAGE_RULES, currencies={"Kroner": "NOK"})
    left = some_lists(LEFT, currencies=(Choice("1", "NOK"), Choice("2", "Kroner"))[::order])

    currency = _resolve(spec, left).mapping.field(model.CURRENCY)

    assert currency is not None
    assert currency.image("NOK", LEFT) == "1"


def test_a_currency_without_an_image_says_what_to_do() -> None:
    """On the side where it is missing."""
    currency = _resolve().mapping.field(model.CURRENCY)

    assert currency is not None
    assert currency.image("43", RIGHT) == Unmapped(
        "currency 43 of SuperOffice has no image in ONLYOFFICE: "
        "add it there, or map it under [mapping.currencies]"
    )


def test_an_unknown_currency_is_noted_once() -> None:
    """Sales in it wait; a deleted one is nobody's worry."""
    left = some_lists(
        LEFT, currencies=(Choice("1", "EUR"), Choice("2", "ISK"), Choice("3", "DEM", active=False))
    )

    notes = _resolve(left=left).notes

    assert notes == ("currency ISK of SuperOffice is unknown to ONLYOFFICE: sales in it will be parked",)


@pytest.mark.parametrize("deleted_first", [True, False])
def test_the_way_back_to_a_currency_is_the_active_one(deleted_first: bool) -> None:
    """A currency deleted and made again has two ids; new sales get the living one."""
    both = [Choice("1", "EUR", active=False), Choice("2", "EUR")]
    left = some_lists(LEFT, currencies=tuple(both if deleted_first else reversed(both)))

    currency = _resolve(left=left).mapping.field(model.CURRENCY)

    assert currency is not None
    assert (currency.image("EUR", LEFT), currency.image("1", RIGHT)) == ("2", "EUR")


# Custom fields


def test_a_custom_field_has_its_own_rule_and_limits() -> None:
    """Named with the prefix, so that it never collides with a field of the product."""
    rule = CustomRule("score", FieldKind.NUMBER, FieldRule(Direction.LEFT_TO_RIGHT, Winner.LEFT))

    field = _with_customs(rule).mapping.field("custom:score")

    assert field is not None
    assert (field.direction, field.winner, field.table) == (Direction.LEFT_TO_RIGHT, Winner.LEFT, None)
    assert field.image(Decimal("1.10"), LEFT) == Decimal("1.1")


def test_list_items_pair_by_hand_then_by_name() -> None:
    """Left id ↔ right text."""
    rule = CustomRule("tier", FieldKind.LIST, items={"Gold": "Premium"}, left_key="tier")

    field = _with_customs(rule).mapping.field("custom:tier")

    assert field is not None
    assert [field.image(key, RIGHT) for key in ("1", "2")] == ["Premium", "Silver"]
    assert [field.image(text, LEFT) for text in ("Premium", "Silver")] == ["1", "2"]
    gap = field.image("Bronze", LEFT)
    assert gap == Unmapped(
        "item of tier Bronze of ONLYOFFICE has no image in SuperOffice: add it to the list, or to `items`"
    )


def test_a_list_field_the_left_does_not_have_has_no_items() -> None:
    """Every value then waits with a reason instead of being written somewhere."""
    field = _with_customs(CustomRule("size", FieldKind.LIST, left_key="size")).mapping.field("custom:size")

    assert field is not None
    assert isinstance(field.image("1", RIGHT), Unmapped)


def test_a_custom_field_switched_off_is_gone() -> None:
    """Like any other field."""
    rule = CustomRule("score", FieldKind.TEXT, FieldRule(Direction.OFF))

    assert _with_customs(rule).mapping.field("custom:score") is None


@pytest.mark.parametrize("deleted_first", [True, False])
def test_the_way_back_to_a_list_item_is_the_active_one(deleted_first: bool) -> None:
    """A deleted item of the same name is never written, whatever the order of the list."""
    both = [Choice("1", "Gold", active=False), Choice("9", "Gold")]
    options = tuple(both if deleted_first else reversed(both))

    field = _with_customs(CustomRule("tier", FieldKind.LIST, left_key="tier"), options=options).mapping.field(
        "custom:tier"
    )

    assert field is not None
    assert field.image("Gold", LEFT) == "9"


@pytest.mark.parametrize("side", Side)
def test_every_stage_meaning_comes_from_its_own_side(side: Side) -> None:
    """Keys of one side mean nothing on the other."""
    states = _resolve().mapping.states

    assert states[side].keys() == {stage.key for stage in some_lists(side).stages}
