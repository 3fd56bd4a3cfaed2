"""A proposed mapping as commented TOML, every guess marked; it proposes nothing itself."""

from collections.abc import Iterator

from sync.cli.toml_text import plain, quoted, setting, trailing
from sync.domain.field_guess import FieldGuess
from sync.domain.model import FieldKind, Side, Stage
from sync.domain.policy import Direction
from sync.domain.propose import Proposal
from sync.domain.stage_guess import StageGuess

_DIRECTIONS = {
    Direction.LEFT_TO_RIGHT: "superoffice_to_onlyoffice",
    Direction.RIGHT_TO_LEFT: "onlyoffice_to_superoffice",
}
_UNSTAMPED = {
    Side.LEFT: "its Number carries the mark",
    Side.RIGHT: "the last line of its description carries the mark",
}


def mapping_lines(proposal: Proposal) -> Iterator[str]:
    """Everything under [mapping]."""
    yield "[mapping]"
    yield setting("default_direction", "both")
    yield setting("default_policy", "ask", "both sides changed one field: a person decides")
    yield ""
    yield "# Each active stage of either side has an image on the other. Stages are named by id, which"
    yield "# survives a new title. Change what does not fit; `opsync check` proves that no stage is left out."
    for guess in proposal.stages:
        yield from _stage_lines(guess)
    yield from _currency_lines(proposal)
    yield from _owner_lines(proposal)
    yield from _field_lines(proposal)


def stamp_line(proposal: Proposal, side: Side) -> str:
    """The `stamp_field` of one side."""
    found = proposal.stamps[side]
    if found is not None:
        return setting("stamp_field", found.key, f"guess: the text field labelled {found.label}")
    remark = f'guess: no text field is labelled "Opsync link", so {_UNSTAMPED[side]}; better make one'
    return setting("stamp_field", "", remark)


def _stage_lines(guess: StageGuess) -> Iterator[str]:
    rule = guess.rule()
    yield ""
    yield f"[[mapping.stages]]{trailing(f'guess: {guess.reason}')}"
    if rule.rating:
        yield setting("status", rule.status)
        yield setting("rating", rule.rating, _named(guess.left))
    else:
        yield setting("status", rule.status, _named(guess.left))
    yield setting("stage", rule.stage, _named(guess.right))
    if guess.direction in _DIRECTIONS:
        yield setting("direction", _DIRECTIONS[guess.direction])


def _named(stage: Stage) -> str:
    return f"{stage.name} ({stage.probability} %)"


def _currency_lines(proposal: Proposal) -> Iterator[str]:
    yield ""
    yield "# SuperOffice currencies whose name is not an ISO code of ONLYOFFICE."
    yield "[mapping.currencies]"
    for guess in proposal.currencies:
        remark = f"guess: {guess.reason}"
        if guess.code:
            yield f"{quoted(guess.name)} = {quoted(guess.code)}{trailing(remark)}"
        elif guess.candidates:
            yield f"# {quoted(guess.name)} = {quoted(guess.candidates[0])}{trailing(remark)}"
        else:
            yield f"# {quoted(guess.name)} is not mapped{trailing(remark)}"


def _owner_lines(proposal: Proposal) -> Iterator[str]:
    yield ""
    yield "[mapping.owners]"
    for name, side in (("default_superoffice", Side.LEFT), ("default_onlyoffice", Side.RIGHT)):
        owner = proposal.defaults[side]
        own = f"guess: opsync's own account, {owner.name}, owns what nobody else can"
        nobody = (
            "guess: opsync's own account is not in the list of users; without a default such records wait"
        )
        yield setting(name, owner.word, own if owner.word else nobody)
    yield setting("by_name", False, "people are paired below; new ones by e-mail only")
    yield ""
    yield "[mapping.owners.table]"
    for guess in proposal.owners:
        remark = f"guess: {guess.reason}: {guess.left.name}, {guess.right.name}"
        yield f"{quoted(guess.left_word)} = {quoted(guess.right_word)}{trailing(remark)}"
    for side in Side:
        for user in proposal.alone[side]:
            yield f"# {side.label}: {plain(user.name)} ({plain(user.login)}) has no partner"


def _field_lines(proposal: Proposal) -> Iterator[str]:
    if proposal.fields:
        yield ""
        yield "# Custom fields with one label on both sides. Remove the # of those that shall be kept equal."
    for guess in proposal.fields:
        yield ""
        yield from (f"# {line}" for line in _custom_lines(guess))


def _custom_lines(guess: FieldGuess) -> Iterator[str]:
    yield f"[[mapping.custom]]{trailing(f'guess: both are labelled {guess.left.label}')}"
    yield setting("name", guess.name)
    yield setting("type", str(guess.left.kind))
    yield setting("superoffice", guess.left.key)
    yield setting("onlyoffice", guess.right.key, guess.right.label)
    if guess.left.kind is FieldKind.LIST and guess.strangers:
        pairs = ", ".join(f'{quoted(name)} = "…"' for name in guess.strangers)
        yield plain(f"# ONLYOFFICE's list lacks some items; name what they are there: items = {{ {pairs} }}")
