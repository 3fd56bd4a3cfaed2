"""The [brakes] section: how much may change in one run before a person is asked; it holds nothing itself."""

from pydantic import Field, ValidationInfo, field_validator

from sync.domain.brakes import Brakes as Rules
from sync.domain.brakes import Limit
from sync.domain.model import Side
from sync.settings.section import Section


class LimitRow(Section):
    """A run is held when more than `absolute` records AND more than `percent` of all links are concerned."""

    absolute: int = Field(ge=0)
    percent: float = Field(ge=0, le=100, allow_inf_nan=False)

    def rule(self) -> Limit:
        return Limit(self.absolute, self.percent)


class Brakes(Section):
    """[brakes]: each limit counts one side in one run; a canary is the id of a record that must be there."""

    updates: LimitRow = LimitRow(absolute=50, percent=30.0)
    removals: LimitRow = LimitRow(absolute=5, percent=5.0)
    gone: LimitRow = LimitRow(absolute=5, percent=10.0)
    reverted: LimitRow = LimitRow(absolute=5, percent=10.0)
    canary_superoffice: str = Field(default="", pattern=r"^[0-9]*$")
    canary_onlyoffice: str = Field(default="", pattern=r"^[0-9]*$")

    @field_validator("updates", "removals", "gone", "reverted", mode="before")
    @classmethod
    def _fill(cls, given: object, info: ValidationInfo) -> object:
        """A limit of which only one number is given keeps its other one."""
        default: LimitRow = cls.model_fields[str(info.field_name)].default
        return {**default.model_dump(), **given} if isinstance(given, dict) else given

    def rules(self) -> Rules:
        canaries = {Side.LEFT: self.canary_superoffice, Side.RIGHT: self.canary_onlyoffice}
        return Rules(
            updates=self.updates.rule(),
            removals=self.removals.rule(),
            gone=self.gone.rule(),
            reverted=self.reverted.rule(),
            canaries={side: record_id for side, record_id in canaries.items() if record_id},
        )
