"""The judges of a soak see what they look for: a line unexplained, memory grown, calls too many, no rest."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from sync.sandbox.recorder import Entry
from tests.daemon.process import Stage
from tests.soak.calls import PER_TEN_SECONDS, Tally, over_budget
from tests.soak.causes import AFTERWARDS, Causes, Story
from tests.soak.daemon import Daemon, Line
from tests.soak.memory import WARM_CYCLES, Memory, grown
from tests.soak.play import is_at_rest
from tests.soak.weather import Spell

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HTML = "SuperOffice GET Sale: expected JSON, got an HTML page; a log-in or proxy page answers"


@dataclass
class Recorded:
    """A server's log, as a stage shows it."""

    rows: list[dict[str, object]] = field(default_factory=list)

    def look(self, side: str, what: str) -> list[dict[str, object]]:
        return self.rows if side == "superoffice" and what == "log?since=0" else []


def a_line(event: str, seconds: float = 0.0, level: str = "warning", **fields: object) -> Line:
    return Line(0, AT + timedelta(seconds=seconds), level, event, fields)


def unexplained(lines: Sequence[Line], *spells: Spell, lost_at: Sequence[datetime] = ()) -> list[str]:
    return list(Causes(Story(spells, [], lost_at)).unexplained(lines))


def a_spell(kind: str = "html", side: str = "superoffice") -> Spell:
    return Spell(side, kind, AT, AT + timedelta(seconds=3))


def test_a_warning_within_its_fault_is_explained() -> None:
    """By side, kind and time."""
    line = a_line("side.lost", 2, side="superoffice", error=HTML)

    assert unexplained([line], a_spell()) == []


@pytest.mark.parametrize(
    ("spell", "seconds"),
    [
        (a_spell(side="onlyoffice"), 2.0),
        (a_spell("slow"), 2.0),
        (a_spell(), -1.0),
        (a_spell(), 4.0 + AFTERWARDS.total_seconds()),
    ],
)
def test_a_warning_that_no_fault_explains_is_found(spell: Spell, seconds: float) -> None:
    """The other side's fault, another kind of fault, one that was still to come, one long over."""
    line = a_line("side.lost", seconds, side="superoffice", error=HTML)

    assert len(unexplained([line], spell)) == 1


@pytest.mark.parametrize("event", ["cycle.crashed", "run.held", "state.lost", "alerts.failed", ""])
def test_some_warnings_have_no_excuse(event: str) -> None:
    """Whatever the weather was: a fault of opsync, a brake, a line that is no line of the log."""
    assert len(unexplained([a_line(event, 1, level="error", error=HTML)], a_spell())) == 1


def test_a_webhook_is_repaired_for_a_reason() -> None:
    """Its errors in a row come from events that found no daemon."""
    line = a_line("webhook.repaired", 5, was="TooManyErrors")

    assert len(unexplained([line])) == 1
    assert unexplained([line], lost_at=[AT]) == []
    assert unexplained([a_line("webhook.repaired", was="missing")]) == []


def test_information_needs_no_cause() -> None:
    """Only warnings and worse."""
    assert unexplained([a_line("cycle.finished", level="info")]) == []


def a_daemon(number: int, cycles: int) -> Daemon:
    lines = [a_line("cycle.finished", level="info")] * cycles
    return cast(Daemon, SimpleNamespace(number=number, memory_kb=lambda: 90_000, lines=lambda: lines))


def test_memory_that_grows_is_found() -> None:
    """Of daemons that are warm; what a process takes in its first cycles does not count."""
    memory = Memory({1: [100_000] * 12, 2: [*[100_000] * 6, *[125_000] * 6]})
    memory.take([a_daemon(3, WARM_CYCLES - 1), a_daemon(4, WARM_CYCLES)])

    assert list(grown(memory)) == ["daemon 2 grew from 97 to 122 MB after its warm-up"]
    assert memory.samples.keys() == {1, 2, 4}


def test_calls_beyond_the_budget_are_found() -> None:
    """In ten seconds; a daemon that takes over may begin anew, and calls may arrive a little closer."""
    entry = Entry(1, AT.isoformat(), "GET", "/api/v1/Sale", "", 200, write=False, fault=None)
    row = {name: getattr(entry, name) for name in ("seq", "at", "status", "fault")}
    tally, close = (
        Tally(cast(Stage, Recorded([row] * int(PER_TEN_SECONDS * share)))) for share in (1.06, 1.04)
    )
    tally.take()
    close.take()

    assert len(list(over_budget(tally, []))) == 1
    assert list(over_budget(tally, [AT])) == []
    assert list(over_budget(close, [])) == []
    assert tally.busiest() == int(PER_TEN_SECONDS * 1.06)


CLEAN = {"outcome": "done", "links": {"in_sync": 3}, "reach": "all"}


@pytest.mark.parametrize(
    ("cycles", "rests"),
    [
        ([CLEAN], True),
        ([CLEAN, CLEAN | {"reach": "open"}], True),
        ([CLEAN | {"reach": "open"}], False),
        ([CLEAN, CLEAN | {"updated_left": 1}], False),
        ([CLEAN | {"updated_left": 1}, CLEAN], True),
        ([CLEAN | {"links": {"in_sync": 2, "retrying": 1}}], False),
        ([CLEAN, CLEAN | {"outcome": "failed"}], False),
        ([], False),
    ],
)
def test_rest_is_a_whole_reading_without_a_write(cycles: Sequence[dict[str, object]], rests: bool) -> None:
    """And nothing that waits since; what was before the moment asked about does not count."""
    lines = [a_line("cycle.finished", 1, level="info", **cycle) for cycle in cycles]

    assert is_at_rest(lines, AT) is rests
    assert not is_at_rest(lines, AT + timedelta(seconds=2))
