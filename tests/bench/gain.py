"""One measured number beside the target it was promised; it measures nothing."""

from dataclasses import dataclass

HEADER = f"{'':<58}{'measured':>8}        target"


@dataclass(frozen=True, slots=True)
class Gain:
    """`target` is the most it may be; None where nothing was promised."""

    what: str
    found: float
    unit: str
    target: float | None = None

    @property
    def is_met(self) -> bool:
        return self.target is None or self.found <= self.target

    def line(self) -> str:
        target = "" if self.target is None else f"<= {self.target:g} {self.unit}"
        missed = "" if self.is_met else " MISSED"
        return f"{self.what:<58}{_number(self.found):>8} {self.unit:<7}{target:<14}{missed}".rstrip()


def _number(found: float) -> str:
    return str(int(found)) if found == int(found) else f"{found:.3g}"
