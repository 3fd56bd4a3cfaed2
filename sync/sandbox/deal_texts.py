"""Invented titles, descriptions and amounts of deals, awkward ones included; it must stay inside the BMP."""

from __future__ import annotations

import random
from decimal import Decimal

TITLE_LIMIT = 219  # superoffice.md 3.6 (seen 2026-11-22): the shorter of the two title fields

_OBJECTS = (
    "Pump retrofit", "Annual licence", "Café fit-out", "Wärmepumpe", "Service agreement", "O'Brien's order",
    "Fleet renewal", "Kjøkken til «Solvik»", "Data migration", "Training & onboarding", "Warehouse shelves",
    "Проект Север", "数据平台", "Website <b>redesign</b>", 'The "big" one', "Cooling plant", "Oppgradering",
)  # fmt: skip
_REASONS = ("phase", "extension", "renewal", "pilot", "option", "tender", "follow-up")
_SENTENCES = (
    "Asked for a revised quote before the board meets.",
    "Decision expected after the summer; budget is approved & reserved.",
    "Contact prefers e-mail, doesn't answer the phone.",
    "Includes <i>two</i> spare units and on-site training.",
    "Leveres i to omganger: først Tromsø, så Malmö.",
    'They call it "project X" internally.',
)


def title(chance: random.Random, number: int) -> str:
    """A title no other deal of this world has."""
    text = f"{chance.choice(_OBJECTS)}, {chance.choice(_REASONS)} {number}"
    if number % 41 == 7:
        text = (text + " – " + "very long title " * 20)[:TITLE_LIMIT].rstrip()
        text = text.ljust(TITLE_LIMIT, "x")
    return text


def description(chance: random.Random) -> str:
    """Empty, one line, or many lines."""
    lines = chance.choices((0, 1, 3, 40), weights=(25, 45, 27, 3))[0]
    return "\n".join(chance.choice(_SENTENCES) for _ in range(lines))


def amount(chance: random.Random) -> Decimal:
    """Major units with at most two decimals: ordinary, zero, very large, or a credit."""
    kind = chance.choices(("round", "cents", "zero", "large", "credit"), weights=(40, 45, 6, 5, 4))[0]
    cents = chance.randrange(100_00, 900_000_00)
    values = {
        "round": Decimal(cents // 50_000 * 500),
        "cents": Decimal(cents) / 100,
        "zero": Decimal(0),
        "large": Decimal(chance.randrange(10_000_000_00, 2_000_000_000_00)) / 100,
        "credit": Decimal(-chance.randrange(100_00, 90_000_00)) / 100,
    }
    return values[kind]
