"""Which conditions were told, and to whom that is still owed. Pure: it sends and stores nothing."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any  # JSON enters here

from sync.daemon.channels.alert import Alert, State
from sync.daemon.conditions import ADVICE, Finding, Kind, View

PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
"""Before the second, third and last try to get one alert through one channel."""

IN_HAND = timedelta(minutes=2)
"""So long an alert that is being sent is left alone by other processes, and by this one after a crash."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Seconds. A condition must be true, and later gone, for `after_s` before that is told; `after` has other
    numbers by kind, `never` the kinds that are not told. `remind_every_s` of 0: no reminders."""

    source: str = "opsync"
    after_s: float = 120.0
    after: Mapping[str, float] = field(default_factory=dict)
    remind_every_s: float = 86_400.0
    never: frozenset[str] = frozenset()

    def wait_of(self, kind: Kind) -> timedelta:
        return timedelta(seconds=self.after.get(str(kind), self.after_s))


@dataclass(frozen=True, slots=True)
class Debt:
    """What a channel has not taken yet, after so many tries."""

    tries: int
    next_at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """A condition as it was last told: `times` over while `firing`, at `told_at`, or as over since then.
    `contrary_at`: since when the world is otherwise. `owed`: {channel: debt}."""

    firing: bool
    text: str
    since: datetime
    told_at: datetime
    times: int = 0
    contrary_at: datetime | None = None
    owed: Mapping[str, Debt] = field(default_factory=dict)


Book = Mapping[str, Notice]
"""{name of the condition: notice}."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert on its way through one channel, for the n-th time."""

    channel: str
    alert: Alert
    tries: int

    @property
    def is_last(self) -> bool:
        return self.tries > len(PAUSES)


@dataclass(frozen=True, slots=True)
class Judge:
    """Compares what is true at `now` with what was told; `channels` are all who are to hear of it."""

    rules: Rules
    channels: Collection[str]
    now: datetime

    def judge(self, book: Book, view: View) -> Book:
        names = [name for name in sorted({*book, *view.findings}) if Kind.of(name) not in self.rules.never]
        judged = {name: self._judged(name, book.get(name), view) for name in names}
        return {name: notice for name, notice in judged.items() if notice is not None}

    def begin_anew(self, book: Book) -> Book:
        """For a clock that leapt: every wait begins again, and nothing lies in the future."""
        return {name: self._anew(notice) for name, notice in book.items()}

    def take(self, book: Book) -> tuple[Book, list[Delivery]]:
        """What is to be sent now; in the book it counts as tried."""
        taken: list[Delivery] = []
        kept: dict[str, Notice] = {}
        for name, notice in book.items():
            owed = {channel: debt for channel, debt in notice.owed.items() if channel in self.channels}
            for channel in [channel for channel, debt in owed.items() if debt.next_at <= self.now]:
                owed[channel] = Debt(owed[channel].tries + 1, self.now + IN_HAND)
                taken.append(Delivery(channel, self._alert(name, notice), owed[channel].tries))
            kept[name] = replace(notice, owed=owed)
        return kept, taken

    def settle(self, book: Book, delivery: Delivery, *, arrived: bool) -> Book:
        """Told, or to be tried again, or given up. What was told anew meanwhile is another debt."""
        name, channel = delivery.alert.condition, delivery.channel
        notice = book.get(name)
        if notice is None or notice.told_at != delivery.alert.at or channel not in notice.owed:
            return book
        owed = {other: debt for other, debt in notice.owed.items() if other != channel}
        if not arrived and not delivery.is_last:
            owed[channel] = Debt(delivery.tries, self.now + PAUSES[delivery.tries - 1])
        return {**book, name: replace(notice, owed=owed)}

    def _judged(self, name: str, notice: Notice | None, view: View) -> Notice | None:
        kind, finding = Kind.of(name), view.findings.get(name)
        if finding is None and kind in view.unjudged:
            return replace(notice, contrary_at=None) if notice else None
        known = notice or Notice(False, "", self.now, self.now)
        if known.firing == (finding is not None):
            return self._as_told(known, finding)
        start = min(known.contrary_at or self.now, self.now)
        if self.now - start < self.rules.wait_of(kind):
            return replace(known, contrary_at=start)
        if finding is None:
            return replace(known, firing=False, told_at=start, contrary_at=None, owed=self._all())
        return Notice(True, finding.text, min(finding.since, start), self.now, 1, None, self._all())

    def _as_told(self, notice: Notice, finding: Finding | None) -> Notice | None:
        if finding is None:
            return replace(notice, contrary_at=None) if notice.owed else None
        age_s = (self.now - notice.told_at).total_seconds()
        if not 0 < self.rules.remind_every_s <= age_s:
            return replace(notice, contrary_at=None)
        return Notice(True, finding.text, notice.since, self.now, notice.times + 1, None, self._all())

    def _all(self) -> dict[str, Debt]:
        return {channel: Debt(0, self.now) for channel in self.channels}

    def _anew(self, notice: Notice) -> Notice:
        latest = self.now + PAUSES[-1]
        owed = {channel: Debt(debt.tries, min(debt.next_at, latest)) for channel, debt in notice.owed.items()}
        return replace(notice, contrary_at=None, told_at=min(notice.told_at, self.now), owed=owed)

    def _alert(self, name: str, notice: Notice) -> Alert:
        advice = ADVICE[Kind.of(name)]
        state = (State.STILL if notice.times > 1 else State.FIRING) if notice.firing else State.OVER
        return Alert(
            self.rules.source,
            name,
            state,
            advice.severity,
            notice.text,
            advice.step,
            notice.since,
            notice.told_at,
        )


def dump_book(book: Book) -> str:
    return json.dumps({name: _notice_to_json(notice) for name, notice in book.items()}, sort_keys=True)


def load_book(text: str | None) -> Book:
    """Of a newer or older version, as much as this one knows."""
    try:
        rows = json.loads(text or "{}")
        return {name: _notice_from_json(row) for name, row in rows.items() if _is_known(name)}
    except (AttributeError, KeyError, TypeError, ValueError):
        return {}


def _is_known(name: str) -> bool:
    return name.partition(":")[0] in set(Kind)


def _notice_to_json(notice: Notice) -> dict[str, object]:
    return {
        "firing": notice.firing,
        "text": notice.text,
        "since": notice.since.isoformat(),
        "told_at": notice.told_at.isoformat(),
        "times": notice.times,
        "contrary_at": notice.contrary_at.isoformat() if notice.contrary_at else None,
        "owed": {channel: [debt.tries, debt.next_at.isoformat()] for channel, debt in notice.owed.items()},
    }


def _notice_from_json(row: Mapping[str, Any]) -> Notice:
    contrary_at = row["contrary_at"]
    return Notice(
        firing=bool(row["firing"]),
        text=str(row["text"]),
        since=datetime.fromisoformat(row["since"]),
        told_at=datetime.fromisoformat(row["told_at"]),
        times=int(row["times"]),
        contrary_at=datetime.fromisoformat(contrary_at) if contrary_at else None,
        owed={
            channel: Debt(int(tries), datetime.fromisoformat(next_at))
            for channel, (tries, next_at) in row["owed"].items()
        },
    )
