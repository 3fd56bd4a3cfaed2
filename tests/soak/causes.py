"""Finds the fault behind each warning of the log; one without a fault is a finding. It reads no server."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.soak.daemon import Daemon, Line
from tests.soak.weather import KINDS, REVOKED, SIDES, Spell

AFTERWARDS = timedelta(seconds=20)
"""How long after a fault it may still be told: retries, a back-off, and a cycle that began in it."""
TAKE_OVER = timedelta(seconds=20)
_LOUD = frozenset({"warning", "error", "critical"})
_SILENT_KINDS = frozenset({"busy", "retry after", "dropped", "answer lost", "cut short", "html"})
_TEXTS = (
    (r"answered 503|asks for fewer calls|asked for patience", {"busy", "retry after"}),
    (r"not called", _SILENT_KINDS),
    (r"HTML page", {"html"}),
    (r"cut short|cannot be read", {"cut short", "html"}),
    (r"connection failed|answer was lost|cannot connect", {"dropped", "answer lost", "cut short"}),
    (r"answered 401|log-?in|password", {"log-in refused", REVOKED}),
)


@dataclass(frozen=True, slots=True)
class Story:
    """What happened to the daemons; `lost_at` are moments at which an event of SuperOffice found none."""

    spells: Sequence[Spell]
    daemons: Sequence[Daemon]
    lost_at: Sequence[datetime]


class Causes:
    """Each loud line is explained, or not; `found` counts by event and cause."""

    def __init__(self, story: Story) -> None:
        self.found: Counter[str] = Counter()
        self._story = story

    def unexplained(self, lines: Sequence[Line]) -> Iterator[str]:
        for line in lines:
            if line.level in _LOUD:
                cause = self._cause(line)
                if cause:
                    self.found[f"{line.event}: {cause}"] += 1
                else:
                    text = ", ".join(f"{key}={value}" for key, value in line.fields.items())
                    yield f"nothing explains a line of daemon {line.daemon}: {text}"

    def _cause(self, line: Line) -> str:
        match line.event:
            case "mapping.noted":
                return "a hint about the seeded world"
            case "lease.awaited":
                return self._another_daemon(line)
            case "webhook.repaired" | "webhook.failed" if not self._side_of(line):
                return self._no_receiver(line)
            case "side.lost" | "cycle.finished" | "chore.failed" | "webhook.failed" | "webhook.repaired":
                return self._fault(line)
        return ""

    def _another_daemon(self, line: Line) -> str:
        """A lease outlives a process that was killed."""
        others = (one for one in self._story.daemons if one.number != line.daemon)
        lived = any(one.started_at <= line.at <= one.seen_at() + TAKE_OVER for one in others)
        return "another daemon is at work" if lived else ""

    def _no_receiver(self, line: Line) -> str:
        was = line.fields.get("was")
        if was == "missing":
            return "nobody had registered it"
        return "no daemon listened" if any(at <= line.at for at in self._story.lost_at) else ""

    def _side_of(self, line: Line) -> str:
        if line.event == "side.lost":
            return str(line.fields["side"])
        text = str(line.fields.get("error", ""))
        return next((side for side in SIDES if re.search(rf"\b{side} [A-Z]+ ", text, re.IGNORECASE)), "")

    def _fault(self, line: Line) -> str:
        """The side's newest fault that can say such words."""
        text, side = str(line.fields.get("error", "")), self._side_of(line)
        kinds = next((kinds for pattern, kinds in _TEXTS if re.search(pattern, text, re.IGNORECASE)), KINDS)
        fits = [
            spell
            for spell in self._story.spells
            if spell.side == side and spell.kind in kinds and _may_speak(spell, line.at)
        ]
        return fits[-1].kind if fits else ""


def _may_speak(spell: Spell, at: datetime) -> bool:
    return spell.since <= at and (spell.until is None or at <= spell.until + AFTERWARDS)
