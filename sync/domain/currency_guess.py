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
    "$": ("USD",),
    "us$": ("USD",),
    "dollar": ("USD",),
    "dollars": ("USD",),
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
    "fr": ("CHF",),
    "franc": ("CHF",),
    "francs": ("CHF",),
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
    "rupee": ("INR",),
    "indian rupee": ("INR",),
    "₽": ("RUB",),
    "₴": ("UAH",),
    "rouble": ("RUB",),
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
    """One guess per active odd name, in SuperOffice's order."""
    known = {choice.key for choice in right if choice.active}
    names = list(dict.fromkeys(choice.name for choice in left if choice.active))
    taken = {name.strip().upper() for name in names} & known
    guesses: list[CurrencyGuess] = []
    for name in (name for name in names if name.strip().upper() not in known):
        guess = _guess(name, known, taken)
        taken |= {guess.code} - {""}
        guesses.append(guess)
    return guesses


def _guess(name: str, known: set[str], taken: set[str]) -> CurrencyGuess:
    candidates = tuple(code for code in _candidates(name, known) if code in known)
    free = [code for code in candidates if code not in taken]
    if len(free) == 1:
        others = "" if len(candidates) == 1 else ", and the others it may mean are there under their codes"
        return CurrencyGuess(name, free[0], candidates, f"that is what the name means{others}")
    if not candidates:
        return CurrencyGuess(name, "", (), "ONLYOFFICE has no such currency, so sales in it will wait")
    if not free:
        reason = "SuperOffice has that currency under its code as well; say which one new sales shall get"
        return CurrencyGuess(name, "", candidates, reason)
    return CurrencyGuess(name, "", candidates, f"it may mean {' or '.join(free)}")


def _candidates(name: str, known: set[str]) -> tuple[str, ...]:
    """By the table, or by the one code inside a text such as "NOK (Norwegian krone)"."""
    plain = " ".join(name.casefold().split())
    inside = {code for code in _CODE.findall(name) if code in known}
    return _CODES.get(plain) or (tuple(inside) if len(inside) == 1 else ())
