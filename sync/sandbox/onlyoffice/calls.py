"""One API call and the table of routes; it must not know what any route does."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sync.sandbox.onlyoffice.arguments import Arguments
from sync.sandbox.onlyoffice.paging import Paging
from sync.sandbox.onlyoffice.records import User
from sync.sandbox.onlyoffice.shapes import Shaper
from sync.sandbox.onlyoffice.state import State
from sync.sandbox.wire import JsonValue

PREFIX = "/api/2.0/"
_VARIABLE = re.compile(r"\\\{(\w+)(:any)?\\\}")


@dataclass(slots=True)
class Call:
    """One bound request of one caller; `headers` collects what the answer adds."""

    state: State
    user: User
    args: Arguments
    paging: Paging
    shaper: Shaper
    client: str = ""
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[Call], JsonValue]


@dataclass(frozen=True, slots=True)
class Rule:
    """One route: `{name}` stands for a number, `{name:any}` for any segment."""

    method: str
    pattern: re.Pattern[str]
    handler: Handler
    needs_login: bool


def rule(method: str, template: str, handler: Handler, *, needs_login: bool = True) -> Rule:
    pattern = _VARIABLE.sub(_group, re.escape(PREFIX + template))
    # An optional format suffix on every path.  onlyoffice.md 1 (seen 2026-11-22)
    return Rule(method, re.compile(rf"{pattern}(?:\.(?:json|xml|tml))?", re.IGNORECASE), handler, needs_login)


def _group(match: re.Match[str]) -> str:
    return rf"(?P<{match[1]}>{'[^/]+?' if match[2] else '[0-9]+'})"


def find(rules: Iterable[Rule], method: str, path: str) -> tuple[Rule, dict[str, str]] | None:
    for entry in rules:
        if entry.method == method and (match := entry.pattern.fullmatch(path)):
            return entry, match.groupdict()
    return None
