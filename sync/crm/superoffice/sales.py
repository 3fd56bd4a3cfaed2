"""Sales one at a time: read, create, change, delete; knows no listing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from sync.crm.http import Answer
from sync.crm.superoffice.api import entity_of
from sync.crm.superoffice.calls import Calls
from sync.crm.superoffice.change import Look
from sync.crm.superoffice.closing import closing_members
from sync.crm.superoffice.entity import (
    Members,
    bucket_of,
    earning_of,
    folded,
    is_closed,
    members_of,
    overlaid,
    without_unedited,
)
from sync.crm.superoffice.family import Family
from sync.crm.superoffice.moment import is_ambiguous, tells_shifting
from sync.crm.superoffice.money import Money
from sync.crm.superoffice.options import SuperOfficeOptions
from sync.crm.superoffice.swap import Swap, Swaps
from sync.crm.superoffice.tenant import Tenant, understood
from sync.crm.superoffice.translate import Scheme, record_from_sale
from sync.crm.superoffice.wire import Sale
from sync.domain.model import (
    AMOUNT,
    CURRENCY,
    PROBABILITY,
    STAGE,
    Record,
    Side,
    Unreadable,
    Values,
)
from sync.errors import Moved, OpsyncError, OutcomeUnknown, RecordGone, RecordRefused, WrongShape

_ROUTE = "Sale/{id}"
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class _Found:
    """A sale as read, whether or not its content can be understood."""

    record: Record | Unreadable
    answer: Answer


class Sales:
    """The sales of one installation."""

    def __init__(self, family: Family, options: SuperOfficeOptions, tenant: Tenant, money: Money) -> None:
        self._family = family
        self._options = options
        self._tenant = tenant
        self._money = money
        self._swaps = Swaps(money)
        self._shifts: bool | None = None

    @property
    def scheme(self) -> Scheme:
        return replace(self._first_scheme, shifts=self._shifts)

    def fetch(self, sale_id: int) -> Record | Unreadable | None:
        found = self._find(sale_id)
        return found.record if found else None

    def check(self, values: Values) -> dict[str, str]:
        return self._calls.validate("Sale", self._new_entity(values, stamp=""))

    def create(self, values: Values, stamp: str) -> Record:
        """Default, overlay, validate, save: the documented way, superoffice.md 3.7 (seen 2026-11-22)."""
        entity = self._new_entity(values, stamp)
        messages = self._calls.validate("Sale", entity)
        if messages:
            fields = ", ".join(sorted(messages))
            raise RecordRefused(f"SuperOffice would not accept the new sale, see {fields}", messages)
        answer = self._calls.create("Sale", entity)
        record = self._stored(answer, quoted=False)
        if record is None:
            raise OutcomeUnknown("SuperOffice POST Sale: the answer is not a sale, look for its stamp")
        return self._with_probability(record, values)

    def update(self, sale_id: int, expected: Values, changes: Values) -> Record:
        """In one call where comparing in the same request is enough; after a look otherwise."""
        swap = self._swaps.swap_of(sale_id, expected, changes)
        swapped = self._swap(sale_id, swap) if swap else None
        if swapped:
            return self._with_probability(swapped, changes)
        look = self._look(sale_id)
        look.require(expected)
        wanted = {name: value for name, value in changes.items() if look.record.values.get(name) != value}
        if not wanted:
            return look.record
        look.require_unlocked(wanted)
        self._require_free_money(sale_id, wanted)
        changed = self._change(look, wanted)
        if swap:
            self._swaps.give_up(changes.keys())
        return self._with_probability(changed, wanted)

    def delete(self, sale_id: int, expected: Values) -> None:
        """Removes the row for good, superoffice.md 4.10 (seen 2026-11-22)."""
        try:
            look = self._look(sale_id)
            look.require(expected)
            self._guarded(look, lambda guard: self._calls.delete(sale_id, guard))
        except RecordGone:
            return

    @property
    def _calls(self) -> Calls:
        return self._family.calls

    @cached_property
    def _first_scheme(self) -> Scheme:
        zone: tzinfo = self._tenant.base_zone or UTC
        return Scheme(self._options.custom_fields, self._options.stamp_field, zone)

    def _swap(self, sale_id: int, swap: Swap) -> Record | None:
        """The sale as stored; None where a look must tell what is the matter."""
        try:
            answer = self._calls.swap(sale_id, swap.before, swap.after)
        except (Moved, RecordRefused):
            return None
        return self._stored(answer, quoted=self._money.is_quoted(sale_id)) if answer else None

    def _require_free_money(self, sale_id: int, wanted: Values) -> None:
        """The plan could not know of a quote that no listing has shown yet; the next one will."""
        if wanted.keys() & {AMOUNT, CURRENCY} and self._money.ask_quoted(sale_id):
            raise Moved(f"SuperOffice sale {sale_id} has a quote by now, which decides its money; plan again")

    def _change(self, look: Look, wanted: Values) -> Record:
        """The sale as stored; read again where the answer is empty, as 304 is: superoffice.md 3.3."""
        sale_id = int(look.record.id)
        stage = wanted.get(STAGE, look.record.values.get(STAGE))
        members = self._members(look.raw, wanted, closed=is_closed(stage))
        same = self._unmoved(look)
        answer = self._guarded(look, lambda guard: self._calls.change(look, members, guard, same))
        record = self._stored(answer, quoted=self._money.is_quoted(sale_id))
        return record or self._look(sale_id).record

    def _with_probability(self, record: Record, wanted: Values) -> Record:
        """The percent that was wanted, on a server where a new stage rewrites it: superoffice.md 4.1 and 15.

        The write itself is done by then, so whatever stops this one is left to the next run.
        """
        percent = wanted.get(PROBABILITY, record.values[PROBABILITY])
        if STAGE not in wanted or percent == record.values[PROBABILITY]:
            return record
        try:
            return self._change(self._look(int(record.id)), {PROBABILITY: percent})
        except OpsyncError:
            return record

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
        answer = self._calls.find("Sale", sale_id)
        if answer is None:
            return None
        raw = entity_of(answer.body, _ROUTE)
        try:
            self._learn_shifting(sale_id, raw)
            record = record_from_sale(raw, self.scheme, quoted=self._money.is_quoted(sale_id))
        except ValueError as error:
            raise WrongShape(f"SuperOffice {_ROUTE}: expected a sale, {error}") from error
        if isinstance(record, Record):
            sale = understood(Sale, raw, _ROUTE)
            self._tenant.learn_owner(sale.associate.name, sale.associate.associate_id)
            self._money.learn(sale_id, percent=sale.earning_percent)
        return _Found(record, answer)

    def _learn_shifting(self, sale_id: int, raw: Mapping[str, object]) -> None:
        """One more read tells what the server does with sale dates, the first time that it matters."""
        text, zone = str(folded(raw).get("saledate") or ""), self._first_scheme.base_zone
        if self._shifts is not None or not _depends_on_shifting(text, zone):
            return
        bare = folded(self._calls.bare("Sale", sale_id))
        self._shifts = tells_shifting(text, str(bare.get("saledate") or ""), zone)

    def _unmoved(self, look: Look) -> Callable[[object], None]:
        """Compares a sale as read for a save, whose dates are in the base zone, with what was looked at."""

        def compare(raw: object) -> None:
            record = self._understood(raw, quoted=False)
            if record is None or record.values != look.record.values:
                raise Moved(f"SuperOffice sale {look.record.id} changed meanwhile; plan again")

        return compare

    def _stored(self, answer: Answer, *, quoted: bool) -> Record | None:
        """The sale in the answer to a write."""
        return self._understood(answer.body, quoted=quoted)

    def _understood(self, raw: object, *, quoted: bool) -> Record | None:
        """A sale whose dates without suffix are in the base zone."""
        try:
            record = record_from_sale(raw, self.scheme, quoted=quoted, zone=self.scheme.base_zone)
        except ValueError:
            return None
        return record if isinstance(record, Record) and record.side is Side.LEFT else None

    def _new_entity(self, values: Values, stamp: str) -> Members:
        """Id 0 makes a save a creation, whatever the defaults say: superoffice.md 3.4 (seen 2026-11-22)."""
        default = self._calls.default("Sale")
        members = self._members(default, values, closed=is_closed(values.get(STAGE)))
        members = {"Status": "Open"} | members | self._sale_type() | {"SaleId": 0}
        return self._stamped(overlaid(without_unedited(default), members), stamp)

    def _members(self, before: Mapping[str, object], values: Values, *, closed: bool) -> Members:
        """What `values` set in the sale `before`, and what has to go along with them."""
        members = members_of(
            self._tenant.with_item_ids(values),
            self._options.custom_fields,
            closed=closed,
            bucket=bucket_of(before),
        )
        if isinstance(amount := values.get(AMOUNT), Decimal):
            members |= earning_of(amount, Decimal(str(folded(before).get("earningpercent") or 0)))
        if STAGE in values:
            closing = self._options.closing
            members |= closing_members(values[STAGE], before, closing, self._tenant.reason_id)
        return members

    def _sale_type(self) -> Members:
        wanted = self._tenant.sale_type_id
        return {"SaleType": {"Id": wanted}} if wanted else {}

    def _stamped(self, entity: Members, stamp: str) -> Members:
        """In the same request, for nothing undoes doubles later: superoffice.md 8.2 (seen 2026-11-22)."""
        if not stamp:
            return entity
        field = self._options.stamp_field
        return overlaid(entity, {bucket_of(entity): {field: stamp}} if field else {"Number": stamp})


def _depends_on_shifting(text: str, base_zone: tzinfo) -> bool:
    try:
        return is_ambiguous(text, UTC, base_zone)
    except ValueError:
        return False
