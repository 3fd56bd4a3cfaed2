"""The budget reaches the senders as it was written, and its calls the state database."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import respx

from sync import wiring
from sync.crm.breaker import Caution
from sync.crm.budget import Limits
from sync.crm.pressure import Sample
from sync.domain.model import Side
from sync.errors import Misconfigured, OpsyncError
from sync.settings import Settings, load_settings
from sync.store.usage import load_usage
from tests.settings.build import a_config

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def loaded(folder: Path, more: str = "") -> Settings:
    return load_settings(a_config(folder, more), {}).settings


def test_the_hosted_service_s_limit_is_kept_by_default(tmp_path: Path) -> None:
    """500 calls in ten seconds, minus what people need; SuperOffice publishes no limit."""
    budget = loaded(tmp_path).budget

    assert budget.of(Side.RIGHT).limits() == Limits(600, 400, 0)
    assert budget.of(Side.LEFT).limits() == Limits(600, 0, 0)


@pytest.mark.parametrize(("line", "limit"), [("attempts = 2", 400), ("calls_per_ten_seconds = 0", 0)])
def test_another_setting_does_not_lift_that_limit(tmp_path: Path, line: str, limit: int) -> None:
    """Only its own does."""
    budget = loaded(tmp_path, f"[budget.onlyoffice]\n{line}\n").budget

    assert budget.of(Side.RIGHT).limits().per_ten_seconds == limit


def test_every_limit_reaches_its_side(tmp_path: Path) -> None:
    """Under its own name."""
    text = """
[budget.superoffice]
calls_per_minute = 100
calls_per_ten_seconds = 30
calls_per_day = 5000
connections = 4
failures_in_a_row = 7
cooldown_s = 45
"""
    settings = loaded(tmp_path, text)
    pressures = wiring.build_pressures(settings)
    crms = wiring.build_crms(settings, pressures=pressures)
    for crm in crms.values():
        crm.close()

    section = settings.budget.of(Side.LEFT)
    assert (section.limits(), section.caution()) == (Limits(100, 30, 5000), Caution(7, 45.0))
    assert pressures[Side.LEFT].sample() == Sample(0, 5000, 0, 100, 4)
    assert pressures[Side.RIGHT].sample() == Sample(0, 0, 0, 600, 8)


@pytest.mark.parametrize("line", ["calls_per_day = -1", "calls_per_minute = 0", "failures_in_a_row = 0"])
def test_limits_that_cannot_be_are_refused(tmp_path: Path, line: str) -> None:
    """By name."""
    with pytest.raises(Misconfigured, match=rf"budget.onlyoffice.{line.split()[0]}: must be at least"):
        loaded(tmp_path, f"[budget.onlyoffice]\n{line}\n")


def test_calls_are_written_down_when_a_pairing_closes(tmp_path: Path) -> None:
    """So that `opsync status` and the next start know of them."""
    settings = loaded(tmp_path, "[budget.superoffice]\nattempts = 2\n[budget.onlyoffice]\nattempts = 2\n")
    seen: list[wiring.Pressures] = []
    pairing = wiring.open_pairing(settings, progress=lambda *_told: None, on_pressure=seen.append)
    with respx.mock:
        respx.route().mock(side_effect=httpx.ConnectError("nobody there"))
        for side in Side:
            with pytest.raises(OpsyncError):
                pairing.crms[side].fetch_record("7")
    told = {side: seen[0][side].sample().today for side in Side}
    wiring.close_pairing(pairing)

    database = wiring.open_database(settings)
    with database.read() as connection:
        kept = {side: load_usage(connection, side, wiring.real_clock()).today for side in Side}
    database.close()
    assert told == kept
    assert min(told.values()) >= settings.budget.superoffice.attempts
