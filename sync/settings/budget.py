"""The [budget] section: how hard each side may be worked; it counts and measures nothing itself."""

from pydantic import Field, field_validator

from sync.crm.breaker import Caution
from sync.crm.budget import Limits
from sync.domain.model import Side
from sync.settings.section import Count, Section

# Of the 500 that the hosted service allows an address and an account; the rest is for people who work there.
# onlyoffice.md 9 (seen 2026-11-22)
_PER_TEN_SECONDS = 400


class SideBudget(Section):
    """[budget.superoffice] and [budget.onlyoffice]; 0 where it may be: no such limit."""

    calls_per_minute: Count = 600
    calls_per_ten_seconds: int = Field(default=0, ge=0)
    calls_per_day: int = Field(default=0, ge=0)
    connections: Count = 8
    connect_timeout_s: float = Field(default=10.0, gt=0, allow_inf_nan=False)
    read_timeout_s: float = Field(default=60.0, gt=0, allow_inf_nan=False)
    attempts: Count = 4
    failures_in_a_row: Count = 10
    cooldown_s: float = Field(default=15.0, ge=0, allow_inf_nan=False)
    ca_file: str = ""

    def limits(self) -> Limits:
        return Limits(self.calls_per_minute, self.calls_per_ten_seconds, self.calls_per_day)

    def caution(self) -> Caution:
        return Caution(self.failures_in_a_row, self.cooldown_s)


class Budget(Section):
    """[budget]."""

    workers: int = Field(default=8, ge=1, le=64)
    superoffice: SideBudget = Field(default_factory=SideBudget)
    onlyoffice: SideBudget = SideBudget(calls_per_ten_seconds=_PER_TEN_SECONDS)

    @field_validator("onlyoffice", mode="before")
    @classmethod
    def _fill(cls, given: object) -> object:
        """The limit of the hosted service holds unless another one is given."""
        return {"calls_per_ten_seconds": _PER_TEN_SECONDS, **given} if isinstance(given, dict) else given

    def of(self, side: Side) -> SideBudget:
        return self.superoffice if side is Side.LEFT else self.onlyoffice
