"""`opsync demo` tells a story that can fail: it looks at the servers, not at the engine's own words."""

import json
from pathlib import Path

import pytest

from sync.cli.dumps import Difference
from sync.cli.story import Cast, Hand, outcome
from sync.domain.link import Link
from sync.domain.model import Side
from sync.settings import load_settings
from tests.cli.conftest import Opsync


def test_the_story_goes_as_told(opsync: Opsync, tmp_path: Path) -> None:
    """Merge, both one-way edits, one conflict, a deletion, and silence afterwards; in one screenful."""
    shown = opsync("demo", "--sales", "24", "--keep", tmp_path / "kept")

    assert shown.exit_code == 0, shown.output
    assert "✗" not in shown.stdout
    assert shown.stdout.count("0 writes in") == 2
    assert "one conflict waits for a person" in shown.stdout
    assert len(shown.stdout.splitlines()) <= 40
    assert load_settings(tmp_path / "kept" / "opsync.toml", {}).warnings == ()
    assert (tmp_path / "kept" / "opsync.db").exists()


def test_the_story_as_json(opsync: Opsync) -> None:
    """One document on stdout; the story itself goes to stderr."""
    result = opsync("demo", "--sales", "24", "--seed", "5", "--json")
    told = json.loads(result.stdout)

    assert result.exit_code == 0
    assert told["ok"] is True
    assert [row["field"] for row in told["conflicts"]] == ["amount"]
    assert [writes for _calls, writes in told["quiet_sync"].values()] == [0, 0]
    assert [scene["came_true"] for scene in told["scenes"]] == [True] * 6
    assert "Backfill" in result.stderr


def test_a_world_too_small_for_the_story_is_refused(opsync: Opsync) -> None:
    """Exit code 2: another number of sales is needed."""
    result = opsync("demo", "--sales", "2", "--companies", "1")

    assert result.exit_code == 2
    assert "give more --sales" in result.stderr


def test_a_lost_edit_ends_with_exit_code_1(opsync: Opsync, monkeypatch: pytest.MonkeyPatch) -> None:
    """If what somebody wrote did not arrive, the demo says so."""
    edit = Hand.edit

    def forget_descriptions(self: Hand, record_id: str, changes: dict[str, object]) -> None:
        if "SaleText" not in changes:
            edit(self, record_id, changes)

    monkeypatch.setattr(Hand, "edit", forget_descriptions)
    result = opsync("demo", "--sales", "24")

    assert result.exit_code == 1
    assert "not as told" in result.stderr
    assert "the description arrived in ONLYOFFICE" in result.stderr


def test_a_write_behind_the_scenes_ends_with_exit_code_1(
    opsync: Opsync, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Silence is counted by the servers."""
    requests = Hand.requests

    def one_more(self: Hand) -> tuple[int, int]:
        calls, writes = requests(self)
        return calls, writes + (self.side is Side.LEFT)

    monkeypatch.setattr(Hand, "requests", one_more)
    result = opsync("demo", "--sales", "24")

    assert result.exit_code == 1
    assert "SuperOffice: 1 writes in" in result.stderr


def test_unequal_records_end_with_exit_code_1(opsync: Opsync, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named with both values."""
    odd = Difference("1", "2", "title", "A", "B")
    monkeypatch.setattr("sync.cli.tale.differences", lambda *_rest: [odd])
    result = opsync("demo", "--sales", "24")

    assert result.exit_code == 1
    assert "sale 1 ↔ opportunity 2: title differs ('A', 'B')" in result.stderr


def test_nothing_comes_true_in_an_empty_world() -> None:
    """The scenes are read from the servers; without records none of them passes."""
    link = Link("l", "1", "2")
    scenes = outcome(Cast(link, link, link, link, link), {side: {} for side in Side})

    assert [scene.came_true for scene in scenes] == [False] * 5
