"""Invented company names and their near spellings; no two names it yields may be taken for one company."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

_STEMS = (
    "Fjord", "Møller", "Nordlys", "Åsgård", "Skagen", "Brønnøy", "Lofoten", "Östberg", "Grønland", "Solvik",
    "Hansen", "Lindström", "Vestre", "Bjørnson", "Kvarner", "Málaga", "Zürcher", "Garnier", "Søndre", "Ulvik",
    "Tromsø", "Håkons", "Rønne", "Jølster", "Sæther", "Ängelholm", "Dvořák", "Łódź", "Ibsen", "Polaris",
)  # fmt: skip
_TRADES = (
    "Marine", "& Sønner", "Consulting", "Energi", "Foods", "Logistics", "Textil", "Maskin", "Bygg", "Data",
    "Shipping", "Optik", "Papir", "Robotics", "Seafood", "Design", "Transport", "Elektro", "Invest", "Kaffe",
    "Møbler", "Hydro", "Farma", "Trykk",
)  # fmt: skip
_PLACES = ("", "Nord", "Sør", "Øst", "Vest", "International", "Bergen", "Malmö", "Aarhus", "Group")
_FORMS = ("AS", "ASA", "AB", "A/S", "GmbH", "Ltd", "Oy", "")
_LEGAL = {"as", "asa", "ab", "gmbh", "ltd", "oy", "limited", "aksjeselskap", "inc"}
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "å": "a", "ł": "l", "ß": "ss", "đ": "d"})


def names() -> Iterator[str]:
    """Endless names, all different even after `normalised`."""
    seen: set[str] = set()
    round_number = 0
    while True:
        for index, name in enumerate(_combinations(round_number)):
            full = f"{name} {_FORMS[(index * 5 + round_number) % len(_FORMS)]}".strip()
            if normalised(full) not in seen:
                seen.add(normalised(full))
                yield full
        round_number += 1


def _combinations(round_number: int) -> Iterator[str]:
    place = _PLACES[round_number % len(_PLACES)]
    number = str(round_number // len(_PLACES) + 1) if round_number >= len(_PLACES) else ""
    size = len(_STEMS) * len(_TRADES)
    for index in range(size):
        step = (index * 77) % size  # 77 shares no factor with the size, so every pair comes once
        parts = (_STEMS[step % len(_STEMS)], _TRADES[step // len(_STEMS)], place, number)
        yield " ".join(part for part in parts if part)


def normalised(name: str) -> str:
    """The name without case, accents, punctuation and legal form."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS)).replace("a/s", "as")
    letters = "".join(mark for mark in plain if not unicodedata.combining(mark))
    words = re.sub(r"[^a-z0-9]+", " ", letters).split()
    return " ".join(word for word in words if word not in _LEGAL and word != "and")


def _shouted(name: str) -> str:
    return re.sub(r"\bAS$", "A/S", name.upper())


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.translate(str.maketrans("øæåØÆÅłŁ", "oaaOAAlL")))
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


def _without_form(name: str) -> str:
    return re.sub(r",? (ASA?|AB|A/S|GmbH|Ltd|Oy)$", "", name)


def _with_comma(name: str) -> str:
    return re.sub(r" (ASA?|AB|A/S|GmbH|Ltd|Oy)$", r", \1.", name)


def _spaced(name: str) -> str:
    return name.replace(" ", "  ", 1)


NEAR_SPELLINGS: tuple[Callable[[str], str], ...] = (
    _shouted,
    _plain,
    _without_form,
    _with_comma,
    _spaced,
    str.lower,
)


def near(name: str, choice: int) -> str:
    """Another spelling of the same company, never the identical text."""
    for turn in range(len(NEAR_SPELLINGS)):
        other = NEAR_SPELLINGS[(choice + turn) % len(NEAR_SPELLINGS)](name)
        if other != name and normalised(other) == normalised(name):
            return other
    raise ValueError(f"no other spelling of {name!r}")
