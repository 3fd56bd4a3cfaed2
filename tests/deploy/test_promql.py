"""The small reader of PromQL agrees with Prometheus where it answers, and refuses where it cannot."""

from datetime import UTC, datetime

import pytest

from tests.deploy.promql import Reading, Unanswerable

TEXT = """# TYPE up gauge
up{side="a",period="day"} 1.0
up{side="a",period="minute"} 4.0
up{side="b",period="day"} 0.0
# TYPE limit gauge
limit{side="a"} 8.0
limit{side="b"} 0.0
# TYPE seen gauge
seen 990.0
"""
READING = Reading(TEXT, datetime.fromtimestamp(1000, UTC))
NOTHING: frozenset[tuple[str, str]] = frozenset()
A = frozenset({("side", "a")})
B = frozenset({("side", "b")})


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("seen", {NOTHING: 990.0}),
        ("time() - max(seen)", {NOTHING: 10.0}),
        ('up{side="b"}', {frozenset({("side", "b"), ("period", "day")}): 0.0}),
        ("max by (side) (up)", {A: 4.0, B: 0.0}),
        ("min(up)", {NOTHING: 0.0}),
        ("sum(max by (side) (up))", {NOTHING: 4.0}),
        ("sum by (side) (up) / (max by (side) (limit) > 0)", {A: 0.625}),
        ("gone", {}),
    ],
)
def test_a_query_of_one_moment_is_answered(
    query: str, answer: dict[frozenset[tuple[str, str]], float]
) -> None:
    """Selectors, max, min and sum with or without `by`, minus, divided by, greater than."""
    assert READING.answer(query) == answer


@pytest.mark.parametrize(
    "query", ["rate(up[5m])", "histogram_quantile(0.5, up)", 'up{side=~"a"}', "avg(up)", "seen * 2"]
)
def test_what_needs_more_is_refused(query: str) -> None:
    """Rather than answered wrongly."""
    with pytest.raises(Unanswerable):
        READING.answer(query)
