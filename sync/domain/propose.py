"""A mapping proposed from the lists of two systems, every row with its reason; it uses none of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sync.domain.currency_guess import CurrencyGuess, guess_currencies
from sync.domain.field_guess import FieldGuess, find_stamp, guess_fields
from sync.domain.model import CustomFieldInfo, Lists, Side, User
from sync.domain.owner_guess import DefaultOwner, OwnerGuess, default_owner, guess_owners
from sync.domain.owners import OwnerRule
from sync.domain.resolve import MappingSpec
from sync.domain.stage_guess import StageGuess, guess_stages
from sync.errors import Misconfigured

_USUAL_CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What `spec` makes of it is total: `resolve` accepts it for the same lists. `alone` are active users
    without a partner, `default_currency` is for amounts that have none."""

    stages: tuple[StageGuess, ...]
    currencies: tuple[CurrencyGuess, ...]
    owners: tuple[OwnerGuess, ...]
    defaults: Mapping[Side, DefaultOwner]
    alone: Mapping[Side, tuple[User, ...]]
    fields: tuple[FieldGuess, ...]
    stamps: Mapping[Side, CustomFieldInfo | None]
    default_currency: str

    def spec(self) -> MappingSpec:
        """Custom fields are for a person to switch on, so they are not in it."""
        owners = OwnerRule(
            {guess.left_word: guess.right_word for guess in self.owners},
            self.defaults[Side.LEFT].word,
            self.defaults[Side.RIGHT].word,
            by_name=False,
        )
        return MappingSpec(
            stages=tuple(guess.rule() for guess in self.stages),
            currencies={guess.name: guess.code for guess in self.currencies if guess.code},
            owners=owners,
        )


def propose(lists: Mapping[Side, Lists], accounts: Mapping[Side, str]) -> Proposal:
    """`accounts[side]`: user id of opsync's own account. `Misconfigured` where no mapping can be total."""
    left, right = lists[Side.LEFT], lists[Side.RIGHT]
    stages, problems = guess_stages(left.stages, right.stages)
    if problems:
        raise Misconfigured(problems)
    owners = guess_owners(left.users, right.users)
    paired = {
        Side.LEFT: {guess.left.key for guess in owners},
        Side.RIGHT: {guess.right.key for guess in owners},
    }
    alone = {
        side: tuple(user for user in lists[side].users if user.active and user.key not in paired[side])
        for side in Side
    }
    currencies = guess_currencies(left.currencies, right.currencies)
    return Proposal(
        tuple(stages),
        tuple(currencies),
        tuple(owners),
        {side: default_owner(lists[side], side, accounts[side]) for side in Side},
        alone,
        tuple(guess_fields(left, right)),
        {side: find_stamp(lists[side]) for side in Side},
        _default_currency(left, right, currencies),
    )


def _default_currency(left: Lists, right: Lists, guesses: list[CurrencyGuess]) -> str:
    """One that both sides have; no call reads ONLYOFFICE's own default back: onlyoffice.md 5.2."""
    known = {choice.key for choice in right.currencies}
    guessed = {guess.name: guess.code for guess in guesses}
    active = [choice.name for choice in left.currencies if choice.active]
    codes = [guessed.get(name, name.strip().upper()) for name in active]
    shared = [code for code in codes if code in known]
    return _USUAL_CURRENCY if _USUAL_CURRENCY in shared or not shared else shared[0]
