"""Proposes ISO codes for SuperOffice's freely named currencies; it knows no rates."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sync.domain.model import Choice

# Titles and symbols of onlyoffice-currencies.json, reworded as people write them in SuperOffice's free text
# (superoffice.md 4.5), with the same words in Norwegian, Swedish, Danish and German. Words and symbols that
# several currencies share name all of them. Seen 2026-11-22.
_CODES: Mapping[str, tuple[str, ...]] = {
    "€": ("EUR",),
    "euro": ("EUR",),
    "euros": ("EUR",),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "CLP", "COP", "CUP"),
    "us$": ("USD",),
    "dollar": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD"),
    "dollars": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD"),
    "us dollar": ("USD",),
    "united states dollar": ("USD",),
    "£": ("GBP",),
    "pound": ("GBP",),
    "pounds": ("GBP",),
    "pund": ("GBP",),
    "pfund": ("GBP",),
    "sterling": ("GBP",),
    "british pound": ("GBP",),
    "pound sterling": ("GBP",),
    "kr": ("NOK", "SEK", "DKK", "ISK"),
    "kr.": ("NOK", "SEK", "DKK", "ISK"),
    "krone": ("NOK", "DKK"),
    "kroner": ("NOK", "DKK"),
    "krona": ("SEK", "ISK"),
    "kronor": ("SEK",),
    "norwegian krone": ("NOK",),
    "norwegian kroner": ("NOK",),
    "norsk krone": ("NOK",),
    "norske kroner": ("NOK",),
    "swedish krona": ("SEK",),
    "swedish kronor": ("SEK",),
    "svensk krona": ("SEK",),
    "svenska kronor": ("SEK",),
    "svenske kroner": ("SEK",),
    "danish krone": ("DKK",),
    "danish kroner": ("DKK",),
    "dansk krone": ("DKK",),
    "danske kroner": ("DKK",),
    "icelandic krona": ("ISK",),
    "fr": ("CHF", "XAF", "XOF", "XPF"),
    "franc": ("CHF", "XAF", "XOF", "XPF"),
    "francs": ("CHF", "XAF", "XOF", "XPF"),
    "franken": ("CHF",),
    "swiss franc": ("CHF",),
    "swiss francs": ("CHF",),
    "schweizer franken": ("CHF",),
    "sveitsiske franc": ("CHF",),
    "¥": ("JPY", "CNY"),
    "yen": ("JPY",),
    "japanese yen": ("JPY",),
    "yuan": ("CNY",),
    "chinese yuan": ("CNY",),
    "zł": ("PLN",),
    "zloty": ("PLN",),
    "polish zloty": ("PLN",),
    "kč": ("CZK",),
    "koruna": ("CZK",),
    "czech koruna": ("CZK",),
    "ft": ("HUF",),
    "forint": ("HUF",),
    "hungarian forint": ("HUF",),
    "c$": ("CAD",),
    "canadian dollar": ("CAD",),
    "a$": ("AUD",),
    "australian dollar": ("AUD",),
    "nz$": ("NZD",),
    "new zealand dollar": ("NZD",),
    "₹": ("INR",),
    "rupee": ("INR", "PKR", "MUR"),
    "indian rupee": ("INR",),
    "₽": ("RUB",),
    "₴": ("UAH",),
    "rouble": ("RUB", "BYN"),
    "lira": ("TRY",),
    "rand": ("ZAR",),
    "real": ("BRL",),
    "shekel": ("ILS",),
    "won": ("KRW",),
}
_CODE = re.compile(r"(?<![A-Z])[A-Z]{3}(?![A-Z])")


@dataclass(frozen=True, slots=True)
class CurrencyGuess:
    """A SuperOffice currency whose name is no code of ONLYOFFICE; `code` is empty where none is certain
    enough to be used unseen, and `candidates` are what a person may choose from."""

    name: str
    code: str
    candidates: tuple[str, ...]
    reason: str


def guess_currencies(left: Iterable[Choice], right: Iterable[Choice]) -> list[CurrencyGuess]:
    """One guess per active odd name, in SuperOffice's order; no two of them get one code."""
    known = {choice.key for choice in right if choice.active}
    names = list(dict.fromkeys(choice.name for choice in left if choice.active))
    taken = {name.strip().upper() for name in names}
    guesses: list[CurrencyGuess] = []
    for name in (name for name in names if name.strip().upper() not in known):
        guesses.append(_guess(name, known, taken))
        taken.add(guesses[-1].code)
    return guesses


def _guess(name: str, known: set[str], taken: set[str]) -> CurrencyGuess:
    """A name that several currencies share is never decided, not even when the others are accounted for:
    a wrong guess turns one currency into another."""
    meanings = _meanings(name, known)
    candidates = tuple(code for code in meanings if code in known)
    if not candidates:
        return CurrencyGuess(name, "", (), "ONLYOFFICE has no such currency, so sales in it will wait")
    if len(meanings) > 1:
        return CurrencyGuess(name, "", candidates, f"it may mean {' or '.join(meanings)}")
    if candidates[0] in taken:
        reason = "SuperOffice has that currency under another name as well; decide which new sales get"
        return CurrencyGuess(name, "", candidates, reason)
    return CurrencyGuess(name, candidates[0], candidates, "that is what the name means")


def _meanings(name: str, known: set[str]) -> tuple[str, ...]:
    """By the table, or by the one code inside a text such as "NOK (Norwegian krone)"."""
    plain = " ".join(name.casefold().split())
    inside = {code for code in _CODE.findall(name) if code in known}
    return _CODES.get(plain) or (tuple(inside) if len(inside) == 1 else ())
