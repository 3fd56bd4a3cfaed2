"""Settings of a sandbox's switches, alone and combined so that every pair occurs; it calls no server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations, zip_longest

from sync.errors import OpsyncError
from sync.sandbox.switches import SwitchInfo
from sync.sandbox.wire import JsonObject, JsonValue

Run = tuple["Setting", ...]
Expected = Mapping["Setting", type[OpsyncError]]


@dataclass(frozen=True, slots=True, order=True)
class Setting:
    """One switch at one value, which is kept as JSON because some are lists."""

    name: str
    text: str

    @classmethod
    def of(cls, name: str, value: JsonValue) -> Setting:
        return cls(name, json.dumps(value))

    def __str__(self) -> str:
        return f"{self.name}={self.text}"


def values_of(run: Iterable[Setting]) -> JsonObject:
    return {setting.name: json.loads(setting.text) for setting in run}


def settings_of(catalogue: Iterable[SwitchInfo]) -> list[Setting]:
    """Every value worth trying that is not a default."""
    found = [(info, Setting.of(info.name, value)) for info in catalogue for value in info.values]
    return [setting for info, setting in found if setting != Setting.of(info.name, info.default)]


def errors_of(run: Iterable[Setting], expected: Expected) -> tuple[type[OpsyncError], ...]:
    """What a side may answer that some of the settings make unusable; empty where all must go well."""
    return tuple({expected[setting] for setting in run if setting in expected})


def covering(settings: list[Setting]) -> list[Run]:
    """Runs of many settings at once, in which each pair of values of different switches occurs."""
    todo: set[Run] = {pair for pair in combinations(sorted(settings), 2) if pair[0].name != pair[1].name}
    runs = []
    while todo:
        runs.append(_covering_run(settings, todo))
        todo -= set(combinations(runs[-1], 2))
    return runs


def _covering_run(settings: list[Setting], todo: set[Run]) -> Run:
    """Greedy: from a missing pair on, whatever adds most missing pairs; what adds none keeps its default."""
    run = sorted(min(todo))
    while True:
        taken = {setting.name for setting in run}
        free = [setting for setting in settings if setting.name not in taken]
        best = max(free, key=lambda one: _gain(one, run, todo), default=None)
        if best is None or not _gain(best, run, todo):
            return tuple(run)
        run = sorted([*run, best])


def _gain(one: Setting, run: list[Setting], todo: set[Run]) -> int:
    return sum(1 for other in run if (min(one, other), max(one, other)) in todo)


def side_by_side(settings: list[Setting]) -> list[Run]:
    """Few runs in which each setting occurs once: the first values of all switches, the second ones …"""
    by_name: dict[str, list[Setting]] = {}
    for setting in settings:
        by_name.setdefault(setting.name, []).append(setting)
    return [tuple(one for one in column if one) for column in zip_longest(*by_name.values())]


def shrunk(run: Run, fails: Callable[[Run], str]) -> tuple[Run, str]:
    """The failing run without every setting it fails without, and how it then fails."""
    message = fails(run)
    for setting in run:
        smaller = tuple(one for one in run if one != setting)
        if found := fails(smaller):
            run, message = smaller, found
    return run, message
