"""What a seeded world is made of, in neutral terms; it must not know how a vendor stores it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class SeedUser:
    """One person who logs in; the first of a world is the API account of both sides."""

    key: int
    login: str
    first_name: str
    last_name: str
    email: str
    is_admin: bool
    on_left: bool = True


@dataclass(frozen=True, slots=True)
class SeedCompany:
    """One company under its name on each side; None means that the side does not have it."""

    key: int
    left_name: str | None
    right_name: str | None
    org_number: str
    city: str


@dataclass(frozen=True, slots=True)
class SeedPerson:
    """One human contact, present wherever its company is."""

    key: int
    company_key: int
    first_name: str
    last_name: str
    email: str


@dataclass(frozen=True, slots=True)
class SeedDeal:
    """One sale or opportunity; `step` counts the open stages from 0, in pipeline order."""

    key: int
    company_key: int | None
    person_key: int | None
    owner_key: int
    title: str
    description: str
    amount: Decimal
    currency: str
    step: int
    outcome: str
    probability: int
    close_on: date
    created_at: datetime
    on_left: bool
    on_right: bool
    right_description: str


@dataclass(frozen=True, slots=True)
class World:
    """Everything both sandbox servers start with."""

    users: tuple[SeedUser, ...]
    companies: tuple[SeedCompany, ...]
    persons: tuple[SeedPerson, ...]
    deals: tuple[SeedDeal, ...]
