"""One guarded change of an existing sale: what is compared, tested and replaced; sends nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import format_datetime, parsedate_to_datetime

import httpx

from sync.crm.superoffice.custom_text import values_of
from sync.crm.superoffice.entity import BUCKETS, Members, folded
from sync.domain.model import Record, Values
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


def operations_of(raw: Mapping[str, object], members: Members) -> list[Operation]:
    """`test` of the old values where that is safe, then `replace`; references as whole objects."""
    return [*_tests(raw, members), *_replacements(_with_whole_buckets(raw, members))]


def swaps_of(before: Members, after: Members) -> list[Operation]:
    """`test` of every old value, then `replace`: the best lock there is, superoffice.md 8.1. A server that
    writes an equal number or date otherwise only answers that it moved."""
    tests: list[Operation] = [
        {"op": "test", "path": f"/{name}", "value": value} for name, value in before.items()
    ]
    return [*tests, *_replacements(after)]


def _with_whole_buckets(raw: Mapping[str, object], members: Members) -> Members:
    """Buckets of custom fields with all their values, so that no field we do not map is lost.

    A patch may merge or replace a bucket; a whole one comes out the same: superoffice.md 3.3 and 15.
    """
    before = folded(raw)
    whole = {name: _whole(before.get(name.casefold()), members[name]) for name in BUCKETS if name in members}
    return members | whole


def _whole(before: object, changed: object) -> object:
    if not isinstance(before, Mapping) or not isinstance(changed, Mapping):
        return changed
    texts = {str(key): str(text) for key, text in before.items() if text is not None}
    return values_of(texts) | dict(changed)


def _tests(raw: Mapping[str, object], members: Members) -> list[Operation]:
    before = folded(raw)
    return [
        {"op": "test", "path": f"/{name}", "value": before[name.casefold()]}
        for name in _TESTABLE
        if name in members and before.get(name.casefold()) is not None
    ]


def _replacements(members: Members) -> list[Operation]:
    return [{"op": "replace", "path": f"/{name}", "value": value} for name, value in members.items()]
