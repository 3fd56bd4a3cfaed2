"""The back door of tests: edits as a person does them in the browser's form, and a dump of all records."""

import re
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sync.sandbox import backup
from sync.sandbox.backup import Backup
from sync.sandbox.onlyoffice import access, audit, moments, tags
from sync.sandbox.onlyoffice.arguments import to_flag
from sync.sandbox.onlyoffice.failures import ApiFailure
from sync.sandbox.onlyoffice.records import Opportunity, Stage, User
from sync.sandbox.onlyoffice.state import OPPORTUNITY, State
from sync.sandbox.wire import JsonObject, JsonValue

_TABLES = ("contacts", "opportunities", "notes", "tags", "contact_tags", "audit", "search", "next_ids")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Browser:
    """Implements the sandbox's control: changes use the wire names of the opportunity."""

    def __init__(self, state: State) -> None:
        self._state = state

    def dump(self) -> JsonObject:
        """Every row in full, sorted by id; amounts and instants as text."""
        state = self._state
        with state.lock:
            return {
                "opportunities": [self._dumped(row) for _, row in sorted(state.opportunities.items())],
                "contacts": [
                    _plain(asdict(row)) | {"displayName": row.display_name}
                    for _, row in sorted(state.contacts.items())
                ],
                "users": [_plain(asdict(row)) for row in state.users.values()],
                "stages": [_plain(asdict(row)) for row in state.ordered_stages()],
                "customFields": [_plain(asdict(row)) for _, row in sorted(state.definitions.items())],
                "notes": [_plain(asdict(row)) for _, row in sorted(state.notes.items())],
                "tags": list(state.tags),
            }

    def _dumped(self, row: Opportunity) -> JsonObject:
        stage = self._state.stages.get(row.stage)
        contact = self._state.contacts.get(row.contact)
        responsible = self._state.users.get(row.responsible)
        zone = self._state.zone()
        plain: JsonObject = _plain(asdict(row))
        return plain | {
            "stageTitle": stage.title if stage else "",
            "stageType": stage.kind if stage else 0,
            "contactName": contact.display_name if contact else "",
            "responsibleEmail": responsible.email if responsible else "",
            "expectedCloseOn": moments.to_wire(row.expected_close, zone)[:10] if row.expected_close else None,
            "actualCloseOn": moments.to_wire(row.actual_close, zone)[:10] if row.actual_close else None,
        }

    def edit(self, record_id: int, changes: JsonObject, actor: str | None) -> None:
        with self._state.lock:
            old, user = self._state.opportunities[record_id], self._actor(actor)
            row = self._filled(old, changes, user)
            self._state.touch(row, user)
            audit.note(self._state, audit.Action.UPDATED, self._state.save(row), user.id)

    def create(self, values: JsonObject, actor: str | None) -> int:
        """A new opportunity in the first stage, unless told otherwise."""
        with self._state.lock:
            user = self._actor(actor)
            row = self._filled(self._blank(user), values, user)
            if row.contact and row.contact not in row.members:
                row.members = [row.contact, *row.members]
            self._state.forget_totals()
            audit.note(self._state, audit.Action.CREATED, self._state.save(row), user.id)
            return row.id

    def delete(self, record_id: int) -> None:
        with self._state.lock:
            row = self._state.opportunities[record_id]
            audit.note(self._state, audit.Action.DELETED, row, self._actor(None).id)
            self._state.remove(row)

    def backup(self) -> Backup:
        with self._state.lock:
            return backup.take(self._state, _TABLES)

    def restore(self, kept: Backup) -> None:
        with self._state.lock:
            backup.put_back(self._state, kept)
            self._state.forget_totals()

    def _blank(self, user: User) -> Opportunity:
        first, now = self._state.ordered_stages()[0], self._state.clock()
        return Opportunity(
            id=self._state.next_id(OPPORTUNITY),
            title="",
            description="",
            responsible=user.id,
            stage=first.id,
            currency=str(self._state.switches.get("default_currency")),
            created=now,
            created_by=user.id,
            modified=now,
            modified_by=user.id,
            probability=first.probability,
        )

    def _actor(self, name: str | None) -> User:
        if name is None:
            return next(row for row in self._state.users.values() if row.is_admin)
        return self._user(name)

    def _user(self, name: str) -> User:
        wanted = name.lower()
        for row in self._state.users.values():
            if wanted in (row.id, row.login.lower(), row.email.lower()):
                return row
        raise KeyError(name)

    def _filled(self, old: Opportunity, changes: JsonObject, user: User) -> Opportunity:
        """The form's rules on top of the plain changes."""
        # onlyoffice.md 4.4 "The browser form" (seen 2026-11-22)
        setters = self._setters(old)
        unknown = set(changes) - set(setters) - {"stage", "isPrivate", "accessList", "tags"}
        if unknown:
            raise KeyError(sorted(unknown)[0])
        row = self._staged(old, changes)
        values: dict[str, Any] = {}
        for name in changes.keys() & setters.keys():
            field_name, convert = setters[name]
            values[field_name] = convert(changes[name])
        row = replace(row, **values)
        for title in changes.get("tags", ()):
            tags.attach(self._state, row, str(title))
        return self._shared(row, changes, user)

    def _setters(self, old: Opportunity) -> dict[str, tuple[str, Callable[[JsonValue], object]]]:
        """{wire name: (attribute, conversion)}."""
        return {
            "title": ("title", str),
            "description": ("description", str),
            "bidValue": ("bid_value", lambda value: Decimal(str(value))),
            "bidType": ("bid_type", int),
            "bidCurrency": ("currency", self._currency),
            "perPeriodValue": ("per_period", int),
            "successProbability": ("probability", lambda value: max(0, min(100, int(value)))),
            "expectedCloseDate": ("expected_close", self._moment),
            "actualCloseDate": ("actual_close", self._moment),
            "responsible": ("responsible", self._responsible),
            "contact": ("contact", self._contact),
            "members": ("members", lambda value: [self._contact(item) for item in value]),
            "customFields": ("fields", lambda value: self._fields(old, value)),
        }

    def _staged(self, row: Opportunity, changes: JsonObject) -> Opportunity:
        """Picking another stage prefills the probability and sets or clears the actual close date."""
        if "stage" not in changes:
            return row
        stage = self._stage(changes["stage"])
        if stage.id == row.stage:
            return row
        closed_at = self._state.clock() if stage.kind else None
        return replace(row, stage=stage.id, probability=stage.probability, actual_close=closed_at)

    def _stage(self, wanted: JsonValue) -> Stage:
        for row in self._state.ordered_stages():
            if wanted in (row.id, row.title):
                return row
        raise KeyError(wanted)

    def _shared(self, row: Opportunity, changes: JsonObject, user: User) -> Opportunity:
        """The form also lets the responsible read a private opportunity."""
        if "isPrivate" not in changes and "accessList" not in changes:
            return row
        names = [self._user(str(name)).id for name in changes.get("accessList", row.access)]
        private = to_flag(str(changes.get("isPrivate", True)))
        return replace(row, access=access.shared_with(user, [*names, row.responsible], private=private))

    def _responsible(self, value: JsonValue) -> str:
        """A user by name or e-mail, or the id of somebody the portal does not know, as imports leave them."""
        try:
            return self._user(str(value)).id
        except KeyError:
            if _GUID.fullmatch(str(value).lower()) is None:
                raise
            return str(value).lower()

    def _currency(self, value: JsonValue) -> str:
        code = str(value or self._state.switches.get("default_currency")).upper()
        return str(self._state.currencies[code]["abbreviation"])

    def _contact(self, value: JsonValue) -> int:
        if not value:
            return 0
        for row in self._state.contacts.values():
            if value in (row.id, row.display_name):
                return row.id
        raise KeyError(value)

    def _moment(self, value: JsonValue) -> datetime | None:
        try:
            return moments.from_wire(str(value), self._state.zone()) if value else None
        except ApiFailure as error:
            raise ValueError(error.message) from error

    def _fields(self, old: Opportunity, values: JsonObject) -> dict[int, str]:
        """By id or label; an empty value clears."""
        kept = dict(old.fields)
        for name, value in values.items():
            key = next(
                (
                    row.id
                    for row in self._state.definitions_of(OPPORTUNITY)
                    if name in (str(row.id), row.label)
                ),
                None,
            )
            if key is None:
                raise KeyError(name)
            kept[key] = str(value)
        return {key: text for key, text in kept.items() if text}


def _plain(value: JsonValue) -> Any:
    """Rows with everything JSON cannot hold turned into text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value
