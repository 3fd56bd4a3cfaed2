"""Edits records as a person in the browser would, for tests; it must not act as the API account."""

from __future__ import annotations

from dataclasses import replace

from sync.sandbox import backup
from sync.sandbox.backup import Backup
from sync.sandbox.superoffice import carriers, intake
from sync.sandbox.superoffice.carriers import View
from sync.sandbox.superoffice.contact_entities import contact_entity
from sync.sandbox.superoffice.intake import Reader
from sync.sandbox.superoffice.rows import AssociateRow, SaleRow
from sync.sandbox.superoffice.store import Store
from sync.sandbox.superoffice.zone import from_header
from sync.sandbox.wire import JsonObject, JsonValue

_TABLES = ("contacts", "persons", "sales", "foreign_keys", "journal", "last_sale_id", "last_contact_id")


class Desk:
    """The control surface of one tenant; sales are named by SaleEntity field names."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def dump(self) -> JsonObject:
        """Every sale and company in full, times in UTC with their suffix."""
        with self.store.lock:
            view = View(self.store, from_header("UTC,includeTZOffset"), "US", "")
            sales = [self._dumped(view, self.store.sales[key]) for key in sorted(self.store.sales)]
            contacts = [contact_entity(view, self.store.contacts[key]) for key in sorted(self.store.contacts)]
            users = [carriers.associate(row) for row in self.store.associates.values()]
            return {"sales": sales, "contacts": contacts, "associates": users}

    def edit(self, record_id: int, changes: JsonObject, actor: str | None) -> None:
        with self.store.lock:
            row, user = self.store.sales[record_id], self._user(actor)
            self.store.save_sale(self._changed(row, changes, user), user.id)

    def create(self, values: JsonObject, actor: str | None) -> int:
        with self.store.lock:
            user = self._user(actor)
            blank = intake.blank(self._reader(user))
            return self.store.add_sale(self._changed(blank, values, user), user.id).id

    def delete(self, record_id: int) -> None:
        with self.store.lock:
            self.store.delete_sale(record_id, self._user(None).id)

    def backup(self) -> Backup:
        with self.store.lock:
            return backup.take(self.store, _TABLES)

    def restore(self, kept: Backup) -> None:
        with self.store.lock:
            backup.put_back(self.store, kept)

    def _dumped(self, view: View, row: SaleRow) -> JsonObject:
        return carriers.sale_entity(view, row) | {"HasQuote": row.has_quote}

    def _changed(self, row: SaleRow, changes: JsonObject, user: AssociateRow) -> SaleRow:
        entity = {name: self._reference(name, value) for name, value in intake.spelled(changes).items()}
        known = {*intake.SALE_FIELDS, "HasQuote"}
        if unknown := entity.keys() - known:
            raise ValueError(f"a sale has no field {', '.join(sorted(unknown))}")
        has_quote = bool(entity.pop("HasQuote", row.has_quote))
        return replace(intake.overlaid(self._reader(user), entity, row), has_quote=has_quote)

    def _reference(self, name: str, value: JsonValue) -> JsonValue:
        """A stage, currency or user may be given by its name, as on the screen."""
        if not isinstance(value, str):
            return value
        if name == "Associate":
            return {"AssociateId": self._user(value).id}
        if name not in carriers.SALE_LISTS:
            return value
        items = self.store.lists.named(name).items
        found = [item.id for item in items if item.name.lower() == value.lower()]
        if not found:
            raise ValueError(f"{name} has no item {value!r}")
        return {"Id": found[0]}

    def _reader(self, user: AssociateRow) -> Reader:
        return Reader(self.store, from_header(None), user.id)

    def _user(self, actor: str | None) -> AssociateRow:
        """Without a name it is the first person who is not the API account, so that edits are no echoes."""
        if actor is None:
            return next(row for row in self.store.associates.values() if not row.is_admin)
        found = self.store.find_associate(actor)
        if found is None:
            raise KeyError(actor)
        return found
