"""From the mapping a user wrote to one that is proven total: names become ids, gaps become refusals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sync.domain import model
from sync.domain.capacity import CAPACITIES, CUSTOM_CAPACITIES
from sync.domain.field import Field, Table, Unmapped
from sync.domain.mapping import Mapping as ResolvedMapping
from sync.domain.model import FieldKind, Lists, Side
from sync.domain.owners import OwnerRule, owner_table
from sync.domain.policy import Direction, Winner
from sync.domain.stages import StageRule, stage_table
from sync.errors import Misconfigured

Images = Mapping[Side, Mapping[str, str]]
NOBODY: Images = {side: {} for side in Side}


@dataclass(frozen=True, slots=True)
class Companies:
    """`images[side]`: partner on `side` of each company of the other side; `refusals`: why one has none."""

    images: Images
    refusals: Mapping[Side, Mapping[str, Unmapped]]


@dataclass(frozen=True, slots=True)
class FieldRule:
    direction: Direction = Direction.BOTH
    winner: Winner = Winner.ASK


@dataclass(frozen=True, slots=True)
class CustomRule:
    """A custom field bonded to one of the other side; `items` pairs list items left name → right text."""

    name: str
    kind: FieldKind
    rule: FieldRule = field(default_factory=FieldRule)
    items: Mapping[str, str] = field(default_factory=dict)
    left_key: str = ""


@dataclass(frozen=True, slots=True)
class MappingSpec:
    """What the user wrote. `fields` holds only the fields that differ from `default`."""

    stages: tuple[StageRule, ...] = ()
    fields: Mapping[str, FieldRule] = field(default_factory=dict)
    default: FieldRule = field(default_factory=FieldRule)
    currencies: Mapping[str, str] = field(default_factory=dict)
    owners: OwnerRule = field(default_factory=OwnerRule)
    customs: tuple[CustomRule, ...] = ()
    empty_title: str = "(no title)"

    def rule(self, name: str) -> FieldRule:
        # Persons pair by e-mail or name within their companies: worth having only where somebody asks for it.
        fallback = FieldRule(Direction.OFF) if name == model.PERSON else self.default
        return self.fields.get(name, fallback)


@dataclass(frozen=True, slots=True)
class Resolution:
    """A mapping that may be used, and what an operator should know about it."""

    mapping: ResolvedMapping
    notes: tuple[str, ...]


def resolve(
    spec: MappingSpec, left: Lists, right: Lists, companies: Companies, people: Images = NOBODY
) -> Resolution:
    """Raises `Misconfigured` with every missing or contradictory value at once.

    `people[side]` maps contact persons of the other side to their partners on `side`."""
    stages, problems = stage_table(spec.stages, left.stages, right.stages)
    owners, owner_problems, owner_notes = owner_table(spec.owners, left.users, right.users)
    currencies, currency_notes = _currency_table(spec, left, right)
    customs, custom_problems = _custom_tables(spec, left)
    if found := [*_switched_off(spec), *problems, *owner_problems, *custom_problems]:
        raise Misconfigured(found)
    tables = {
        model.STAGE: stages,
        model.OWNER: owners,
        model.CURRENCY: currencies,
        model.COMPANY: _company_table(companies),
        model.PERSON: Table("contact person", people, {}, "nobody alike works for that company"),
    }
    fields = [_field(spec, name, tables.get(name)) for name in model.FIELDS]
    fields += [_custom(rule, customs.get(rule.name)) for rule in spec.customs]
    states = {
        side: {stage.key: stage.state for stage in lists.stages}
        for side, lists in ((Side.LEFT, left), (Side.RIGHT, right))
    }
    lost = {Side.LEFT: "lost", Side.RIGHT: stages.images[Side.RIGHT]["lost"]}
    kept = tuple(field for field in fields if field.direction is not Direction.OFF)
    return Resolution(ResolvedMapping(kept, states, lost), (*owner_notes, *currency_notes))


def _switched_off(spec: MappingSpec) -> list[str]:
    """Neither system takes a new record without these: superoffice.md 3.6, onlyoffice.md 4.4."""
    needed = (model.TITLE, model.STAGE, model.CURRENCY, model.OWNER)
    off = [name for name in needed if spec.rule(name).direction is Direction.OFF]
    return [
        f'mapping.fields.{name}: cannot be "off", a new record needs it; use "create_only"' for name in off
    ]


def _field(spec: MappingSpec, name: str, table: Table | None) -> Field:
    rule, holds = spec.rule(name), CAPACITIES[name]
    if name == model.TITLE:
        holds = {**holds, Side.RIGHT: replace(holds[Side.RIGHT], blank=spec.empty_title)}
    return Field(name, rule.direction, rule.winner, holds, table, soft=name == model.PERSON)


def _custom(rule: CustomRule, table: Table | None) -> Field:
    name = model.CUSTOM + rule.name
    return Field(name, rule.rule.direction, rule.rule.winner, CUSTOM_CAPACITIES[rule.kind], table)


def _currency_table(spec: MappingSpec, left: Lists, right: Lists) -> tuple[Table, list[str]]:
    """SuperOffice names are free text (superoffice.md 4.5): the ISO code, or whatever the table says."""
    known = {choice.key for choice in right.currencies}
    codes = {
        choice.key: spec.currencies.get(choice.name, choice.name).strip().upper()
        for choice in left.currencies
    }
    to_right = {key: code for key, code in codes.items() if code in known}
    homely = sorted(left.currencies, key=lambda choice: (choice.active, choice.name.strip().upper() in known))
    to_left = {to_right[choice.key]: choice.key for choice in homely if choice.key in to_right}
    names = {choice.key: choice.name for choice in left.currencies if choice.active}
    notes = [
        f"currency {names[key]} of SuperOffice is unknown to ONLYOFFICE: sales in it will be parked"
        for key in codes
        if key in names and key not in to_right
    ]
    hint = "add it there, or map it under [mapping.currencies]"
    return Table("currency", {Side.LEFT: to_left, Side.RIGHT: to_right}, {}, hint), notes


def _company_table(companies: Companies) -> Table:
    hint = "link it with `opsync contacts link`, or let opsync create it ([companies] in the config)"
    return Table("company", companies.images, {}, hint, companies.refusals)


def _custom_tables(spec: MappingSpec, left: Lists) -> tuple[dict[str, Table], list[str]]:
    """List items pair by the names the user gave, then by equal name."""
    tables: dict[str, Table] = {}
    problems: list[str] = []
    infos = {info.key: info for info in left.custom_fields}
    for rule in (rule for rule in spec.customs if rule.kind is FieldKind.LIST):
        options = infos[rule.left_key].options if rule.left_key in infos else ()
        options = tuple(sorted(options, key=lambda option: option.active))  # the last of a name wins
        names = {option.name: option.key for option in options}
        problems += _unknown_items(rule, names)
        to_right = {option.key: rule.items.get(option.name, option.name) for option in options}
        to_left = {text: key for key, text in to_right.items()}
        images = {Side.LEFT: to_left, Side.RIGHT: to_right}
        tables[rule.name] = Table(f"item of {rule.name}", images, {}, "add it to the list, or to `items`")
    return tables, problems


def _unknown_items(rule: CustomRule, names: Iterable[str]) -> list[str]:
    unknown = set(rule.items) - set(names)
    return [f"mapping.custom.{rule.name}: SuperOffice has no list item {item!r}" for item in sorted(unknown)]
