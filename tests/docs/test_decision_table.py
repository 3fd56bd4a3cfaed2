"""The printed decision table is the one the code decides by."""

from itertools import product

from sync.domain.link import LinkState
from sync.domain.plan import Rules, plan_link
from tests.docs.decision_table import DEFAULT, MAPPING, PAGE, WORDS, page
from tests.domain.builders import LEFT, RIGHT, a_link
from tests.domain.sights import SIGHTS, a_sight


def test_the_page_is_what_the_code_prints() -> None:
    """Whoever changes a decision runs `make docs`, and shows the change in his pull request."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_sight_has_a_word() -> None:
    """No row or column is left out."""
    table = page().partition("## A linked pair in sync")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| **")]

    assert list(WORDS) == list(SIGHTS)
    assert [row.split("**")[1] for row in rows] == list(WORDS.values())
    assert {row.count("|") for row in rows} == {len(SIGHTS) + 2}


def test_what_the_page_says_of_waiting_links_holds() -> None:
    """Conflict and parked: the same writes in every cell, and another state only beside an unseen side."""
    for state, left, right in product((LinkState.CONFLICT, LinkState.PARKED), SIGHTS, SIGHTS):
        sights = a_sight(left, LEFT), a_sight(right, RIGHT)
        waiting = plan_link(a_link(state=state), *sights, Rules(MAPPING, DEFAULT))
        fresh = plan_link(a_link(), *sights, Rules(MAPPING, DEFAULT))

        assert waiting.actions == fresh.actions
        if waiting.state is not fresh.state:
            assert (waiting.state, fresh.state) == (state, LinkState.IN_SYNC)
            assert "unseen" in (left, right)
