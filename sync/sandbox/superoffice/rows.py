"""The tenant's records as it stores them; nothing here is shaped for the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sync.sandbox.superoffice.udef import Plain


@dataclass(frozen=True, slots=True)
class AssociateRow:
    """A user of the tenant."""

    id: int
    login: str
    full_name: str
    email: str
    kind: str = "InternalAssociate"
    group_id: int = 2
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A company; `deleted_at` marks the soft deletion."""

    id: int
    name: str
    org_number: str
    city: str
    associate_id: int
    created_at: datetime
    updated_at: datetime
    created_by: int
    updated_by: int
    department: str = ""
    number1: str = ""
    number2: str = ""
    description: str = ""
    business_id: int = 1
    category_id: int = 1
    country_id: int = 578
    emails: tuple[str, ...] = ()
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A human contact of one company."""

    id: int
    contact_id: int
    first_name: str
    last_name: str
    email: str

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class SaleRow:
    """A sale; ids of 0 mean none, `sale_date` is the tenant's own clock time without a zone."""

    id: int
    heading: str
    sale_date: datetime
    associate_id: int
    created_at: datetime
    updated_at: datetime
    created_by: int
    updated_by: int
    rating_id: int
    sale_type_id: int
    currency_id: int
    number: str = ""
    text: str = ""
    postit: str = ""
    amount: float = 0.0
    earning: float = 0.0
    earning_percent: float = 0.0
    probability: int = 0
    status: str = "Open"
    completed: str = "NotStarted"
    contact_id: int = 0
    person_id: int = 0
    project_id: int = 0
    reason_id: int = 0
    reason_sold_id: int = 0
    reason_stalled_id: int = 0
    source_id: int = 0
    competitor_id: int = 0
    credited_id: int = 0
    reopen_date: datetime | None = None
    udef: Mapping[str, Plain] = field(default_factory=dict)
    has_quote: bool = False
    stage_when_closed: int = 0
    sale_cycle: int = 0
