"""A kept plan and its way back, by the real commands against both sandboxes, judged by their own dumps."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from sync.cli.sandbox_config import write_config
from sync.cli.story import Hand
from sync.domain.model import DESCRIPTION, TITLE, Side, Values
from sync.sandbox.launch import launch
from sync.sandbox.world import make_world
from sync.wiring import real_clock
from tests.cli.conftest import Opsync

Dump = dict[Side, dict[str, Values]]


@dataclass(frozen=True)
class Stage:
    """A configuration for two running servers, and somebody at the screen of each."""

    config: Path
    hands: Mapping[Side, Hand]

    def dump(self) -> Dump:
        return {side: hand.records() for side, hand in self.hands.items()}


@pytest.fixture
def stage(tmp_path: Path, opsync: Opsync) -> Iterator[Stage]:
    """Both sides alike after a backfill."""
    world = make_world(companies=6, sales=10, seed=3)
    with ExitStack() as stack:
        sandbox = launch(world, clock=real_clock)
        stack.callback(sandbox.stop)
        config, told = tmp_path / "opsync.toml", sandbox.as_json()
        write_config(config, sandbox, world.users, web_token="web-secret")
        hands = {
            Side.LEFT: Hand(Side.LEFT, told["superoffice"]["control_url"]),
            Side.RIGHT: Hand(Side.RIGHT, told["onlyoffice"]["control_url"]),
        }
        for hand in hands.values():
            stack.callback(hand.close)
        assert opsync("-c", config, "backfill").exit_code == 0
        yield Stage(config, hands)


def test_a_plan_is_kept_applied_and_taken_back(stage: Stage, opsync: Opsync, tmp_path: Path) -> None:
    """What was touched after the plan is refused, the others arrive; undo brings back the earlier dump."""
    sales = sorted(stage.dump()[Side.LEFT], key=int)[:3]
    for sale_id in sales:
        stage.hands[Side.LEFT].edit(sale_id, {"SaleText": f"Edited {sale_id}"})
    before, file = stage.dump(), tmp_path / "monday.plan"
    kept = opsync("-c", stage.config, "plan", "--out", file)
    stage.hands[Side.LEFT].edit(sales[0], {"Heading": "Touched"})

    applied = opsync("-c", stage.config, "apply", file)
    after = stage.dump()
    undone = opsync("-c", stage.config, "undo", _run_of(applied.stdout), "--apply")
    again = opsync("-c", stage.config, "apply", file)

    assert (kept.exit_code, applied.exit_code, undone.exit_code, again.exit_code) == (3, 4, 0, 4)
    assert "Of the plan: 2 of 3 records taken up." in applied.stdout
    assert sorted(_texts(after[Side.RIGHT]) - _texts(before[Side.RIGHT])) == [
        f"Edited {sale_id}" for sale_id in sales[1:]
    ]
    assert stage.dump()[Side.RIGHT] == before[Side.RIGHT]
    assert stage.dump()[Side.LEFT] == {
        **before[Side.LEFT],
        sales[0]: {**before[Side.LEFT][sales[0]], TITLE: "Touched"},
    }


def test_audit_says_that_nothing_is_apart(stage: Stage, opsync: Opsync) -> None:
    """And names what is, once somebody edited one side."""
    quiet = opsync("-c", stage.config, "audit")
    record_id = min(stage.dump()[Side.RIGHT], key=int)
    stage.hands[Side.RIGHT].edit(record_id, {"title": "Renamed"})

    found = opsync("-c", stage.config, "audit")

    assert (quiet.exit_code, found.exit_code) == (0, 4)
    assert "Audit: 0 findings in 10 links." in quiet.stdout
    assert f"ONLYOFFICE {record_id}]: title differ" in found.stdout
    assert "| ONLYOFFICE Renamed" in found.stdout


def _texts(records: Mapping[str, Values]) -> set[str]:
    return {str(values[DESCRIPTION]) for values in records.values()}


def _run_of(printed: str) -> str:
    """The run id in `Apply done in 0.2 s (run 3f2a91c0).`"""
    return printed.partition("(run ")[2].partition(")")[0]
