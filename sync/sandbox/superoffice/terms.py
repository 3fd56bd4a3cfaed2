"""Parses the archive's filter text into a tree; it must not know columns or rows."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*(?:(?P<quoted>'(?:[^']|'')*')|(?P<mark>[(),=])|(?P<word>[^\s(),'=]+))")
_BARE_OPERATORS = (
    "currentassociate",
    "today",
    "beforetoday",
    "aftertoday",
    "thisweek",
    "thismonth",
    "thisyear",
)
_FUNCTIONS = ("startswith", "endswith", "substringof")


@dataclass(frozen=True, slots=True)
class Condition:
    """`column operator values`, the operator in lower case."""

    column: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Several terms joined by `and` or by `or`."""

    joint: str
    terms: tuple[Term, ...]


Term = Condition | Group


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    quoted: bool = False


def parse(text: str) -> Term | None:
    """The tree of a filter; None for an empty one, ValueError for a malformed one."""
    tokens = _tokens(text)
    if not tokens:
        return None
    parser = _Parser(tokens)
    term = parser.any_of()
    if parser.rest:
        raise ValueError(f"unexpected {parser.rest[-1].text!r} in the filter")
    return term


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise ValueError(f"the filter breaks off at {text[position:]!r}")
        quoted = match["quoted"]
        found.append(_Token(quoted[1:-1].replace("''", "'"), True) if quoted else _Token(match[0].strip()))
        position = match.end()
    return found


class _Parser:
    """Recursive descent over the tokens, which wait in reverse order."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.rest = tokens[::-1]

    def any_of(self) -> Term:
        terms = [self.all_of()]
        while self._skip("or"):
            terms.append(self.all_of())
        return terms[0] if len(terms) == 1 else Group("or", tuple(terms))

    def all_of(self) -> Term:
        terms = [self.single()]
        while self._skip("and"):
            terms.append(self.single())
        return terms[0] if len(terms) == 1 else Group("and", tuple(terms))

    def single(self) -> Term:
        if self._skip("("):
            inner = self.any_of()
            self._expect(")")
            return inner
        name = self._take().text
        if name.lower() in _FUNCTIONS and self._peek() == "(":
            return _called(name.lower(), self._values())
        return self._condition(name)

    def _condition(self, column: str) -> Condition:
        operator = self._take().text.lower()
        if operator in _BARE_OPERATORS:
            self._skip_quoted()
            return Condition(column, operator, ())
        values = self._values() if self._peek() == "(" else (self._take().text,)
        return Condition(column, operator, values)

    def _values(self) -> tuple[str, ...]:
        self._expect("(")
        values = [self._take().text]
        while self._skip(","):
            values.append(self._take().text)
        self._expect(")")
        return tuple(values)

    def _take(self) -> _Token:
        if not self.rest:
            raise ValueError("the filter ends too early")
        return self.rest.pop()

    def _peek(self) -> str:
        return self.rest[-1].text.lower() if self.rest and not self.rest[-1].quoted else ""

    def _skip(self, word: str) -> bool:
        if self._peek() != word:
            return False
        self.rest.pop()
        return True

    def _skip_quoted(self) -> None:
        if self.rest and self.rest[-1].quoted:
            self.rest.pop()

    def _expect(self, word: str) -> None:
        if not self._skip(word):
            raise ValueError(f"{word!r} expected in the filter")


def _called(name: str, values: tuple[str, ...]) -> Condition:
    """OData functions: `substringof` names its column last: superoffice.md 6.2."""
    if len(values) != 2:
        raise ValueError(f"{name} takes two values")
    column, value = reversed(values) if name == "substringof" else values
    return Condition(
        column, {"startswith": "begins", "endswith": "ends", "substringof": "contains"}[name], (value,)
    )
