"""One request to the tenant, understood: caller, zone, language, parameters, body; it knows no endpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from sync.sandbox.superoffice.archive import IdLists
from sync.sandbox.superoffice.carriers import View
from sync.sandbox.superoffice.failures import invalid_request
from sync.sandbox.superoffice.intake import Reader
from sync.sandbox.superoffice.rows import AssociateRow
from sync.sandbox.superoffice.store import Store
from sync.sandbox.superoffice.tickets import Tickets
from sync.sandbox.superoffice.webhooks import Hooks
from sync.sandbox.wire import JsonObject, JsonValue

# superoffice.md 1.2 (seen 2026-11-22)
RUNNING_STATES = ("Running", "OnlineMaintenance")


@dataclass(frozen=True, slots=True)
class Tenant:
    """One installation: its records, its secrets, its webhooks and where it is mounted."""

    name: str
    base_path: str
    store: Store
    tickets: Tickets
    hooks: Hooks
    memory: IdLists = field(default_factory=IdLists)


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler gets; parameter names are in lower case, since the vendor ignores their case."""

    tenant: Tenant
    view: View
    caller: AssociateRow
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: JsonValue

    @property
    def store(self) -> Store:
        return self.tenant.store

    @property
    def reader(self) -> Reader:
        return Reader(self.store, self.view.zone, self.caller.id)

    def number(self, name: str) -> int:
        """A whole number from path, query or body, text included; 0 when absent."""
        return int(self.params.get(name.lower()) or self.given(name) or 0)

    def given(self, name: str) -> JsonValue:
        """A property of the body in any spelling of its case."""
        if not isinstance(self.body, Mapping):
            return None
        return next((value for key, value in self.body.items() if key.lower() == name.lower()), None)

    def object(self) -> JsonObject:
        if not isinstance(self.body, dict):
            raise invalid_request("the body must be an object")
        return self.body

    def selected(self, carrier: JsonObject) -> JsonObject:
        """`$select` nulls the rest instead of leaving it out: superoffice.md 10."""
        wanted = {name.strip().split("/")[0].lower() for name in self.params.get("$select", "").split(",")}
        if wanted == {""}:
            return carrier
        return {key: value if key.lower() in wanted else None for key, value in carrier.items()}

    def moment(self, header: str) -> datetime | None:
        """An HTTP date, which has whole seconds: superoffice.md 8.1."""
        text = self.headers.get(header)
        return parsedate_to_datetime(text).astimezone(UTC) if text else None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is more than 200 and JSON."""

    status: int
    body: JsonValue = None
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Call], JsonValue]


def http_date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)
