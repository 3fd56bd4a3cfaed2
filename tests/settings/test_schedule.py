"""When the daemon looks and when it does not: windows and zones are checked before anything starts."""

from pathlib import Path

import pytest

from sync.errors import Misconfigured
from sync.settings import Settings, load_settings
from tests.settings.build import a_config


def loaded(folder: Path, more: str = "", **environ: str) -> Settings:
    return load_settings(a_config(folder, more), environ).settings


def test_by_default_it_looks_at_any_time(tmp_path: Path) -> None:
    """No blackout, and no edit waits."""
    schedule = loaded(tmp_path).schedule

    assert (schedule.blackouts, schedule.time_zone, schedule.settle_edits_s) == ([], "UTC", 0)


def test_windows_come_from_the_file_or_the_environment(tmp_path: Path) -> None:
    """In a variable there are semicolons between them."""
    file = '[schedule]\nblackouts = ["Mon-Fri 08:00-09:30", "22:00-05:00"]\ntime_zone = "Europe/Oslo"\n'
    variable = "Sat,Sun 02:00-04:00; 12:00-13:00"

    assert loaded(tmp_path, file).schedule.blackouts == ["Mon-Fri 08:00-09:30", "22:00-05:00"]
    assert loaded(tmp_path, file).schedule.time_zone == "Europe/Oslo"
    assert loaded(tmp_path, file, OPSYNC_SCHEDULE__BLACKOUTS=variable).schedule.blackouts == [
        "Sat,Sun 02:00-04:00",
        "12:00-13:00",
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('blackouts = ["08:00-09:00", "Monday 08:00-09:30"]', "schedule.blackouts row 2: 'Monday 08:00"),
        ("blackouts = [8]", "schedule.blackouts row 1: must be text in quotes"),
        ("blackouts = 8", "schedule.blackouts: must be a list"),
        ('time_zone = "CEST"', "schedule.time_zone: is no time zone"),
        ('time_zone = ""', "schedule.time_zone: is no time zone"),
        ("settle_edits_s = -1", "schedule.settle_edits_s: must be at least 0"),
        ("settle_edits_s = 100000", "schedule.settle_edits_s: must be at most 86400"),
    ],
)
def test_what_cannot_be_kept_is_refused(tmp_path: Path, line: str, said: str) -> None:
    """With the row and what is wrong with it."""
    with pytest.raises(Misconfigured, match=said.replace("[", r"\[")):
        loaded(tmp_path, f"[schedule]\n{line}\n")
