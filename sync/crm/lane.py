"""How many calls to one host may be under way at once, and when none may; it adapts and sends nothing."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from time import monotonic

from sync.crm.breaker import Breaker, Caution, Clock
from sync.crm.http_status import Place
from sync.errors import SideDown, Throttled

LONGEST_WAIT_S = 60.0
"""Nobody waits longer inside a call, however often the host asks again for patience: a write that is sent
when the lease has long passed to another process would be made twice."""

GOOD_FOR_ONE_MORE = 20
_LONGEST_HOLD_S = 86_400.0

Wait = Callable[[threading.Condition, float], object]


class Tone(Enum):
    """What an answer tells of its host, whatever it says about a record."""

    FINE = "it answers"
    BUSY = "it wants fewer calls"
    LOST = "it gave no answer"


@dataclass(frozen=True, slots=True)
class Reply:
    """`hold_s`: for so long the host wants no call at all."""

    tone: Tone
    hold_s: float = 0.0


class Lane:
    """Shared by all threads. Its width is halved when the host has too much to do, once for all calls that
    were under way together, and grows by one after `GOOD_FOR_ONE_MORE` good answers, up to `most`."""

    def __init__(
        self,
        most: int,
        caution: Caution,
        clock: Clock | None = None,
        *,
        ticks: Callable[[], float] = monotonic,
        wait: Wait = threading.Condition.wait,
    ) -> None:
        self._most = most
        self._ticks = ticks
        self._wait = wait
        self._room = threading.Condition()
        self._breaker = Breaker(caution, clock, ticks)
        self._width = most
        self._under_way = 0
        self._good = 0
        self._round = 0
        self._held_until = ticks()

    @property
    def width(self) -> int:
        """Calls that may be under way at once."""
        return self._width

    def enter(self, place: Place) -> int:
        """Waits for room and gives a mark for `leave`. `Throttled` when the host wants a long pause or room
        does not come in time, and `SideDown` while it is left alone: nothing may be sent."""
        with self._room:
            until = self._ticks() + LONGEST_WAIT_S
            while wait_s := self._obstacle(place):
                left_s = until - self._ticks()
                if left_s <= 0:
                    raise Throttled(place.says(f"not called: no room for it in {LONGEST_WAIT_S:.0f} s"))
                self._wait(self._room, min(wait_s, left_s))
            self._under_way += 1
            return self._round

    def leave(self, mark: int, reply: Reply | None) -> None:
        """The call has ended; None where it says nothing about the host."""
        with self._room:
            self._under_way -= 1
            self._learn(mark, reply)
            self._room.notify_all()

    def _obstacle(self, place: Place) -> float:
        """Seconds after which to look again; 0 when the way is free."""
        if refusal := self._breaker.refusal():
            raise SideDown(place.says(refusal))
        held_s = self._held_until - self._ticks()
        if held_s > LONGEST_WAIT_S:
            raise Throttled(place.says(f"not called: it wants no call for another {held_s:.0f} s"), held_s)
        if held_s > 0:
            return held_s
        room = 1 if self._breaker.is_open else self._width
        return LONGEST_WAIT_S if self._under_way >= room else 0.0

    def _learn(self, mark: int, reply: Reply | None) -> None:
        if reply is None:
            return
        hold_s = min(reply.hold_s, _LONGEST_HOLD_S)
        self._held_until = max(self._held_until, self._ticks() + hold_s)
        if reply.tone is Tone.LOST:
            self._breaker.fail()
        else:
            self._breaker.answer()
        if reply.tone is Tone.FINE:
            self._widen()
        elif mark == self._round:
            self._width, self._round, self._good = max(1, self._width // 2), self._round + 1, 0

    def _widen(self) -> None:
        self._good += 1
        if self._good >= GOOD_FOR_ONE_MORE:
            self._good, self._width = 0, min(self._most, self._width + 1)
