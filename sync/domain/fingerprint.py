"""Short texts that are equal exactly when a mapping, or what a plan rests on, is equal. Pure."""

from collections.abc import Sequence
from hashlib import sha256

from sync.domain.actions import LinkPlan
from sync.domain.field import Field
from sync.domain.model import COMPANY, PERSON, Side, Values
from sync.domain.plan import Rules
from sync.domain.resolve import MappingSpec

_LIVING = frozenset({COMPANY, PERSON})
"""Fields whose tables grow with the data; they do not count as a change of the mapping."""


def of_rules(rules: Rules) -> str:
    """Every field with its way, winner and values, and the policy."""
    fields = [_field(field) for field in sorted(rules.mapping.fields, key=lambda field: field.name)]
    policy = rules.policy
    parts = [
        fields,
        str(policy.first_link),
        str(policy.revival),
        sorted((side, str(removal)) for side, removal in policy.removals.items()),
        sorted(policy.creates.items()),
    ]
    return _digest(parts)


def of_spec(spec: MappingSpec) -> str:
    """The mapping as the user wrote it: a new user or list item of a CRM does not change it."""
    return _digest([_plain_spec(spec)])


def of_plan(plan: LinkPlan) -> str:
    """The records, their bases, what was seen of them and what is to be written: if any of it moves, the plan
    is another one."""
    link = plan.link
    seen = [(side, _values(plan.seen.get(side))) for side in Side]
    bases = [(side, _values(link.base(side))) for side in Side] if link.whole else []
    return _digest([link.left_id, link.right_id, bases, seen, plan.fingerprint, str(plan.state)])


def _field(field: Field) -> list[object]:
    images: object = None
    if field.table is not None and field.name not in _LIVING:
        images = [(side, sorted(field.table.images[side].items())) for side in Side]
        images = [images, sorted(field.table.defaults.items())]
    return [field.name, str(field.direction), str(field.winner), images]


def _values(values: Values | None) -> list[tuple[str, str]] | None:
    return None if values is None else sorted((name, _text(value)) for name, value in values.items())


def _text(value: object) -> str:
    return f"{type(value).__name__}:{value}"


def _digest(parts: Sequence[object]) -> str:
    return sha256(repr(_plain(parts)).encode()).hexdigest()


def _plain(part: object) -> object:
    """Enums as their text, so that the digest does not depend on how Python prints them."""
    if isinstance(part, str):
        return str(part)
    if isinstance(part, list | tuple):
        return [_plain(item) for item in part]
    return part


def _plain_spec(spec: MappingSpec) -> list[object]:
    fields = [(name, rule.direction, rule.winner) for name, rule in sorted(spec.fields.items())]
    customs = [
        (
            rule.name,
            rule.kind,
            rule.rule.direction,
            rule.rule.winner,
            sorted(rule.items.items()),
            rule.left_key,
        )
        for rule in spec.customs
    ]
    owners = (sorted(spec.owners.table.items()), spec.owners.default_left, spec.owners.default_right)
    stages = [(rule.status, rule.rating, rule.stage, rule.direction) for rule in spec.stages]
    default = (spec.default.direction, spec.default.winner)
    return [stages, fields, default, sorted(spec.currencies.items()), owners, customs, spec.empty_title]
