"""The [mapping] section: the user's words made into the domain's; it checks nothing against a CRM."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from sync.domain.model import FieldKind
from sync.domain.owners import OwnerRule
from sync.domain.policy import Direction, Winner
from sync.domain.resolve import CustomRule, FieldRule, MappingSpec
from sync.domain.stages import StageRule
from sync.settings.section import Section

WINNERS = {"superoffice": Winner.LEFT, "onlyoffice": Winner.RIGHT, "ask": Winner.ASK}
_DIRECTIONS = {
    "superoffice_to_onlyoffice": Direction.LEFT_TO_RIGHT,
    "onlyoffice_to_superoffice": Direction.RIGHT_TO_LEFT,
}

Flow = Literal["both", "superoffice_to_onlyoffice", "onlyoffice_to_superoffice"]
FieldFlow = Literal[
    "both", "superoffice_to_onlyoffice", "onlyoffice_to_superoffice", "create_only", "fill_blank", "off"
]
WinnerWord = Literal["superoffice", "onlyoffice", "ask"]


def direction_of(word: str) -> Direction:
    return _DIRECTIONS.get(word) or Direction(word)


class StageRow(Section):
    """One [[mapping.stages]]: a SuperOffice status (with its stage while open) and an ONLYOFFICE stage."""

    status: Literal["open", "sold", "lost", "stalled"]
    stage: str = Field(min_length=1)
    rating: str = ""
    direction: Flow = "both"

    @model_validator(mode="after")
    def _open_has_a_rating(self) -> Self:
        if (self.status == "open") != bool(self.rating):
            raise ValueError("`rating` names the SuperOffice stage of an open sale, and only of an open one")
        return self

    def rule(self) -> StageRule:
        return StageRule(self.status, self.stage, self.rating, direction_of(self.direction))


class FieldRow(Section):
    """[mapping.fields.NAME]; what is not said comes from the defaults of [mapping]."""

    direction: FieldFlow | None = None
    policy: WinnerWord | None = None

    def rule(self, default: FieldRule) -> FieldRule:
        direction = direction_of(self.direction) if self.direction else default.direction
        return FieldRule(direction, WINNERS[self.policy] if self.policy else default.winner)


class Fields(Section):
    """One row per field that differs from the defaults."""

    title: FieldRow | None = None
    description: FieldRow | None = None
    amount: FieldRow | None = None
    currency: FieldRow | None = None
    probability: FieldRow | None = None
    stage: FieldRow | None = None
    expected_close_on: FieldRow | None = None
    actual_close_on: FieldRow | None = None
    owner: FieldRow | None = None
    company: FieldRow | None = None
    person: FieldRow | None = None

    def rules(self, default: FieldRule) -> dict[str, FieldRule]:
        rows: dict[str, FieldRow | None] = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: row.rule(default) for name, row in rows.items() if row is not None}


class Owners(Section):
    """[mapping.owners]: who owns a record on the other side."""

    default_superoffice: str = ""
    default_onlyoffice: str = ""
    by_name: bool = True
    table: dict[str, str] = Field(default_factory=dict)

    def rule(self) -> OwnerRule:
        return OwnerRule(self.table, self.default_superoffice, self.default_onlyoffice, self.by_name)


class CustomRow(Section):
    """One [[mapping.custom]]: a custom field of each side kept equal."""

    name: str = Field(pattern=r"^[A-Za-z0-9_-]+$")
    type: Literal["text", "number", "date", "checkbox", "list"]
    superoffice: str = Field(min_length=1)
    onlyoffice: str = Field(min_length=1)
    direction: FieldFlow | None = None
    policy: WinnerWord | None = None
    items: dict[str, str] = Field(default_factory=dict)

    @property
    def kind(self) -> FieldKind:
        return FieldKind(self.type)

    def rule(self, default: FieldRule) -> CustomRule:
        rule = FieldRow(direction=self.direction, policy=self.policy).rule(default)
        return CustomRule(self.name, self.kind, rule, self.items, self.superoffice)


class Mapping(Section):
    """[mapping]: how the values of one side become the other's."""

    default_direction: FieldFlow = "both"
    default_policy: WinnerWord = "ask"
    empty_title: str = Field(default="(no title)", min_length=1)
    stages: list[StageRow] = Field(default_factory=list, validate_default=True)
    fields: Fields = Field(default_factory=Fields)
    currencies: dict[str, str] = Field(default_factory=dict)
    owners: Owners = Field(default_factory=Owners)
    custom: list[CustomRow] = Field(default_factory=list)

    @field_validator("stages")
    @classmethod
    def _some_stages(cls, rows: list[StageRow]) -> list[StageRow]:
        if not rows:
            raise ValueError("needs at least one [[mapping.stages]] row per stage; `opsync check` lists them")
        return rows

    @field_validator("custom")
    @classmethod
    def _names_differ(cls, rows: list[CustomRow]) -> list[CustomRow]:
        names = [row.name for row in rows]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"has two rows named {', '.join(twice)}")
        return rows

    def spec(self) -> MappingSpec:
        default = FieldRule(direction_of(self.default_direction), WINNERS[self.default_policy])
        return MappingSpec(
            stages=tuple(row.rule() for row in self.stages),
            fields=self.fields.rules(default),
            default=default,
            currencies=self.currencies,
            owners=self.owners.rule(),
            customs=tuple(row.rule(default) for row in self.custom),
            empty_title=self.empty_title,
        )
