"""The user's words become the domain's rules."""

from pathlib import Path

from sync.domain.model import FieldKind, Side
from sync.domain.policy import Direction, Removal, Revival, Winner
from sync.domain.resolve import FieldRule
from sync.domain.stages import StageRule
from sync.settings import Settings, load_settings
from sync.settings.mapping import Mapping
from tests.settings.build import a_config

WORDS = """
[mapping]
default_direction = "superoffice_to_onlyoffice"
default_policy = "onlyoffice"
empty_title = "?"
[[mapping.stages]]
status = "open"
rating = "Lead"
stage = "First"
direction = "onlyoffice_to_superoffice"
[mapping.fields.title]
policy = "superoffice"
[mapping.fields.amount]
direction = "fill_blank"
[mapping.currencies]
"Kroner" = "NOK"
[mapping.owners]
default_onlyoffice = "anna@example.com"
by_name = false
[mapping.owners.table]
"LARS" = "lars@example.com"
[[mapping.custom]]
name = "region"
type = "list"
superoffice = "SuperOffice:7"
onlyoffice = "Region"
direction = "both"
items = { "North" = "Nord" }
[policy]
first_link = "superoffice"
create_in_superoffice = false
deleted_in_superoffice = "delete"
deleted_in_onlyoffice = "close_as_lost"
edited_after_delete = "recreate"
"""


def loaded(folder: Path) -> Settings:
    return load_settings(a_config(folder, WORDS), {}).settings


def test_a_mapping_in_words_becomes_a_spec(tmp_path: Path) -> None:
    """Rows keep their order; what a row leaves open comes from the defaults."""
    spec = loaded(tmp_path).mapping.spec()

    default = FieldRule(Direction.LEFT_TO_RIGHT, Winner.RIGHT)
    assert spec.default == default
    assert spec.stages[1] == StageRule("open", "First", "Lead", Direction.RIGHT_TO_LEFT)
    assert spec.fields == {
        "title": FieldRule(Direction.LEFT_TO_RIGHT, Winner.LEFT),
        "amount": FieldRule(Direction.FILL_BLANK, Winner.RIGHT),
    }
    assert spec.currencies == {"Kroner": "NOK"}
    assert spec.owners.table == {"LARS": "lars@example.com"}
    assert (spec.owners.default_left, spec.owners.default_right) == ("", "anna@example.com")
    assert (spec.owners.by_name, spec.empty_title) == (False, "?")


def test_a_custom_field_knows_its_program_id(tmp_path: Path) -> None:
    """The engine finds list items by it."""
    (rule,) = loaded(tmp_path).mapping.spec().customs

    assert (rule.name, rule.kind, rule.left_key) == ("region", FieldKind.LIST, "SuperOffice:7")
    assert rule.rule == FieldRule(Direction.BOTH, Winner.RIGHT)
    assert rule.items == {"North": "Nord"}


def test_a_policy_in_words_becomes_rules_by_side(tmp_path: Path) -> None:
    """`deleted_in_superoffice` is about what the left side's deletion means."""
    rules = loaded(tmp_path).policy.rules()

    assert rules.first_link is Winner.LEFT
    assert rules.creates == {Side.LEFT: False, Side.RIGHT: True}
    assert rules.removals == {Side.LEFT: Removal.DELETE, Side.RIGHT: Removal.CLOSE_AS_LOST}
    assert rules.revival is Revival.RECREATE


def test_persons_stay_off_unless_said() -> None:
    """A field that is not named keeps the domain's own default."""
    spec = Mapping.model_validate({"stages": [{"status": "sold", "stage": "Closed"}]}).spec()

    assert spec.rule("person").direction is Direction.OFF
    assert spec.rule("title") == FieldRule(Direction.BOTH, Winner.ASK)
