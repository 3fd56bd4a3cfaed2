"""The combinations of switches hold every pair, and a failing one is cut down to its culprits."""

from itertools import combinations

from sync.errors import LoginRefused
from sync.sandbox.switches import SwitchInfo
from tests.crm.switchboard import Setting, covering, errors_of, settings_of, shrunk, side_by_side, values_of

INFOS = tuple(
    SwitchInfo(f"s{number}", False, (False, *range(1, number + 1)), "a switch", "0") for number in range(1, 7)
)
SETTINGS = settings_of(INFOS)


def test_a_value_is_told_from_a_default_by_its_kind() -> None:
    """`True` is not 1, a list has a text, and the value comes back as it was."""
    infos = (SwitchInfo("a", 1, (1, True), "m", "0"), SwitchInfo("b", [], ([], ["x"]), "m", "0"))

    assert values_of(settings_of(infos)) == {"a": True, "b": ["x"]}
    assert len(SETTINGS) == sum(range(1, 7))


def test_every_pair_occurs_in_some_run() -> None:
    """And no run holds one switch twice."""
    runs = covering(SETTINGS)
    seen = {pair for run in runs for pair in combinations(sorted(run), 2)}
    wanted = {pair for pair in combinations(sorted(SETTINGS), 2) if pair[0].name != pair[1].name}

    assert wanted <= seen
    assert all(len({setting.name for setting in run}) == len(run) for run in runs)
    assert len(runs) < len(wanted) / 3


def test_side_by_side_holds_each_setting_once() -> None:
    """In as many runs as the longest switch has values."""
    runs = side_by_side(SETTINGS)

    assert sorted(setting for run in runs for setting in run) == sorted(SETTINGS)
    assert len(runs) == 6


def test_a_failing_run_is_cut_down() -> None:
    """To the pair that fails by itself."""
    bad = {Setting.of("s2", 1), Setting.of("s5", 3)}
    run = next(run for run in covering(SETTINGS) if bad <= set(run))

    culprits, fault = shrunk(run, lambda some: "boom" if bad <= set(some) else "")
    assert (set(culprits), fault) == (bad, "boom")


def test_expected_errors_are_found_by_value() -> None:
    """Only for the settings that have one."""
    expected = {Setting.of("s1", 1): LoginRefused}

    assert errors_of([Setting.of("s1", 1), Setting.of("s2", 1)], expected) == (LoginRefused,)
    assert errors_of([Setting.of("s1", True)], expected) == ()
