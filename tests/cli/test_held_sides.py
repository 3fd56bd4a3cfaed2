"""A side that lost much, all, or its last day holds the run: nothing is written, and the numbers are told."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any  # JSON enters here

import pytest

from tests.security.installation import LABELS, ONLYOFFICE, SUPEROFFICE, Installation, an_installation

TITLES = {SUPEROFFICE: "Heading", ONLYOFFICE: "title"}
SALES = 40
EDITED = 10
NEW = 8


@dataclass
class Pair:
    """Two systems in sync, and the day everything was well: a backup of both, and the state with it."""

    installation: Installation

    def remember(self) -> None:
        for side in LABELS:
            self.installation.ask(side, "POST", "backup", {"name": "well"})
        shutil.copy(self.state, self.state.with_suffix(".well"))

    def start_over(self) -> None:
        for side in LABELS:
            self.restore(side, "well")
        shutil.copy(self.state.with_suffix(".well"), self.state)
        self.forget_log()

    @property
    def state(self) -> Path:
        return self.installation.config.parent / "opsync.db"

    def restore(self, side: str, name: str) -> None:
        self.installation.ask(side, "POST", "restore", {"name": name})

    def links(self) -> list[Any]:
        """Whole ones."""
        found: list[Any] = json.loads(self.installation.run("links", "--json", "--limit", "0").stdout)[
            "links"
        ]
        return [link for link in found if link["superoffice_id"] and link["onlyoffice_id"]]

    def delete(self, side: str, links: list[Any]) -> None:
        for link in links:
            self.installation.ask(side, "POST", "delete", {"id": int(link[f"{side}_id"])})

    def edit(self, side: str, links: list[Any]) -> None:
        for number, link in enumerate(links):
            changes = {TITLES[side]: f"Edited today {number}"}
            self.installation.ask(side, "POST", "edit", {"id": int(link[f"{side}_id"]), "changes": changes})

    def forget_log(self) -> None:
        for side in LABELS:
            self.installation.ask(side, "DELETE", "log")

    def written(self) -> list[str]:
        """Every write in the two servers' own logs."""
        logs = [self.installation.ask(side, "GET", "log") for side in LABELS]
        return [f"{entry['method']} {entry['path']}" for log in logs for entry in log if entry["write"]]

    def sync(self) -> tuple[int, str]:
        """Exit code of a full sync, and what it printed."""
        result = self.installation.run("sync", "--full")
        return result.exit_code, result.stdout


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with an_installation(tmp_path_factory.mktemp("held"), sales=SALES) as installation:
        pair = Pair(installation)
        assert installation.run("backfill").exit_code == 0
        pair.remember()
        yield pair


@pytest.fixture
def pair(synced: Pair) -> Pair:
    synced.start_over()
    return synced


def other(side: str) -> str:
    return ONLYOFFICE if side == SUPEROFFICE else SUPEROFFICE


@pytest.mark.parametrize("side", LABELS)
def test_a_third_of_one_side_deleted(pair: Pair, side: str) -> None:
    """How many of how many are gone, and what to ask oneself; the other side keeps every record."""
    links = pair.links()
    lost = len(links) * 3 // 10
    pair.delete(side, links[:lost])

    code, said = pair.sync()

    assert code == 4
    assert f"too many records gone in {LABELS[side]}: {lost} of {len(links)} links" in said
    assert "is it the right system" in said
    assert pair.written() == []


@pytest.mark.parametrize("side", LABELS)
def test_one_side_emptied(pair: Pair, side: str) -> None:
    """No record at all is no deletion of all."""
    key = "SaleId" if side == SUPEROFFICE else "id"
    for row in pair.installation.records(side):
        pair.installation.ask(side, "POST", "delete", {"id": row[key]})

    code, said = pair.sync()

    assert code == 4
    assert f"{LABELS[side]} shows no records at all, but {len(pair.links())} are linked" in said
    assert "nothing was written" in said
    assert pair.written() == []


@pytest.mark.parametrize("side", LABELS)
def test_one_side_restored_to_yesterday(pair: Pair, side: str) -> None:
    """What came over since is undone there, and what was made is gone: both numbers, and not one write."""
    links = pair.links()
    pair.edit(other(side), links[:EDITED])
    for number in range(NEW):
        values = {TITLES[other(side)]: f"New today {number}"}
        pair.installation.ask(other(side), "POST", "create", {"values": values})
    assert pair.sync()[0] == 0
    living = len(pair.links())
    pair.restore(side, "well")
    pair.forget_log()

    code, said = pair.sync()

    assert code == 4
    assert living == len(links) + NEW
    assert f"records show an older state in {LABELS[side]}: {EDITED} of {living} links" in said
    assert "was this side restored from a backup?" in said
    assert f"too many records gone in {LABELS[side]}: {NEW} of {living} links" in said
    assert pair.written() == []


@pytest.mark.parametrize("side", LABELS)
def test_the_side_mended_the_run_goes_on(pair: Pair, side: str) -> None:
    """Held again and again, and nothing is forgotten: with the records back there is nothing to do."""
    pair.delete(side, pair.links()[:EDITED])
    held = [pair.sync()[0] for _ in range(2)]
    pair.restore(side, "well")

    code, said = pair.sync()

    assert held == [4, 4]
    assert (code, pair.written()) == (0, [])
    assert "Written: nothing." in said


@pytest.mark.parametrize("side", LABELS)
def test_the_plan_says_so_before(pair: Pair, side: str) -> None:
    """`opsync plan` names the brake with the same numbers, and writes nothing either."""
    links = pair.links()
    pair.delete(side, links[:EDITED])

    result = pair.installation.run("plan", "--full")

    assert f"too many records gone in {LABELS[side]}: {EDITED} of {len(links)} links" in result.stdout
    assert result.exit_code == 4
    assert pair.written() == []
