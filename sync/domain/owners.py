"""Who owns a record over there: by table, by e-mail, by full name, or the default."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sync.domain.field import Table
from sync.domain.model import Side, User


@dataclass(frozen=True, slots=True)
class OwnerRule:
    """`table` pairs SuperOffice login, e-mail or id with ONLYOFFICE e-mail, name or id. The defaults catch
    everybody without a partner. `by_name` also pairs equal, unambiguous full names."""

    table: Mapping[str, str] = field(default_factory=dict)
    default_left: str = ""
    default_right: str = ""
    by_name: bool = True


def owner_table(
    rule: OwnerRule, left: Iterable[User], right: Iterable[User]
) -> tuple[Table, list[str], list[str]]:
    """The table, what makes it unusable, and what an operator should know."""
    lefts, rights = list(left), list(right)
    pairs, problems = _pairs_by_hand(rule, lefts, rights)
    notes: list[str] = []
    _pair_by(lambda user: (user.email or "").casefold(), lefts, rights, pairs, set())
    if rule.by_name:
        taken = set(pairs.values())
        named = _pair_by(lambda user: user.name.casefold(), lefts, rights, pairs, taken)
        notes = [f"owner {name} was matched by name only; check it" for name in named]
    defaults, default_problems = _defaults(rule, lefts, rights)
    images = {Side.LEFT: _backward(pairs, lefts), Side.RIGHT: pairs}
    notes += _fallbacks(lefts, images[Side.RIGHT], defaults, Side.RIGHT)
    notes += _fallbacks(rights, images[Side.LEFT], defaults, Side.LEFT)
    hint = "add a pair to [mapping.owners.table], or a default owner"
    return Table("owner", images, defaults, hint), problems + default_problems, notes


def _pairs_by_hand(
    rule: OwnerRule, lefts: list[User], rights: list[User]
) -> tuple[dict[str, str], list[str]]:
    pairs: dict[str, str] = {}
    problems: list[str] = []
    for one, other in rule.table.items():
        left, right = _find(lefts, one), _find(rights, other)
        if left is None or right is None:
            side, name = (Side.LEFT, one) if left is None else (Side.RIGHT, other)
            problems.append(f"mapping.owners.table: {side.label} has no user {name!r}")
        else:
            pairs[left.key] = right.key
    return pairs, problems


def _find(users: list[User], wanted: str) -> User | None:
    wanted = wanted.casefold()
    for attribute in ("key", "email", "login", "name"):
        found = [user for user in users if (word := getattr(user, attribute)) and word.casefold() == wanted]
        if len(found) == 1:
            return found[0]
    return None


def _pair_by(
    key: Callable[[User], str],
    lefts: list[User],
    rights: list[User],
    pairs: dict[str, str],
    taken: set[str],
) -> list[str]:
    """Adds pairs with an equal, unique key among active users not paired or taken; tells their names."""
    free_left = _unique(key, (user for user in lefts if user.active and user.key not in pairs))
    free_right = _unique(key, (user for user in rights if user.active and user.key not in taken))
    found = [(user, free_right[name]) for name, user in free_left.items() if name in free_right]
    pairs.update({left.key: right.key for left, right in found})
    return [left.name for left, _ in found]


def _unique(key: Callable[[User], str], users: Iterable[User]) -> dict[str, User]:
    groups: dict[str, list[User]] = {}
    for user in users:
        groups.setdefault(key(user), []).append(user)
    return {name: group[0] for name, group in groups.items() if name and len(group) == 1}


def _backward(pairs: Mapping[str, str], lefts: list[User]) -> dict[str, str]:
    """Several left users may share one right user (by hand); the way back takes the first active one."""
    active = {user.key: user.active for user in lefts}
    backward: dict[str, str] = {}
    for left, right in sorted(pairs.items(), key=lambda pair: not active[pair[0]]):
        backward.setdefault(right, left)
    return backward


def _defaults(rule: OwnerRule, lefts: list[User], rights: list[User]) -> tuple[dict[Side, str], list[str]]:
    defaults: dict[Side, str] = {}
    problems: list[str] = []
    for side, users, wanted in (
        (Side.LEFT, lefts, rule.default_left),
        (Side.RIGHT, rights, rule.default_right),
    ):
        user = _find(users, wanted)
        if user is not None:
            defaults[side] = user.key
        elif wanted:
            problems.append(f"mapping.owners.default_{side}: {side.label} has no user {wanted!r}")
    return defaults, problems


def _fallbacks(
    users: list[User], images: Mapping[str, str], defaults: Mapping[Side, str], to: Side
) -> list[str]:
    alone = [user.name for user in users if user.active and user.key not in images]
    if not alone:
        return []
    fate = "get the default owner" if to in defaults else "will be parked (no default owner is set)"
    return [f"owners without a partner in {to.label}: {', '.join(alone)}; their records {fate}"]
