"""Prints the decision table from the code that decides; it decides nothing and invents no cell."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from sync.domain.actions import Action, Create, Delete, LinkPlan, Update
from sync.domain.link import HAND, Link, LinkState
from sync.domain.model import Side
from sync.domain.plan import Rules, plan_link
from sync.domain.policy import Policy, Removal, Revival, Winner
from tests.domain.builders import LEFT, RIGHT, a_link, a_mapping, half_a_link, removals
from tests.domain.sights import SIGHTS, THERE, a_sight

PAGE = Path(__file__).parents[2] / ".github" / "docs" / "decision-table.md"
MAPPING = a_mapping()
DEFAULT = Policy()

WORDS = {
    "same": "unchanged",
    "title": "title edited",
    "text": "description edited",
    "alien": "currency without an image",
    "locked": "unchanged, every field locked",
    "unseen": "not shown by a delta",
    "unreadable": "unreadable",
    "gone": "gone, seen twice",
    "gone?": "gone, seen once",
}
"""The sights of the tests, as the page calls them."""

_HEAD = """# The decision table

What opsync does about one link, for everything that a look at its two records can show. **This page is
printed from the code** (`make docs`), cell by cell, by asking `sync/domain/plan.py`; a test fails when the
two differ.

How to read it: a row is what SuperOffice shows, a column what ONLYOFFICE shows, each against what that side
held when both last agreed. A cell names the writes in order, then the state of the link afterwards. Where no
write is named, nothing is written.
"""
_SIGHTS_HEAD = """## What a look can show

| word | meaning |
|---|---|
| unchanged | every mapped field as when both last agreed |
| title edited | the title is another one; both edited: to different titles, which is a true conflict |
| description edited | the description is another one; both edited: to the same words, which is no conflict |
| currency without an image | the currency was set to one that the other side does not have |
| unchanged, every field locked | as `unchanged`, and this side lets nobody change it now (a quote owns it) |
| not shown by a delta | only changes were asked for, and this record was not among them |
| unreadable | its answer makes no sense, or another record was created under its number |
| gone, seen once | a direct read said that it is not there |
| gone, seen twice | so did a second one, `policy.gone_after_s` later |
"""


def page() -> str:
    """The whole text."""
    parts = [
        _HEAD,
        _SIGHTS_HEAD,
        "## A linked pair in sync, with the default policy\n",
        _table(a_link(), SIGHTS, SIGHTS, DEFAULT),
        *_removal_parts(),
        "## Two records that were just found to be the same deal\n",
        "Never compared before, so no past tells who edited what: `policy.first_link` decides where they\n"
        "differ. `edited` means here that the value is not the other side's.\n",
        *_first_link_parts(),
        "## A record without a partner\n",
        _half_table(),
        *_standing_parts(),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _removal_parts() -> Iterator[str]:
    yield "## A linked pair of which one is gone, by policy\n"
    yield (
        "One side is gone, seen so twice; the row is what the other side shows. `deleted_in_…` is the\n"
        "policy of the side that is gone; `edited_after_delete` applies where the partner was edited since.\n"
    )
    policies = {
        f"deleted_in_… = {removal}": Policy(removals=removals(removal, removal)) for removal in Removal
    } | {"edited_after_delete = recreate": Policy(revival=Revival.RECREATE)}
    rows = [(gone, sight) for gone in Side for sight in THERE]
    head = ["gone in", "the other side", *policies]
    yield _markdown(
        head,
        [
            [gone.label, WORDS[sight], *(_alone(gone, sight, policy) for policy in policies.values())]
            for gone, sight in rows
        ],
    )


def _alone(gone: Side, sight: str, policy: Policy) -> str:
    return _cell(a_link(), ("gone", sight) if gone is LEFT else (sight, "gone"), policy)


def _first_link_parts() -> Iterator[str]:
    shown = [sight for sight in THERE if sight not in ("unseen", "locked", "alien")]
    never = Link("link-1", "5", "70")
    for winner, word in ((Winner.ASK, "ask"), (Winner.LEFT, "superoffice"), (Winner.RIGHT, "onlyoffice")):
        yield f"`first_link = {word}`\n"
        yield _table(never, shown, shown, Policy(first_link=winner))


def _half_table() -> str:
    policies = {
        "may create": DEFAULT,
        "may not create": Policy(creates=dict.fromkeys(Side, False)),
    }
    rows = [
        [side.label, WORDS[sight], *(_half(side, sight, policy) for policy in policies.values())]
        for side in Side
        for sight in ("same", "alien", "unseen", "unreadable", "gone?", "gone")
    ]
    return _markdown(["record in", "what it shows", *policies], rows)


def _half(side: Side, sight: str, policy: Policy) -> str:
    """The side without a record has no sight; what stands there is never looked at."""
    sights = (sight, "unseen") if side is LEFT else ("unseen", sight)
    return _cell(half_a_link(side), sights, policy)


def _standing_parts() -> Iterator[str]:
    yield "## States that stand\n"
    quiet = [state for state in LinkState if _always(state, a_link(state=state))]
    by_hand = replace(a_link(state=LinkState.EXCLUDED), origin=HAND)
    stood = [*map(_spoken, quiet), *(["excluded by hand"] if _always(LinkState.EXCLUDED, by_hand) else [])]
    stands = _or(stood)
    yield f"A link that is {stands} stays so whatever either side shows, and nothing is written.\n"
    waiting = [state for state in LinkState if state not in quiet]
    alike = [state for state in waiting if _like_in_sync(state)]
    apart = [_spoken(state) for state in waiting if state not in alike]
    yield (
        f"A link that is {_or(map(_spoken, alike))} is decided like one in sync, cell by cell.\n"
        f"One in state {_or(apart)} writes the same, but stays as it is where the table says `in sync` and\n"
        "one side was not shown by a delta: what it waits for may be there.\n"
    )


def _always(state: LinkState, link: Link) -> bool:
    plans = [_plan(link, (left, right), DEFAULT) for left in SIGHTS for right in SIGHTS]
    return all(plan.state is state and not plan.actions for plan in plans)


def _like_in_sync(state: LinkState) -> bool:
    link = replace(a_link(), state=state, reason="because")
    return all(
        _cell(link, (left, right), DEFAULT) == _cell(a_link(), (left, right), DEFAULT)
        for left in SIGHTS
        for right in SIGHTS
    )


def _table(link: Link, rows: Iterable[str], columns: Iterable[str], policy: Policy) -> str:
    columns = list(columns)
    head = ["SuperOffice ↓ · ONLYOFFICE →", *(WORDS[sight] for sight in columns)]
    body = [
        [f"**{WORDS[row]}**", *(_cell(link, (row, column), policy) for column in columns)] for row in rows
    ]
    return _markdown(head, body)


def _markdown(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _plan(link: Link, sights: tuple[str, str], policy: Policy) -> LinkPlan:
    left, right = sights
    return plan_link(link, a_sight(left, LEFT), a_sight(right, RIGHT), Rules(MAPPING, policy))


def _cell(link: Link, sights: tuple[str, str], policy: Policy) -> str:
    """Writes in order, then the state; `looked at again` is what makes an absence believed or not."""
    plan = _plan(link, sights, policy)
    again = " (look again)" if plan.state is LinkState.PENDING and plan.gone else ""
    return "; ".join([*map(_write, plan.actions), f"_{_spoken(plan.state)}_{again}"])


def _write(action: Action) -> str:
    match action:
        case Update():
            return f"update {', '.join(change.field for change in action.changes)} in {action.side.label}"
        case Create():
            return f"create in {action.side.label}"
        case Delete():
            return f"delete in {action.side.label}"


def _spoken(state: LinkState) -> str:
    return str(state).replace("_", " ")


def _or(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def main() -> None:
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
