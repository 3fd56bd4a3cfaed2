"""The rows of the portal's tables; it must not know requests or the wire form."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

PLACEHOLDER_USER = "4a515a15-d4d6-4b8e-828e-e0586f18f3a3"  # onlyoffice.md 5.1 "responsible" (seen 2026-11-22)


@dataclass(slots=True)
class User:
    """One account; only administrators see private records of others."""

    id: str
    login: str
    first_name: str
    last_name: str
    email: str
    is_admin: bool = False
    is_visitor: bool = False
    disabled: bool = False

    @property
    def display_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(slots=True)
class Stage:
    """One pipeline step ("deal milestone"); `position` is the stored sort number, which may collide."""

    id: int
    title: str
    probability: int
    color: str
    kind: int
    position: int
    description: str = ""


@dataclass(slots=True)
class Definition:
    """One custom field of opportunities or companies."""

    id: int
    entity: str
    label: str
    kind: int
    position: int
    mask: str = ""


@dataclass(slots=True)
class Info:
    """One e-mail, phone or web address of a contact."""

    id: int
    kind: int
    category: int
    data: str
    is_primary: bool


@dataclass(slots=True)
class Contact:
    """One company or person; `share_type` 0 means private to administrators and `managers`."""

    id: int
    is_company: bool
    name: str
    created: datetime
    created_by: str
    last_name: str = ""
    title: str = ""
    company: int = 0
    about: str = ""
    share_type: int = 2
    managers: list[str] = field(default_factory=list)
    street: str = ""
    city: str = ""
    industry: str = ""
    contact_type: str = ""
    temperature: str = ""
    currency: str = ""
    infos: list[Info] = field(default_factory=list)
    fields: dict[int, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)

    @property
    def display_name(self) -> str:
        return self.name if self.is_company else f"{self.name} {self.last_name}".strip()


@dataclass(slots=True)
class Opportunity:
    """One opportunity ("deal"); instants are aware UTC, None is an unset date."""

    id: int
    title: str
    description: str | None
    responsible: str
    stage: int
    currency: str
    created: datetime
    created_by: str
    modified: datetime
    modified_by: str
    contact: int = 0
    members: list[int] = field(default_factory=list)
    bid_type: int = 0
    bid_value: Decimal = Decimal(0)
    per_period: int = 0
    probability: int = 0
    actual_close: datetime | None = None
    expected_close: datetime | None = None
    access: list[str] = field(default_factory=list)
    fields: dict[int, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)

    @property
    def is_private(self) -> bool:
        return bool(self.access)


@dataclass(slots=True)
class Note:
    """One history note; it can be deleted, never edited."""

    id: int
    entity_id: int
    contact_id: int
    content: str
    category: int
    created: datetime
    created_by: str


@dataclass(slots=True)
class ListItem:
    """One row of a contact list: a temperature or a type."""

    id: int
    title: str
    color: str = ""


@dataclass(slots=True)
class Rate:
    """One exchange rate somebody typed in."""

    id: int
    from_code: str
    to_code: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One line of the audit trail, which knows of the browser's doings, hardly of the API's."""

    id: int
    at: datetime
    user_id: str
    action: int
    target: int
    title: str
