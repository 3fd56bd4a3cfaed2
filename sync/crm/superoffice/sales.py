"""Sales one at a time: read, create, change, delete; knows no listing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from sync.crm.http import Answer
from sync.crm.superoffice.api import Api, entity_of
from sync.crm.superoffice.change import Look, operations_of
from sync.crm.superoffice.entity import Members, earning_of, is_closed, members_of, overlaid
from sync.crm.superoffice.options import SuperOfficeOptions
from sync.crm.superoffice.tenant import Tenant, understood
from sync.crm.superoffice.translate import Scheme, record_from_sale
from sync.crm.superoffice.wire import Sale
from sync.domain.model import AMOUNT, STAGE, Record, Side, Unreadable, Values
from sync.errors import Moved, OutcomeUnknown, RecordGone, RecordRefused, WrongShape

_ROUTE = "Sale/{id}"
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class _Found:
    """A sale as read, whether or not its content can be understood."""

    record: Record | Unreadable
    answer: Answer


class Sales:
    """The sales of one installation."""

    def __init__(self, api: Api, options: SuperOfficeOptions, tenant: Tenant) -> None:
        self._api = api
        self._options = options
        self._tenant = tenant

    @cached_property
    def scheme(self) -> Scheme:
        zone: tzinfo = self._tenant.base_zone or UTC
        return Scheme(self._options.custom_fields, self._options.stamp_field, zone)

    def fetch(self, sale_id: int) -> Record | Unreadable | None:
        found = self._find(sale_id)
        return found.record if found else None

    def check(self, values: Values) -> dict[str, str]:
        return self._api.validate("Sale", self._new_entity(values, stamp=""))

    def create(self, values: Values, stamp: str) -> Record:
        """Default, overlay, validate, save: the documented way, superoffice.md 3.7 (seen 2026-11-22)."""
        entity = self._new_entity(values, stamp)
        messages = self._api.validate("Sale", entity)
        if messages:
            fields = ", ".join(sorted(messages))
            raise RecordRefused(f"SuperOffice would not accept the new sale, see {fields}", messages)
        answer = self._api.create("Sale", entity)
        record = self._stored(answer, quoted=False)
        if record is None:
            raise OutcomeUnknown("SuperOffice POST Sale: the answer is not a sale, look for its stamp")
        return record

    def update(self, sale_id: int, expected: Values, changes: Values) -> Record:
        look = self._look(sale_id)
        look.require(expected)
        wanted = {name: value for name, value in changes.items() if look.record.values.get(name) != value}
        if not wanted:
            return look.record
        look.require_unlocked(wanted)
        operations = operations_of(look, wanted, self._options.custom_fields)
        answer = self._guarded(look, lambda guard: self._api.patch(sale_id, operations, guard))
        record = self._stored(answer, quoted=bool(look.record.locked))
        # Nothing changed (304) or an answer without the sale: superoffice.md 3.3 (seen 2026-11-22)
        return record or self._look(sale_id).record

    def delete(self, sale_id: int, expected: Values) -> None:
        """Removes the row for good, superoffice.md 4.10 (seen 2026-11-22)."""
        try:
            look = self._look(sale_id)
            look.require(expected)
            self._guarded(look, lambda guard: self._api.delete(sale_id, guard))
        except RecordGone:
            return

    def _guarded(self, look: Look, send: Callable[[dict[str, str]], Done]) -> Done:
        """Sends with the time guard, and once without it when the server refuses a sale nobody touched.

        Its HTTP dates have whole seconds, and which precision it compares is unknown: superoffice.md 8.1.
        """
        try:
            return send(look.guard)
        except Moved:
            now = self._look(int(look.record.id)).record
            if not look.guard or now.version is None or now != look.record:
                raise
            return send({})

    def _look(self, sale_id: int) -> Look:
        found = self._find(sale_id)
        if found is None:
            raise RecordGone(f"SuperOffice sale {sale_id} does not exist or is not visible")
        if isinstance(found.record, Unreadable):
            raise RecordRefused(f"SuperOffice sale {sale_id} {found.record.reason}; correct it there")
        return Look(found.record, entity_of(found.answer.body, _ROUTE), found.answer.headers)

    def _find(self, sale_id: int) -> _Found | None:
        answer = self._api.find(f"Sale/{sale_id}", route=_ROUTE)
        if answer is None:
            return None
        raw = entity_of(answer.body, _ROUTE)
        try:
            record = record_from_sale(raw, self.scheme, quoted=self._has_quote(sale_id))
        except ValueError as error:
            raise WrongShape(f"SuperOffice {_ROUTE}: expected a sale, {error}") from error
        if isinstance(record, Record):
            owner = understood(Sale, raw, _ROUTE).associate
            self._tenant.learn_owner(owner.name, owner.associate_id)
        return _Found(record, answer)

    def _has_quote(self, sale_id: int) -> bool:
        """Amount and currency belong to the quote then: superoffice.md 4.5 (seen 2026-11-22)."""
        return self._api.ask("Agents/Sale/SaleHasQuote", {"SaleId": sale_id}) is True

    def _stored(self, answer: Answer, *, quoted: bool) -> Record | None:
        """The sale in the answer to a write, whose dates without suffix are in the base zone."""
        try:
            record = record_from_sale(answer.body, self.scheme, quoted=quoted, zone=self.scheme.base_zone)
        except ValueError:
            return None
        return record if isinstance(record, Record) and record.side is Side.LEFT else None

    def _new_entity(self, values: Values, stamp: str) -> Members:
        default = self._api.default("Sale")
        members = members_of(values, self._options.custom_fields, closed=is_closed(values.get(STAGE)))
        members = {"Status": "Open"} | members | self._sale_type() | self._earning(default, values)
        return self._stamped(overlaid(default, members), stamp)

    def _sale_type(self) -> Members:
        wanted = self._tenant.sale_type_id
        return {"SaleType": {"Id": wanted}} if wanted else {}

    def _earning(self, default: Mapping[str, object], values: Values) -> Members:
        amount = values.get(AMOUNT)
        if not isinstance(amount, Decimal):
            return {}
        percent = next((value for key, value in default.items() if key.casefold() == "earningpercent"), 0)
        return earning_of(amount, Decimal(str(percent or 0)))

    def _stamped(self, entity: Members, stamp: str) -> Members:
        """In the same request, for nothing undoes doubles later: superoffice.md 8.2 (seen 2026-11-22)."""
        if not stamp:
            return entity
        field = self._options.stamp_field
        return overlaid(entity, {"CustomFields": {field: stamp}} if field else {"Number": stamp})
