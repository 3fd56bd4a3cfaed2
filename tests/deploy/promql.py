"""Answers simple PromQL from one reading of /metrics, as Prometheus would; it knows no history."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import promql_parser
from prometheus_client.parser import text_string_to_metric_families

Labels = frozenset[tuple[str, str]]
Vector = Mapping[Labels, float]
"""{labels: value}; a plain number has no labels."""

_FOLDS: Mapping[str, Callable[[Iterable[float]], float]] = {"max": max, "min": min, "sum": sum}
_SUMS: Mapping[str, Callable[[float, float], float]] = {
    "-": lambda one, other: one - other,
    "/": lambda one, other: one / other,
}


class Unanswerable(Exception):
    """The query needs more than one reading, or words that are not known here."""


class Reading:
    """`text` is what /metrics gave at `at`."""

    def __init__(self, text: str, at: datetime) -> None:
        self._at = at
        self._samples = [
            (sample.name, frozenset(sample.labels.items()), sample.value)
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        ]

    def answer(self, query: str) -> Vector:
        return self._of(promql_parser.parse(query))

    def _of(self, node: promql_parser.Expr) -> Vector:
        match node:
            case promql_parser.VectorSelector():
                return self._selected(node)
            case promql_parser.AggregateExpr():
                return _folded(node, self._of(node.expr))
            case promql_parser.BinaryExpr():
                return _combined(str(node.op), self._of(node.lhs), self._of(node.rhs))
            case promql_parser.ParenExpr():
                return self._of(node.expr)
            case promql_parser.NumberLiteral():
                return {frozenset(): node.val}
            case promql_parser.Call() if node.func.name == "time":
                return {frozenset(): self._at.timestamp()}
        raise Unanswerable(type(node).__name__)

    def _selected(self, node: promql_parser.VectorSelector) -> Vector:
        """By equality alone; a label that a sample lacks equals nothing."""
        wanted = {(matcher.name, matcher.value) for matcher in node.matchers.matchers}
        if any(matcher.op != promql_parser.MatchOp.Equal for matcher in node.matchers.matchers):
            raise Unanswerable("a matcher other than =")
        return {
            labels: value for name, labels, value in self._samples if name == node.name and wanted <= labels
        }


def _folded(node: promql_parser.AggregateExpr, vector: Vector) -> Vector:
    kept = set(node.modifier.labels) if node.modifier else set()
    groups: dict[Labels, list[float]] = {}
    for labels, value in vector.items():
        key = frozenset((name, text) for name, text in labels if name in kept)
        groups.setdefault(key, []).append(value)
    if str(node.op) not in _FOLDS:
        raise Unanswerable(str(node.op))
    return {labels: _FOLDS[str(node.op)](values) for labels, values in groups.items()}


def _combined(op: str, one: Vector, other: Vector) -> Vector:
    """Values of equal labels; a comparison keeps what it holds for, with one number on its right."""
    if op == ">":
        (limit,) = other.values()
        return {labels: value for labels, value in one.items() if value > limit}
    if op not in _SUMS:
        raise Unanswerable(op)
    return {labels: _SUMS[op](value, other[labels]) for labels, value in one.items() if labels in other}
