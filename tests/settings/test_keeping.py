"""How long the state database remembers, as a user sets it."""

from pathlib import Path

import pytest

from sync.settings import load_settings
from sync.store.retention import Keep
from tests.settings.build import a_config
from tests.settings.test_load import problems

NO_ENVIRONMENT: dict[str, str] = {}


def test_the_defaults_are_those_of_the_store(tmp_path: Path) -> None:
    """Nobody has to set anything."""
    assert load_settings(a_config(tmp_path), NO_ENVIRONMENT).settings.state.keep() == Keep()


def test_days_are_taken_as_set(tmp_path: Path) -> None:
    """In whole days."""
    days = "keep_values_days = 90\nkeep_history_days = 91\nkeep_runs_days = 1\n"
    config = a_config(tmp_path, f"[state]\n{days}")

    assert load_settings(config, NO_ENVIRONMENT).settings.state.keep() == Keep(90, 91, 1)


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("keep_values_days = 89", "state.keep_values_days: must be at least 90"),
        ("keep_history_days = 399", "state.keep_history_days: must not be less than keep_values_days"),
        ("keep_values_days = 2000", "state.keep_history_days: must not be less than keep_values_days"),
        ("keep_runs_days = 0", "state.keep_runs_days: must be at least 1"),
    ],
)
def test_what_would_lose_too_much_is_refused(tmp_path: Path, more: str, problem: str) -> None:
    """Three months of history at the least, and values no longer than what they belong to."""
    assert problem in "\n".join(problems(a_config(tmp_path, f"[state]\n{more}\n")))
