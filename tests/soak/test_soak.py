"""A short soak: real daemons, people, faults and blows; then both sides agree, nothing is unexplained."""

from pathlib import Path

from tests.soak.play import Wanted, a_soak, play
from tests.soak.verdict import judge

SECONDS = 12.0
PATIENCE_S = 60.0
SEED = 7


def test_a_short_soak_breaks_no_promise(tmp_path: Path) -> None:
    """No edit lost, no twin, calls within the budget, each warning has its cause. Too short for memory."""
    with a_soak(tmp_path, SEED) as soak:
        rested_s = play(soak, Wanted(SECONDS, SEED, PATIENCE_S, starts_anew=True))
        verdict = judge(soak, rested_s)

    assert verdict.violations == ()
    assert soak.ledger.read_text(encoding="utf-8").count("\n") > 20
    assert soak.weather.spells
    assert soak.crew.blows
    assert soak.front.passed > 0
    assert min(soak.tally.counts().values()) > 0
