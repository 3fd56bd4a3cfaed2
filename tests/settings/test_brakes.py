"""The [brakes] section: defaults, half a limit, and the way to the engine."""

from pathlib import Path

import pytest

from sync import wiring
from sync.domain.brakes import Brakes, Limit
from sync.domain.model import Side
from sync.errors import Misconfigured
from sync.settings import load_settings
from tests.settings.build import a_config


def rules(folder: Path, more: str = "", **environ: str) -> Brakes:
    return wiring.build_options(load_settings(a_config(folder, more), environ).settings).brakes


def test_without_a_section_the_engine_s_own_limits_hold(tmp_path: Path) -> None:
    """What the example prints as default is what the engine means by it."""
    assert rules(tmp_path) == Brakes()


def test_half_a_limit_keeps_its_other_half(tmp_path: Path) -> None:
    """From the file as well as from the environment."""
    found = rules(tmp_path, "[brakes]\nupdates = { absolute = 500 }\n", OPSYNC_BRAKES__GONE__PERCENT="2.5")

    assert (found.updates, found.gone) == (Limit(500, 30.0), Limit(5, 2.5))


def test_canaries_go_to_their_sides(tmp_path: Path) -> None:
    """An empty one is none."""
    assert rules(tmp_path, '[brakes]\ncanary_onlyoffice = "317"\n').canaries == {Side.RIGHT: "317"}


def test_the_lease_goes_to_the_engine(tmp_path: Path) -> None:
    """In seconds, never below one."""
    settings = load_settings(a_config(tmp_path, "[state]\nlease_s = 5\n"), {}).settings

    assert wiring.build_options(settings).lease_s == 5


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ("updates = 5", "brakes.updates: must be a table"),
        ("updates = { absolute = -1 }", "brakes.updates.absolute: must be at least 0"),
        ("gone = { percent = 101 }", "brakes.gone.percent: must be at most 100.0"),
        ("gone = { parcent = 1 }", "brakes.gone.parcent: unknown setting (did you mean percent?)"),
        ('canary_onlyoffice = "x"', "brakes.canary_onlyoffice: must match ^[0-9]*$"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, more: str, line: str) -> None:
    """One line for each problem."""
    with pytest.raises(Misconfigured) as caught:
        load_settings(a_config(tmp_path, f"[brakes]\n{more}\n"), {})

    assert caught.value.problems == (line,)
