"""One line of `opsync check` as a value; it looks for nothing."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How bad it is: `BROKEN` may pass by itself, `BAD_CONFIG` will not."""

    FINE = "fine"
    ODD = "odd"
    BROKEN = "broken"
    BAD_CONFIG = "bad_config"


_SIGNS = {Mark.FINE: "✓", Mark.ODD: "!", Mark.BROKEN: "✗", Mark.BAD_CONFIG: "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found where, and what a person should do about it."""

    mark: Mark
    where: str
    what: str
    to_do: str = ""

    @property
    def sign(self) -> str:
        return _SIGNS[self.mark]


def fine(where: str, what: str) -> Finding:
    return Finding(Mark.FINE, where, what)


def odd(where: str, what: str, to_do: str) -> Finding:
    return Finding(Mark.ODD, where, what, to_do)


def broken(where: str, what: str, to_do: str) -> Finding:
    return Finding(Mark.BROKEN, where, what, to_do)


def bad_config(where: str, what: str, to_do: str) -> Finding:
    return Finding(Mark.BAD_CONFIG, where, what, to_do)
