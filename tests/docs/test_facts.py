"""The table of facts is complete, and everything it names exists."""

import ast
from pathlib import Path

import pytest

from tests.docs.citations import ROOT, citations, sections_in
from tests.docs.facts import PAGE, SHEETS, Fact, load_facts, page, switch_sections

FACTS = load_facts()
CITED = citations()


def test_every_cited_section_has_a_fact() -> None:
    """Whoever cites a sheet in the product says what he relies on."""
    told = {(fact.sheet, fact.section) for fact in FACTS}

    assert {(one.sheet, one.section) for one in CITED} - told == set()
    assert len(CITED) > 150
    assert len(FACTS) >= 60


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact.sheet} {fact.section} {fact.fact[:30]}")
def test_a_fact_names_what_exists(fact: Fact) -> None:
    """Code that cites it, in each module named; switches of the sandbox; a test."""
    modules = {one.place.partition(":")[0].rpartition(".")[2] for one in fact.places(CITED)}
    file, _, name = fact.test.partition("::")

    assert modules
    assert set(fact.code) - modules == set()
    assert set(fact.bent_by()) - switch_sections(fact.sheet).keys() == set()
    assert name in functions_of(ROOT / "tests" / file)
    assert fact.fact.endswith(".")


def test_what_is_open_on_the_sheet_is_uncertain_here() -> None:
    """A switch about one of the sheet's open questions bends a fact with a side taken."""
    taken = {(fact.sheet, name) for fact in FACTS if fact.side for name in fact.bent_by()}
    open_questions = {
        (sheet, name)
        for sheet, chapter in (("superoffice", "15."), ("onlyoffice", "14."))
        for name, sections in switch_sections(sheet).items()
        if any(section.startswith(chapter) for section in sections)
    }

    assert len(open_questions) > 10
    assert open_questions - taken <= NOT_RELIED_ON


NOT_RELIED_ON = {
    *(("superoffice", name) for name in ("foreign_person", "foreign_key_miss", "foreign_keys_stay")),
    *(("onlyoffice", name) for name in ("rate_limit", "retry_after_s", "etag", "language", "page_delay_s")),
    ("onlyoffice", "audit_feature"),
}
"""Open questions that opsync never asks: it does not make the call, or its rules of HTTP cover both."""


def test_the_page_is_up_to_date() -> None:
    """`make facts` writes it."""
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make facts`"


@pytest.mark.parametrize("sheet", SHEETS)
def test_the_page_is_a_table(sheet: str) -> None:
    """Every row has the columns of its head."""
    rows = [line for line in page().splitlines() if line.startswith("| ")]

    assert {line.replace("\\|", "").count(" |") for line in rows} == {3, 6}


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("see superoffice.md 3.3 (seen 2026-11-22)", [("superoffice", "3.3")]),
        (
            'onlyoffice.md 4.4 "isPrivate, or 7", 5.1 and 9',
            [("onlyoffice", each) for each in ("4.4", "5.1", "9")],
        ),
        (
            "superoffice.md 3.6: Heading 219; onlyoffice.md 3.2;\n  seed 002",
            [("superoffice", "3.6"), ("onlyoffice", "3.2")],
        ),
        ("version 4.4 of something", []),
    ],
)
def test_citations_are_understood(text: str, sections: list[tuple[str, str]]) -> None:
    """One section or several, with or without a heading."""
    assert list(sections_in(text)) == sections


def functions_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
