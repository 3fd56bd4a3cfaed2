"""One guarded change of an existing sale: what is compared, tested and replaced; sends nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from email.utils import format_datetime, parsedate_to_datetime

import httpx

from sync.crm.superoffice.entity import Members, earning_of, is_closed, members_of
from sync.crm.superoffice.options import CustomField
from sync.crm.superoffice.wire import Sale
from sync.domain.model import AMOUNT, STAGE, Record, Values
from sync.errors import Moved, RecordRefused

# Texts and whole numbers compare surely; doubles, dates and custom fields are compared as the server
# happens to write them, and nested paths may fail: superoffice.md 3.3 and 8.1 (seen 2026-11-22)
_TESTABLE = ("Heading", "SaleText", "Status", "Probability")
Operation = dict[str, object]


@dataclass(frozen=True, slots=True)
class Look:
    """A sale as it is now: the record, the vendor's own members, and when it last changed."""

    record: Record
    raw: Mapping[str, object]
    headers: httpx.Headers

    @property
    def guard(self) -> dict[str, str]:
        """`If-Unmodified-Since` for what a `test` cannot guard, superoffice.md 8.1 (seen 2026-11-22)."""
        try:
            at = parsedate_to_datetime(self.headers.get("last-modified", ""))
        except ValueError:
            return {}
        return {"If-Unmodified-Since": format_datetime(at, usegmt=True)} if at.tzinfo else {}

    def require(self, expected: Values) -> None:
        """`Moved` unless the record holds `expected`."""
        moved = [name for name, value in expected.items() if self.record.values.get(name) != value]
        if moved:
            raise Moved(
                f"SuperOffice sale {self.record.id} changed in {', '.join(sorted(moved))}; plan again"
            )

    def require_unlocked(self, changes: Values) -> None:
        locked = {name: self.record.locked[name] for name in changes if name in self.record.locked}
        if locked:
            raise RecordRefused(f"SuperOffice sale {self.record.id} has locked fields; edit it there", locked)


def operations_of(look: Look, changes: Values, custom_fields: Mapping[str, CustomField]) -> list[Operation]:
    """`test` of the old values where that is safe, then `replace`; references as whole objects."""
    stage = changes.get(STAGE, look.record.values.get(STAGE))
    members = members_of(changes, custom_fields, closed=is_closed(stage))
    amount = changes.get(AMOUNT)
    if isinstance(amount, Decimal):
        members |= earning_of(amount, Sale.model_validate(look.raw).earning_percent)
    return [*_tests(look.raw, members), *_replacements(members)]


def _tests(raw: Mapping[str, object], members: Members) -> list[Operation]:
    before = {key.casefold(): value for key, value in raw.items()}
    return [
        {"op": "test", "path": f"/{name}", "value": before[name.casefold()]}
        for name in _TESTABLE
        if name in members and before.get(name.casefold()) is not None
    ]


def _replacements(members: Members) -> list[Operation]:
    return [{"op": "replace", "path": f"/{name}", "value": value} for name, value in members.items()]
