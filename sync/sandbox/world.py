"""Makes a seeded, reproducible world for both servers; it must not know how a vendor stores it."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sync.sandbox import company_names, deal_texts
from sync.sandbox.seeds import SeedCompany, SeedDeal, SeedPerson, SeedUser, World

__all__ = ["SeedCompany", "SeedDeal", "SeedPerson", "SeedUser", "World", "make_world"]

BEGAN_AT = datetime(2025, 6, 2, 7, 30, tzinfo=UTC)  # a fixed start, so that one seed makes one world for ever
CURRENCIES = ("EUR", "USD", "NOK", "SEK", "DKK", "GBP")
STEP_PROBABILITIES = (5, 10, 25, 40, 50, 70, 90)
_CITIES = ("Oslo", "Bergen", "Tromsø", "Malmö", "Aarhus", "København", "Hamburg", "Zürich")
_USERS = (
    ("sync", "Sync", "Account"),
    ("anna", "Anna", "Berg"),
    ("lars", "Lars", "Ødegård"),
    ("ingrid", "Ingrid", "Sæther"),
    ("jose", "José", "Núñez"),
    ("maja", "Maja", "O'Neill"),
    ("petra", "Petra", "Right-Only"),
)


def make_world(*, companies: int, sales: int, seed: int, ambiguous: int = 0) -> World:
    """The same arguments give the same world; `ambiguous` adds right-side twins of shared companies."""
    chance = random.Random(seed)  # noqa: S311  sample data, nothing secret
    firms = _companies(chance, companies)
    persons = _persons(chance, firms)
    deals = _deals(chance, firms, persons, sales)
    return World(_users(), (*firms, *_twins(firms, ambiguous)), persons, deals)


def _users() -> tuple[SeedUser, ...]:
    return tuple(
        SeedUser(key, login, first, last, f"{login}@example.com", login == "sync", login != "petra")
        for key, (login, first, last) in enumerate(_USERS, start=1)
    )


def _companies(chance: random.Random, count: int) -> tuple[SeedCompany, ...]:
    pool = company_names.names()
    return tuple(_company(chance, key, next(pool), next(pool)) for key in range(1, count + 1))


def _company(chance: random.Random, key: int, name: str, other: str) -> SeedCompany:
    number = str(810_000_000 + key * 7)
    some = number if chance.random() < 0.5 else ""
    kind = chance.choices(("same", "near", "renamed", "left", "right"), weights=(60, 15, 10, 8, 7))[0]
    left, right, org_number = {
        "same": (name, name, some),
        "near": (name, company_names.near(name, chance.randrange(6)), some),
        "renamed": (name, other, number),
        "left": (name, None, some),
        "right": (None, name, some),
    }[kind]
    return SeedCompany(key, left, right, org_number, chance.choice(_CITIES))


def _twins(firms: Sequence[SeedCompany], count: int) -> tuple[SeedCompany, ...]:
    """Of companies that only their name could tell: shared, equally named, without a number."""
    shared = [firm for firm in firms if firm.left_name == firm.right_name and not firm.org_number][:count]
    return tuple(
        SeedCompany(key, None, firm.right_name, "", firm.city)
        for key, firm in enumerate(shared, len(firms) + 1)
    )


def _persons(chance: random.Random, firms: Sequence[SeedCompany]) -> tuple[SeedPerson, ...]:
    keys = itertools.count(1)
    return tuple(
        _person(chance, next(keys), firm.key) for firm in firms for _ in range(chance.choice((0, 1, 1, 2)))
    )


def _person(chance: random.Random, key: int, company_key: int) -> SeedPerson:
    first = chance.choice(("Kari", "Ole", "Søren", "Zoë", "Jan-Erik", "Åse", "Björn", "Chloé"))
    last = chance.choice(("Nordmann", "Hansen", "Dvořák", "D'Arcy", "Lindström", "Müller"))
    return SeedPerson(key, company_key, first, last, f"person{key}@example.com")


def _deals(
    chance: random.Random, firms: Sequence[SeedCompany], persons: Sequence[SeedPerson], count: int
) -> tuple[SeedDeal, ...]:
    places = {
        "both": [firm.key for firm in firms if firm.left_name and firm.right_name],
        "left": [firm.key for firm in firms if firm.left_name],
        "right": [firm.key for firm in firms if firm.right_name],
    }
    staff: dict[int, list[int]] = {}
    for person in persons:
        staff.setdefault(person.company_key, []).append(person.key)
    return tuple(_deal(chance, key, places, staff) for key in range(1, count + 1))


def _deal(
    chance: random.Random, key: int, places: dict[str, list[int]], staff: dict[int, list[int]]
) -> SeedDeal:
    sides = _sides(chance, places)
    company_key = _company_of(chance, sides, places[sides])
    outcome, step, probability = _progress(chance)
    description = deal_texts.description(chance)
    created_at = BEGAN_AT + timedelta(
        minutes=chance.randrange(0, 500 * 24 * 60), seconds=chance.randrange(60)
    )
    return SeedDeal(
        key=key,
        company_key=company_key,
        person_key=chance.choice([None, *staff.get(company_key or 0, [])]),
        owner_key=chance.randint(2, 6),
        title=deal_texts.title(chance, key),
        description=description,
        amount=deal_texts.amount(chance),
        currency=chance.choice(CURRENCIES),
        step=step,
        outcome=outcome,
        probability=probability,
        close_on=date(2026, 1, 5) + timedelta(days=chance.randrange(0, 600)),
        created_at=created_at,
        on_left=sides != "right",
        on_right=sides != "left",
        right_description=description
        if chance.random() < 0.92
        else f"{description}\nCopied by hand.".strip(),
    )


def _sides(chance: random.Random, places: dict[str, list[int]]) -> str:
    kind = chance.choices(("both", "left", "right"), weights=(40, 35, 25))[0]
    return kind if kind != "both" or places["both"] else "left"


def _company_of(chance: random.Random, sides: str, keys: Sequence[int]) -> int | None:
    """Deals on both sides always have a company; one in twelve of the others has none."""
    alone = not keys or (sides != "both" and chance.random() < 1 / 12)
    return None if alone else chance.choice(keys)


def _progress(chance: random.Random) -> tuple[str, int, int]:
    outcome = chance.choices(("open", "won", "lost", "stalled"), weights=(62, 18, 14, 6))[0]
    step = chance.randrange(len(STEP_PROBABILITIES))
    own = STEP_PROBABILITIES[step] if chance.random() < 0.8 else chance.randrange(0, 100)
    return outcome, step, {"won": 100, "lost": 0}.get(outcome, own)
