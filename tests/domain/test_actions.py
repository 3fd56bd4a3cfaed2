"""Actions as data: what they write, expect and how a refused one is recognised."""

from dataclasses import replace

from sync.domain.actions import Create, Delete, LinkPlan, Update, written
from sync.domain.link import LinkState
from sync.domain.merge import Change

from .builders import LEFT, RIGHT, a_link, a_sale

UPDATE = Update(
    RIGHT,
    "70",
    (Change("title", RIGHT, "a", "b"), Change("amount", RIGHT, None, 1, held=False)),
    "edited",
)
CREATE = Create(RIGHT, {"title": "b"}, a_sale(), "new")
DELETE = Delete(LEFT, "5", {"title": "a"}, "deleted")


def test_an_update_expects_only_what_the_side_showed() -> None:
    """A field the record does not show now cannot be checked before writing it."""
    assert UPDATE.expected == {"title": "a"}
    assert UPDATE.new == {"title": "b", "amount": 1}


def test_what_each_action_writes() -> None:
    """A deletion writes no values."""
    assert [written(action) for action in (CREATE, UPDATE, DELETE)] == [
        {"title": "b"},
        {"title": "b", "amount": 1},
        {},
    ]


def test_equal_writes_have_equal_fingerprints() -> None:
    """Reason and expectation do not count; side, kind and values do."""
    plan = LinkPlan(a_link(), (UPDATE,), (), LinkState.IN_SYNC, "")
    other_words = replace(plan, actions=(replace(UPDATE, reason="else", record_id="71"),))
    others = [replace(plan, actions=actions) for actions in ((), (CREATE,), (DELETE,), (UPDATE, DELETE))]
    other_value = replace(plan, actions=(replace(UPDATE, changes=UPDATE.changes[:1]),))

    assert plan.fingerprint == other_words.fingerprint
    assert len({each.fingerprint for each in (plan, other_value, *others)}) == 6
