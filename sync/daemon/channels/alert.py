"""One alert as a value with its words, and what a channel is; it sends nothing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sync.daemon.conditions import Severity

_UNITS = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))


class State(StrEnum):
    """STILL is a reminder."""

    FIRING = "firing"
    STILL = "still"
    OVER = "over"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Alert:
    """`source` names the installation; `at` is when the condition began, was reminded of, or ended."""

    source: str
    condition: str
    state: State
    severity: Severity
    text: str
    step: str
    since: datetime
    at: datetime

    @property
    def seconds(self) -> float:
        """For how long it is, or was, true; 0 where a clock was set back meanwhile."""
        return round(max((self.at - self.since).total_seconds(), 0.0), 1)

    @property
    def incident(self) -> str:
        """The same in all alerts of one trouble, for receivers that pair them or drop repeats."""
        return f"{self.source}/{self.condition}/{self.since.isoformat()}"

    @property
    def subject(self) -> str:
        """One line."""
        match self.state:
            case State.FIRING:
                return f"{self.source}: {self.text}"
            case State.STILL:
                return f"{self.source}: still, for {spoken(self.seconds)}: {self.text}"
            case State.OVER:
                return f"{self.source}: over after {spoken(self.seconds)}: {self.text}"
            case State.TEST:
                return f"{self.source}: a test: {self.text}"

    @property
    def body(self) -> str:
        """A few lines for people."""
        lines = [self.subject, "", f"condition  {self.condition} ({self.severity})"]
        lines += [f"since      {self.since:%Y-%m-%d %H:%M:%S} UTC"]
        if self.state is State.OVER:
            lines += [f"until      {self.at:%Y-%m-%d %H:%M:%S} UTC"]
        elif self.step:
            lines += [f"next       {self.step}"]
        return "\n".join(lines) + "\n"

    def as_json(self) -> dict[str, object]:
        """Plain values; `text` alone is the whole alert for a receiver that knows no other member."""
        is_over = self.state is State.OVER
        return {
            "source": self.source,
            "incident": self.incident,
            "condition": self.condition,
            "state": str(self.state),
            "severity": str(self.severity),
            "text": self.subject if is_over or not self.step else f"{self.subject}. Next: {self.step}",
            "what": self.text,
            "next": "" if is_over else self.step,
            "since": self.since.isoformat(),
            "at": self.at.isoformat(),
            "seconds": self.seconds,
        }


class Channel(Protocol):
    """One way out. `send` may take seconds, and raises nothing for what can go wrong on the way."""

    @property
    def name(self) -> str: ...

    def send(self, alert: Alert) -> str:
        """What went wrong, without any secret; "" when it arrived."""
        ...


def spoken(seconds: float) -> str:
    """`3 h 5 min`: the largest unit and the one below it, if there is something of it."""
    rest = round(seconds)
    parts = []
    for unit, length in _UNITS:
        count, rest = divmod(rest, length)
        if count:
            parts.append(f"{count} {unit}")
        elif parts:
            break
    return " ".join(parts[:2]) or "0 s"
