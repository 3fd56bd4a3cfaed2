"""How many ticks to let pass after failures: counted, so that no clock can upset it; it never waits."""

LONGEST_S = 300.0
_MOST_DOUBLINGS = 16


class BackOff:
    """Lets 0, 1, 3, 7 … ticks pass after failures in a row; a try still comes every `LONGEST_S`."""

    def __init__(self, interval_s: float) -> None:
        self._longest = max(1, int(LONGEST_S // interval_s))
        self._failures = 0
        self._to_skip = 0

    @property
    def is_on(self) -> bool:
        return self._to_skip > 0

    def lets_pass(self) -> bool:
        """Whether this tick may do something; counts the tick."""
        if self._to_skip == 0:
            return True
        self._to_skip -= 1
        return False

    def fail(self) -> None:
        ticks = min(2 ** min(self._failures, _MOST_DOUBLINGS), self._longest)
        self._failures += 1
        self._to_skip = ticks - 1

    def succeed(self) -> None:
        self._failures = self._to_skip = 0
