"""Names and texts as matching compares them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.domain.match import fold, normal_name


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("FJORD A/S", "fjord"),
        ("Fjord AS", "fjord"),
        ("Müller & Söhne GmbH", "muller and sohne"),
        ("Mueller, Inc.", "mueller"),
        ("S.A.", "sa"),
        ("AS", "as"),
        ("", ""),
        ("  Łódź   Sp. ", "lodz sp"),
        ("日本 株式会社", "日本 株式会社"),
    ],
)
def test_a_name_is_normalised(name: str, normal: str) -> None:
    """Legal form, case, accents and punctuation do not make a company."""
    assert normal_name(name) == normal


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ÆØÅ", "aeoa"),
        ("A\u030ang", "ang"),
        ("Straße", "strasse"),
        ("ÐÞŁĐ", "dthld"),
        ("İstanbul", "istanbul"),
        ("Ａｂｃ", "abc"),
        ("ﬁn\u00a0 x", "fin x"),
        ("Приве\u0301т", "привет"),
    ],
)
def test_unicode_is_folded(text: str, folded: str) -> None:
    """The same letters typed in another way are the same text."""
    assert fold(text) == folded


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("æØåßİ ®\u0301"), max_size=8))
def test_folding_forgets_case(text: str) -> None:
    """Folding a text in capitals gives no capitals back."""
    assert fold(text.upper()) == fold(text.upper()).casefold()


@pytest.mark.parametrize(("text", "folded"), [("Acme™", "acmetm"), ("№ 5", "no 5"), ("Sǿn Ǽ", "son ae")])
def test_compatibility_letters_are_folded_too(text: str, folded: str) -> None:
    """What a sign stands for is folded like the letters themselves."""
    assert fold(text) == folded
    assert fold(folded) == folded
