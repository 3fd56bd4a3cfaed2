"""What a cycle costs, by the servers' own logs."""

from collections.abc import Iterator
from typing import Any  # rows of any table

import pytest
from sqlalchemy import text

from sync.domain.link import Link, LinkState
from sync.domain.model import STAGE
from sync.store import links as link_store
from tests.daemon.calls import Counted, counted

PAIRS = 1000


@pytest.fixture(scope="module")
def at_rest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counted]:
    """A thousand pairs, equal on both sides, and a daemon that has settled."""
    with counted(tmp_path_factory.mktemp("calls"), PAIRS) as found:
        found.turn()
        found.turn()
        found.calls()
        yield found


def test_a_cycle_without_changes_asks_each_side_once(at_rest: Counted) -> None:
    """One request a side for a thousand pairs, and not one row of the links is touched."""
    before = links_table(at_rest)

    turn = at_rest.turn()
    calls = at_rest.calls()

    assert {side: len(made) for side, made in calls.items()} == {"superoffice": 1, "onlyoffice": 1}
    assert (turn.outcome, turn.report and turn.report.writes) == ("done", {})
    assert len(before) == PAIRS
    assert links_table(at_rest) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [("Heading", "Renamed here"), ("SaleText", "Another text"), ("Saledate", "2027-03-04T00:00:00")],
)
def test_an_edit_in_superoffice_costs_three_calls(at_rest: Counted, field: str, value: str) -> None:
    """The sale itself is read, as a listing shows display texts; over there it is read and written."""
    link = open_link(at_rest)
    at_rest.edit("superoffice", link.left_id, **{field: value})

    turn = at_rest.turn()
    calls = at_rest.calls()

    assert (turn.outcome, turn.report and turn.report.writes) == ("done", {"updated right": 1})
    assert len(calls["superoffice"]) == 1 + 1
    assert len(calls["onlyoffice"]) == 1 + 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Renamed there"),
        ("description", "A new text"),
        ("successProbability", 33),
        ("bidValue", 4321.5),
        ("stage", "another"),
    ],
)
def test_an_edit_in_onlyoffice_costs_one_call(at_rest: Counted, field: str, value: object) -> None:
    """SuperOffice compares and writes in the same request."""
    link = open_link(at_rest)
    value = another_stage(at_rest, link) if value == "another" else value
    at_rest.edit("onlyoffice", link.right_id, **{field: value})

    turn = at_rest.turn()
    calls = at_rest.calls()

    assert (turn.outcome, turn.report and turn.report.writes) == ("done", {"updated left": 1})
    assert calls["superoffice"].count(f"PATCH v1/Sale/{link.left_id}") == 1
    assert len(calls["superoffice"]) == 1 + 1
    assert len(calls["onlyoffice"]) == 1


def test_our_own_writes_are_no_news(at_rest: Counted) -> None:
    """A written record shows up among the changes once more, and is known by its base."""
    at_rest.edit("onlyoffice", open_link(at_rest).right_id, title="Written once")
    at_rest.turn()
    at_rest.calls()

    turn = at_rest.turn()
    calls = at_rest.calls()

    assert turn.report is not None
    assert turn.report.writes == {}
    assert {side: len(made) for side, made in calls.items()} == {"superoffice": 1, "onlyoffice": 1}


def links_table(found: Counted) -> list[Any]:
    with found.pairing.database.read() as connection:
        return list(connection.execute(text("SELECT * FROM links ORDER BY id")))


def open_link(found: Counted) -> Link:
    return open_links(found)[0]


def open_links(found: Counted) -> list[Link]:
    """Those whose opportunities are open."""
    with found.pairing.database.read() as connection:
        links = link_store.load_links(connection)
    return [
        link
        for link in links
        if link.state is LinkState.IN_SYNC and str((link.base_left or {})[STAGE]).startswith("open/")
    ]


def another_stage(found: Counted, link: Link) -> int:
    """An open one in ONLYOFFICE that stands for another one in SuperOffice too."""
    stages = {str((other.base_left or {})[STAGE]): other.base_right or {} for other in open_links(found)}
    del stages[str((link.base_left or {})[STAGE])]
    return int(str(next(iter(stages.values()))[STAGE]))
