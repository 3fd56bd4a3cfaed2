"""Holds the tenant's records behind one lock and reports each change; it must not know requests."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sync.sandbox.superoffice import journal
from sync.sandbox.superoffice.foreign_keys import ForeignKeys
from sync.sandbox.superoffice.journal import Journal
from sync.sandbox.superoffice.list_seeds import SEEDS
from sync.sandbox.superoffice.lists import Lists
from sync.sandbox.superoffice.rows import AssociateRow, ContactRow, PersonRow, SaleRow
from sync.sandbox.superoffice.rules import bookkept
from sync.sandbox.switches import Switches
from sync.sandbox.wire import Clock, JsonObject

# superoffice.md 7.3 (seen 2026-11-22): webhooks name database columns; the right side is our row's field.
SALE_COLUMNS: dict[str, str] = {
    "heading": "heading",
    "saledate": "sale_date",
    "associate_id": "associate_id",
    "probability_idx": "rating_id",
    "saleType_id": "sale_type_id",
    "currency_id": "currency_id",
    "number1": "number",
    "text_id": "text",
    "postitText_id": "postit",
    "amount": "amount",
    "earning": "earning",
    "earning_percent": "earning_percent",
    "probability": "probability",
    "status": "status",
    "done": "completed",
    "contact_id": "contact_id",
    "person_id": "person_id",
    "project_id": "project_id",
    "reason_id": "reason_id",
    "reasonSold_id": "reason_sold_id",
    "reasonStalled_id": "reason_stalled_id",
    "source_id": "source_id",
    "comptr_id": "competitor_id",
    "credited_id": "credited_id",
    "reopenDate": "reopen_date",
}
_CLOSINGS = {"Sold": "sale.sold", "Lost": "sale.lost"}
_SERVER_COLUMNS = ("updated", "updated_associate_id", "updatedCount")


@dataclass(frozen=True, slots=True)
class Event:
    """Something a webhook may tell: the vendor's event name and the columns that changed."""

    name: str
    record_id: int
    actor_id: int
    changes: tuple[str, ...] = ()
    row: SaleRow | None = None
    values: JsonObject = field(default_factory=dict)


@dataclass
class Store:
    """All records of one tenant; callers hold `lock` around each request."""

    clock: Clock
    switches: Switches
    tell: Callable[[Event], None]
    lock: threading.RLock = field(default_factory=threading.RLock)
    associates: dict[int, AssociateRow] = field(default_factory=dict)
    contacts: dict[int, ContactRow] = field(default_factory=dict)
    persons: dict[int, PersonRow] = field(default_factory=dict)
    sales: dict[int, SaleRow] = field(default_factory=dict)
    foreign_keys: ForeignKeys = field(default_factory=ForeignKeys)
    journal: Journal = field(default_factory=Journal)
    lists: Lists = field(init=False)
    last_sale_id: int = 1000
    last_contact_id: int = 500

    def __post_init__(self) -> None:
        self.lists = Lists(SEEDS, self.switches)

    def now(self) -> datetime:
        """The moment a change is stored under: whole seconds, superoffice.md 3.6."""
        return self.clock().replace(microsecond=0)

    def next_sale_id(self) -> int:
        self.last_sale_id += 1
        return self.last_sale_id

    def next_contact_id(self) -> int:
        self.last_contact_id += 1
        return self.last_contact_id

    def find_associate(self, name: str | None) -> AssociateRow | None:
        """By login or e-mail; logins are not case-sensitive."""
        wanted = (name or "").lower()
        found = (row for row in self.associates.values() if wanted in {row.login.lower(), row.email.lower()})
        return next(found, None)

    def add_sale(self, row: SaleRow, actor_id: int) -> SaleRow:
        stamped = bookkept(None, replace(row, id=self.next_sale_id(), **self._stamps(actor_id, new=True)))
        self.sales[stamped.id] = stamped
        self.journal.travelled(self.now(), journal.INSERTED, stamped.id, actor_id)
        self.tell(Event("sale.created", stamped.id, actor_id, ("sale_id", *SALE_COLUMNS), stamped))
        return stamped

    def save_sale(self, row: SaleRow, actor_id: int) -> SaleRow:
        """Stores a changed sale; `row` still carries the stamps of the version it was made from."""
        before = self.sales[row.id]
        changes = changed_columns(before, row)
        udef_only = not changes and dict(row.udef) != dict(before.udef)
        # superoffice.md 4.7, 6.6 (seen 2026-11-22): an edit of custom fields alone may leave no trace
        if udef_only and self.switches.on("silent_udef_edits"):
            self.sales[row.id] = row
            return row
        if not changes and not udef_only and not self.switches.on("bump_unchanged"):
            return before
        stamped = bookkept(before, replace(row, **self._stamps(actor_id, new=False)))
        self.sales[row.id] = stamped
        kind = journal.OWNER_CHANGED if "associate_id" in changes else journal.UPDATED
        self.journal.travelled(self.now(), kind, row.id, actor_id)
        self._tell_changed(before, stamped, changes)
        return stamped

    def delete_sale(self, sale_id: int, actor_id: int) -> None:
        """Removes the row at once and for good: superoffice.md 4.10."""
        row = self.sales.pop(sale_id)
        self.journal.travelled(self.now(), journal.DELETED, sale_id, actor_id)
        if not self.switches.on("foreign_keys_stay"):
            self.foreign_keys.remove(lambda key: (key.table, key.record_id) == ("sale", sale_id))
        names = ("associate_id", "contact_id", "person_id", "project_id")
        values = {name: getattr(row, name) for name in names}
        self.tell(Event("sale.deleted", sale_id, actor_id, values=values))

    def add_contact(self, row: ContactRow, actor_id: int) -> ContactRow:
        stamped = replace(row, id=self.next_contact_id(), **self._stamps(actor_id, new=True))
        self.contacts[stamped.id] = stamped
        self.tell(Event("contact.created", stamped.id, actor_id, ("contact_id", "name")))
        return stamped

    def save_contact(self, row: ContactRow, actor_id: int) -> ContactRow:
        stamped = replace(row, **self._stamps(actor_id, new=False))
        self.contacts[row.id] = stamped
        gone = stamped.deleted_at is not None
        name = "contact.softdeleted" if gone else "contact.changed"
        self.tell(Event(name, row.id, actor_id, ("contact_id", *_SERVER_COLUMNS)))
        return stamped

    def merge_contacts(self, source_id: int, destination_id: int, actor_id: int) -> None:
        """The source is gone, its sales and people move; only mergemovelog tells: superoffice.md 5, 6.6."""
        del self.contacts[source_id]
        for sale in tuple(self.sales.values()):
            if sale.contact_id == source_id:
                self.sales[sale.id] = replace(sale, contact_id=destination_id)
        for person in tuple(self.persons.values()):
            if person.contact_id == source_id:
                self.persons[person.id] = replace(person, contact_id=destination_id)
        self.journal.merged(self.now(), source_id, destination_id, actor_id)

    def _stamps(self, actor_id: int, *, new: bool) -> JsonObject:
        now = self.now()
        stamps: JsonObject = {"updated_at": now, "updated_by": actor_id}
        return stamps | ({"created_at": now, "created_by": actor_id} if new else {})

    def _tell_changed(self, before: SaleRow, after: SaleRow, changes: tuple[str, ...]) -> None:
        columns = ("sale_id", *changes, *_SERVER_COLUMNS)
        self.tell(Event("sale.changed", after.id, after.updated_by, columns, after))
        # superoffice.md 4.1 (seen 2026-11-22): one action may raise several events
        if "status" in changes and after.status in _CLOSINGS:
            self.tell(Event(_CLOSINGS[after.status], after.id, after.updated_by, columns))
        if before.completed != "Completed" == after.completed:
            self.tell(Event("sale.completed", after.id, after.updated_by, columns))


def changed_columns(before: SaleRow, after: SaleRow) -> tuple[str, ...]:
    return tuple(
        column for column, name in SALE_COLUMNS.items() if getattr(before, name) != getattr(after, name)
    )
