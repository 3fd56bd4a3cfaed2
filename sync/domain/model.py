"""The words of the domain: sides, values, records and the lists that mapping needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

Value = str | int | bool | Decimal | date | None
Values = Mapping[str, Value]
"""Comparable fields of one record in its own side's terms; a field the side does not hold now is absent."""


class Side(StrEnum):
    """LEFT is SuperOffice, RIGHT is ONLYOFFICE."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> "Side":
        return Side.RIGHT if self is Side.LEFT else Side.LEFT

    @property
    def label(self) -> str:
        return "SuperOffice" if self is Side.LEFT else "ONLYOFFICE"


TITLE = "title"
DESCRIPTION = "description"
AMOUNT = "amount"
CURRENCY = "currency"
PROBABILITY = "probability"
STAGE = "stage"
EXPECTED_CLOSE = "expected_close_on"
ACTUAL_CLOSE = "actual_close_on"
OWNER = "owner"
COMPANY = "company"
PERSON = "person"
CLOSE_DATES = (EXPECTED_CLOSE, ACTUAL_CLOSE)
"""A stage takes them along: superoffice.md 4.1 (one sale date for both meanings)."""

CUSTOM = "custom:"
"""Prefix of a mapped custom field: `custom:<name from the config>`."""

FIELDS = (
    TITLE,
    DESCRIPTION,
    AMOUNT,
    CURRENCY,
    PROBABILITY,
    STAGE,
    EXPECTED_CLOSE,
    ACTUAL_CLOSE,
    OWNER,
    COMPANY,
    PERSON,
)


class State(StrEnum):
    """What a stage means for the deal."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
    STALLED = "stalled"


class FieldKind(StrEnum):
    """Type of a custom field; its values are str, Decimal, date, bool and str (list item text or id)."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHECKBOX = "checkbox"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Record:
    """What a CRM returned for one sale or opportunity.

    `values` are typed but in the side's own terms: list ids as text, ISO code on the right, dates as
    `date`, amounts as `Decimal` in major units. `version` is the server's own text of the last change,
    where it has one. `locked` names fields this record does not let us write, with the reason.
    A `provisional` record comes from a list view: confirm it by a direct read before acting on a change.
    """

    side: Side
    id: str
    values: Values
    stamp: str | None = None
    number: str | None = None
    version: str | None = None
    created_at: datetime | None = None
    locked: Mapping[str, str] = field(default_factory=dict)
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record whose id is known but whose content cannot be understood; it parks with `reason`."""

    side: Side
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A pipeline step. Left keys: `open/<rating id>`, `sold`, `lost`, `stalled`. Right keys: the stage id."""

    key: str
    name: str
    state: State
    probability: int
    active: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """An item of a drop-down list; for currencies `name` is expected to be the ISO-4217 code."""

    key: str
    name: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may own a record. `email` is None where the CRM does not show it."""

    key: str
    name: str
    login: str
    email: str | None
    active: bool = True


@dataclass(frozen=True, slots=True)
class CustomFieldInfo:
    """A custom field as the CRM defines it; `key` is the ProgId (left) or the definition id (right)."""

    key: str
    label: str
    kind: FieldKind
    options: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Lists:
    """Everything of one side that value mapping and `check` need, deleted items included (`active=False`).

    `sees_all` is False for an account that may not see every record: what it does not find may be hidden."""

    stages: tuple[Stage, ...]
    currencies: tuple[Choice, ...]
    users: tuple[User, ...]
    sale_types: tuple[Choice, ...] = ()
    custom_fields: tuple[CustomFieldInfo, ...] = ()
    sees_all: bool = True


@dataclass(frozen=True, slots=True)
class Company:
    """A company (SuperOffice Contact, ONLYOFFICE company) as far as matching needs it.

    `partner_id` is the other side's id where this company carries it (a custom field).
    """

    side: Side
    id: str
    name: str
    department: str = ""
    org_number: str = ""
    city: str = ""
    partner_id: str | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """A contact person of a company (SuperOffice Person, ONLYOFFICE person contact), as matching sees one."""

    side: Side
    id: str
    company_id: str
    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class CompanyCard:
    """What `contacts show` prints: the company and one line per recent sale."""

    company: Company
    sales: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Delta:
    """Records changed since a cursor. Absence from it proves nothing. `cursor` is for the next call."""

    records: tuple[Record | Unreadable, ...]
    cursor: str


@dataclass(frozen=True, slots=True)
class Access:
    """Who we are on a side and what that allows; `warnings` tell an operator what to fix.

    `server_time` is the server's clock when it answered, None where it does not tell."""

    user: str
    user_id: str
    tenant: str
    version: str
    is_admin: bool
    warnings: tuple[str, ...] = ()
    server_time: datetime | None = None
