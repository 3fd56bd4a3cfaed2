"""Two clocks that drift apart are told before a log-in fails because of them."""

from datetime import UTC, datetime, timedelta

import pytest

from sync.cli.clocks import clock_findings
from sync.cli.finding import Mark
from sync.domain.model import Side

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CALL = (NOON, NOON + timedelta(seconds=10))
"""Our time before and after a slow call."""


@pytest.mark.parametrize(
    ("server_s", "signs_time", "mark", "said"),
    [
        (0, True, Mark.FINE, "agree"),
        (10, True, Mark.FINE, "agree"),
        (-61, True, Mark.FINE, "agree"),
        (70, True, Mark.FINE, "agree"),
        (71, True, Mark.ODD, "61 s behind"),
        (-62, True, Mark.ODD, "61 s ahead"),
        (310, True, Mark.ODD, "300 s behind"),
        (311, True, Mark.BROKEN, "301 s behind"),
        (-302, True, Mark.BROKEN, "301 s ahead"),
        (-302, False, Mark.ODD, "301 s ahead"),
        (90_000, False, Mark.ODD, "89990 s behind"),
    ],
)
def test_the_difference_is_judged_by_what_it_breaks(
    server_s: int, signs_time: bool, mark: Mark, said: str
) -> None:
    """How long the call took, and that headers have whole seconds, counts for nobody's fault."""
    server_time = NOON + timedelta(seconds=server_s)
    (found,) = clock_findings(Side.LEFT, server_time, CALL, signs_time=signs_time)

    assert found.mark is mark
    assert said in found.what


def test_a_server_without_a_clock_is_told() -> None:
    """Nobody can compare then."""
    (found,) = clock_findings(Side.RIGHT, None, CALL, signs_time=False)

    assert found.mark is Mark.ODD
