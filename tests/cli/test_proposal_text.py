"""The written mapping is the proposed one, whatever stages, currencies and people are called."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from sync.cli.proposal_text import mapping_lines, stamp_line
from sync.domain.model import Choice, CustomFieldInfo, FieldKind, Lists, Stage, State, User
from sync.domain.propose import Proposal, propose
from sync.settings.mapping import Mapping
from tests.domain.builders import LEFT, RIGHT, STAGES, some_lists

NAMES = st.text(st.sampled_from('aB1 €"\\#=[]\n\x7f\u2028')) | st.sampled_from(["kr", "Euro", "ISK"])


@st.composite
def proposals(draw: st.DrawFn) -> Proposal:
    """Of two systems where everything has an ugly name."""
    return propose({LEFT: draw(_lists("open/")), RIGHT: draw(_lists(""))}, {LEFT: "1", RIGHT: "1"})


@st.composite
def _lists(draw: st.DrawFn, prefix: str) -> Lists:
    names = draw(st.lists(NAMES, min_size=1, max_size=4))
    side = LEFT if prefix else RIGHT
    stages = [Stage(f"{prefix}{key}", name, State.OPEN, key) for key, name in enumerate(names, 1)]
    closed = (stage for stage in STAGES[side] if stage.state is not State.OPEN)
    fields = (CustomFieldInfo(str(key), name, FieldKind.TEXT) for key, name in enumerate(names, 1))
    return Lists(
        (*stages, *closed),
        tuple(Choice(str(key), name) for key, name in enumerate(names, 1)),
        tuple(User(str(key), name, name, name or None) for key, name in enumerate(names, 1)),
        custom_fields=tuple(fields),
    )


@given(proposals())
def test_the_text_says_what_was_proposed(proposal: Proposal) -> None:
    """And settings understand it."""
    found = tomllib.loads("\n".join(mapping_lines(proposal)))
    spec = Mapping.model_validate(found["mapping"]).spec()

    assert list(found) == ["mapping"]
    assert spec.stages == proposal.spec().stages
    assert spec.currencies == proposal.spec().currencies
    assert spec.owners == proposal.spec().owners
    assert spec.customs == ()


@given(proposals())
def test_switched_on_fields_are_settings_too(proposal: Proposal) -> None:
    """Every commented-out row is a good one."""
    lines = list(mapping_lines(proposal))
    start = next((at for at, line in enumerate(lines) if line.startswith("# [[mapping.custom]]")), len(lines))
    text = "\n".join(line.removeprefix("# ") for line in lines[start:])

    rows = Mapping.model_validate({"stages": _any_stage(), **tomllib.loads(text).get("mapping", {})}).custom
    assert [(row.superoffice, row.onlyoffice) for row in rows] == [
        (guess.left.key, guess.right.key) for guess in proposal.fields
    ]


def _any_stage() -> list[dict[str, str]]:
    return [{"status": "sold", "stage": "1"}]


def test_a_missing_stamp_field_is_explained() -> None:
    """With what carries the mark instead."""
    proposal = propose({LEFT: some_lists(LEFT), RIGHT: some_lists(RIGHT)}, {LEFT: "1", RIGHT: "u1"})

    assert tomllib.loads(stamp_line(proposal, LEFT)) == {"stamp_field": ""}
    assert "its Number" in stamp_line(proposal, LEFT)
    assert "last line of its description" in stamp_line(proposal, RIGHT)
