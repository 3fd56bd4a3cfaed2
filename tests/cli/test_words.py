"""Values and progress as text."""

import io
from decimal import Decimal

import pytest
from rich.console import Console

from sync.cli import progress, words
from sync.domain.link import CompanyLink
from sync.domain.model import Choice, Lists, Side, Value
from sync.engine.companies import NEW


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("title", None, "(empty)"),
        ("title", "", "(empty)"),
        ("amount", Decimal("1234567.500000000"), "1,234,567.50"),
        ("amount", Decimal("0.125"), "0.125"),
        ("amount", Decimal(-7), "-7.00"),
        ("probability", 50, "50 %"),
        ("custom:framework", True, "yes"),
        ("currency", "3", "NOK"),
        ("currency", "9", "9"),
        ("company", "501", "Fjord AS (501)"),
        ("company", NEW + "61", "Fjord AS (made first)"),
    ],
)
def test_values_are_said_in_words(name: str, value: Value, text: str) -> None:
    """Names where they are known, plain numbers, no empty cell."""
    lists = {Side.LEFT: Lists((), (Choice("3", "NOK"),), ())}
    known = words.build_words(lists, [CompanyLink("x", "501", "61", "Fjord AS")])

    assert known.say(Side.LEFT, name, value) == text


def test_no_text_of_a_crm_drives_the_terminal() -> None:
    """Escape sequences, line breaks and lengths are tamed."""
    assert words.shorten("a\x1b[2J\r\nb\tc\u202e") == "a·[2J↵b·c·"
    assert words.shorten("x" * 61) == "x" * 59 + "…"


def test_long_texts_show_where_they_differ() -> None:
    """Two texts with the same beginning must not look alike."""
    alike = "The same beginning. " * 10

    assert words.change(alike + "old", alike + "new") == "… beginning. old → … beginning. new"
    assert words.change("one", "two") == "one → two"
    assert words.change(alike, alike + "more").endswith("more")


def test_a_bar_is_drawn_on_a_terminal_only() -> None:
    """Elsewhere a line now and then, the last one always, and none twice."""
    screen, pipe = io.StringIO(), io.StringIO()
    with progress.shown(Console(file=screen, force_terminal=True, width=80)) as report:
        report("planned", 3, 3)
    with progress.shown(Console(file=pipe, width=80)) as report:
        for done in (*range(0, 1001, 100), 1001, 1001):
            report("records", done, 1001)

    assert "planned" in screen.getvalue()
    assert "\x1b[" in screen.getvalue()
    assert pipe.getvalue().splitlines() == [
        "records: 500 of 1001",
        "records: 1000 of 1001",
        "records: 1001 of 1001",
    ]
