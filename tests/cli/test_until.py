"""Moments and spans as people type them: UTC inside, both clocks in the echo."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import typer

from sync.cli.until import end_of, in_both_zones, parse_moment, parse_span

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture
def oslo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine stands in Oslo."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Oslo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("30m", timedelta(minutes=30)),
        ("2h", timedelta(hours=2)),
        (" 1D12h ", timedelta(hours=36)),
        ("90s", timedelta(seconds=90)),
    ],
)
def test_spans(text: str, span: timedelta) -> None:
    """A number and a unit, one or several times."""
    assert parse_span(text) == span


@pytest.mark.parametrize("text", ["", "2", "h", "2 h", "2w", "-2h", "2h!", "1.5h", "99999999999d"])
def test_what_is_no_span(text: str) -> None:
    """Refused as wrong use."""
    with pytest.raises(typer.BadParameter):
        parse_span(text)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-12-24T08:00", "2026-12-24T07:00"),
        ("2026-12-24 08:00", "2026-12-24T07:00"),
        ("2026-07-01T08:00", "2026-07-01T06:00"),
        ("2026-12-24T08:00Z", "2026-12-24T08:00"),
        ("2026-12-24T08:00+05:30", "2026-12-24T02:30"),
        ("2026-12-24", "2026-12-23T23:00"),
    ],
)
def test_a_moment_without_a_zone_is_of_this_machine(oslo: None, text: str, utc: str) -> None:
    """In winter as in summer time; a zone that is given counts."""
    assert parse_moment(text) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["tomorrow", "24.12.2026", "2026-13-01T08:00", "0001-01-01T00:00"])
def test_what_is_no_moment(oslo: None, text: str) -> None:
    """Refused as wrong use; also one that no clock can show in UTC."""
    with pytest.raises(typer.BadParameter, match="no moment"):
        parse_moment(text)


def test_both_clocks_are_told(oslo: None) -> None:
    """So that nobody has to guess which one was meant."""
    told = in_both_zones(datetime(2026, 12, 24, 7, 0, tzinfo=UTC))

    assert told == "2026-12-24 08:00 (CET, this machine's zone, UTC+0100) = 2026-12-24 07:00 UTC"


def test_one_clock_is_enough_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the machine's zone is UTC, the same is not said twice."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        assert in_both_zones(NOW) == "2026-11-22 08:00 UTC, this machine's zone"
    time.tzset()


def test_an_end_is_a_moment_or_a_span() -> None:
    """Or nothing at all."""
    assert end_of("", "", NOW) is None
    assert end_of("", "2h", NOW) == NOW + timedelta(hours=2)
    assert end_of("2026-11-22T08:01Z", "", NOW) == NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("until", "span", "said"),
    [
        ("2026-12-24T08:00Z", "2h", "not both"),
        ("2026-11-22T08:00Z", "", "is over already"),
        ("", "0m", "is over already"),
        ("", "9999999d", "too long"),
    ],
)
def test_an_end_that_cannot_be(until: str, span: str, said: str) -> None:
    """Two ends, one that is past, or one that no calendar has."""
    with pytest.raises(typer.BadParameter, match=said):
        end_of(until, span, NOW)
