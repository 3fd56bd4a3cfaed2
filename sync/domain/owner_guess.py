"""Proposes which users of the two systems are the same person; people without a partner are left alone."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sync.domain.model import Lists, Side, User

_WORDS: Mapping[Side, tuple[str, ...]] = {Side.LEFT: ("login", "email"), Side.RIGHT: ("email",)}
"""What a row names a user by, in this order; the id where none of these means only them."""


@dataclass(frozen=True, slots=True)
class OwnerGuess:
    """Two users that seem to be one person, and the words by which `[mapping.owners.table]` finds them."""

    left: User
    right: User
    left_word: str
    right_word: str
    reason: str


@dataclass(frozen=True, slots=True)
class DefaultOwner:
    """Who owns what nobody else can own; `word` is empty where that user is not in the side's list."""

    word: str
    name: str


def guess_owners(left: Iterable[User], right: Iterable[User]) -> list[OwnerGuess]:
    """By e-mail, then by full name, among active users; a key that two people share pairs nobody."""
    everybody = {Side.LEFT: list(left), Side.RIGHT: list(right)}
    pairs: list[tuple[User, User, str]] = []
    for key, reason in ((_email, "equal e-mail"), (_name, "equal name only")):
        free = {
            side: [user for user in users if user.active and not _is_in(user, side, pairs)]
            for side, users in everybody.items()
        }
        lefts, rights = _by(key, free[Side.LEFT]), _by(key, free[Side.RIGHT])
        pairs += [(user, rights[word], reason) for word, user in lefts.items() if word in rights]
    return [
        OwnerGuess(one, other, _word(one, everybody, Side.LEFT), _word(other, everybody, Side.RIGHT), reason)
        for one, other, reason in pairs
    ]


def default_owner(lists: Lists, side: Side, user_id: str) -> DefaultOwner:
    """The account that opsync logs in with."""
    found = next((user for user in lists.users if user.key == user_id and user.active), None)
    if found is None:
        return DefaultOwner("", "")
    return DefaultOwner(_word(found, {side: list(lists.users)}, side), found.name)


def _is_in(user: User, side: Side, pairs: Iterable[tuple[User, User, str]]) -> bool:
    return user.key in {(one if side is Side.LEFT else other).key for one, other, _ in pairs}


def _email(user: User) -> str:
    """A log-in that is an e-mail address counts as one: SuperOffice has no other place for it.

    superoffice.md 4.9 (seen 2026-11-22)"""
    return (user.email or (user.login if "@" in user.login else "")).strip().casefold()


def _name(user: User) -> str:
    return " ".join(user.name.casefold().split())


def _by(key: Callable[[User], str], users: Iterable[User]) -> dict[str, User]:
    groups: dict[str, list[User]] = {}
    for user in users:
        groups.setdefault(key(user), []).append(user)
    return {word: group[0] for word, group in groups.items() if word and len(group) == 1}


def _word(user: User, everybody: Mapping[Side, list[User]], side: Side) -> str:
    """Something readable that means this user and nobody else, or the id."""
    for attribute in _WORDS[side]:
        word: str | None = getattr(user, attribute)
        if word and [one.key for one in everybody[side] if _is_called(one, word)] == [user.key]:
            return word
    return user.key


def _is_called(user: User, word: str) -> bool:
    names = (user.key, user.email, user.login, user.name)
    return word.casefold() in {name.casefold() for name in names if name}
