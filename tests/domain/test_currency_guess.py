"""What a currency's free name seems to mean, and what is told where nobody can know."""

import pytest

from sync.domain.currency_guess import CurrencyGuess, guess_currencies
from sync.domain.model import Choice

CODES = [Choice(code, code) for code in ("EUR", "NOK", "SEK", "DKK", "USD", "GBP")]
UNKNOWN = "ONLYOFFICE has no such currency, so sales in it will wait"
TWICE = "SuperOffice has that currency under another name as well; decide which new sales get"


def guessed(*names: str) -> list[CurrencyGuess]:
    return guess_currencies([Choice(str(key), name) for key, name in enumerate(names, 1)], CODES)


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("Norske kroner",), "NOK"),
        (("  norske \t KRONER ",), "NOK"),
        (("Kroner", "DKK"), ""),
        (("Kronor",), "SEK"),
        (("€",), "EUR"),
        (("NOK - norske kroner",), "NOK"),
        (("NOK, just NOK",), "NOK"),
        (("US Dollar",), "USD"),
        (("Kroner",), ""),
        (("Kroner", "NOK", "DKK"), ""),
        (("Euro", "EUR"), ""),
        (("Euro", " eur "), ""),
        (("ISK",), ""),
        (("NOKIA",), ""),
        (("Beads",), ""),
        (("NOK or SEK",), ""),
        (("kr", "NOK", "SEK"), ""),
        (("kr", "NOK", "SEK", "ISK"), ""),
    ],
)
def test_an_odd_currency_gets_a_code_only_when_its_name_means_one(names: tuple[str, ...], code: str) -> None:
    """Guessing wrong would turn one currency into another."""
    guess = guessed(*names)[0]

    assert (guess.name, guess.code) == (names[0], code)


@pytest.mark.parametrize(
    ("names", "candidates", "reason"),
    [
        (("Norske kroner",), ("NOK",), "that is what the name means"),
        (("Kroner",), ("NOK", "DKK"), "it may mean NOK or DKK"),
        (("Kr", "EUR"), ("NOK", "SEK", "DKK"), "it may mean NOK or SEK or DKK or ISK"),
        (("Euro", "EUR"), ("EUR",), TWICE),
        (("Yen",), (), UNKNOWN),
        (("Beads",), (), UNKNOWN),
        (("NOK or SEK",), (), UNKNOWN),
    ],
)
def test_every_guess_says_why(names: tuple[str, ...], candidates: tuple[str, ...], reason: str) -> None:
    """And offers what ONLYOFFICE has of it; what the name may mean includes what ONLYOFFICE lacks."""
    guess = guessed(*names)[0]

    assert (guess.candidates, guess.reason) == (candidates, reason)


def test_codes_need_no_row() -> None:
    """Neither do deleted currencies."""
    rows = [Choice("1", "EUR"), Choice("2", " nok "), Choice("9", "Kroner", active=False)]

    assert guess_currencies(rows, CODES) == []


def test_a_currency_deleted_in_onlyoffice_is_none() -> None:
    """A code that nobody may choose any more is no image."""
    rows = guess_currencies([Choice("1", "Euro")], [Choice("EUR", "EUR", active=False)])

    assert [(row.code, row.reason) for row in rows] == [("", UNKNOWN)]


def test_two_odd_names_never_share_a_code() -> None:
    """The second one is left to a person; a name that is there twice is asked about once."""
    assert [(row.name, row.code) for row in guessed("€", "Euro", "€")] == [("€", "EUR"), ("Euro", "")]
