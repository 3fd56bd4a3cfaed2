"""How one SuperOffice installation is reached and read, as plain values; reads no file and no environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sync.domain.model import FieldKind


@dataclass(frozen=True, slots=True)
class CustomField:
    """A mapped custom field; `key` is its ProgId."""

    key: str
    kind: FieldKind


@dataclass(frozen=True, slots=True)
class Basic:
    """Name and password of a user; only where the installation allows it (superoffice.md 2.1)."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A session ticket, with the application's secret where the installation is hosted by the vendor."""

    ticket: str = field(repr=False)
    app_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Bearer:
    """An access token."""

    token: str = field(repr=False)


Login = Basic | Ticket | Bearer


@dataclass(frozen=True, slots=True)
class SuperOfficeOptions:
    """One installation and what of it is used.

    `base_url` is the web application's root, without `/api/v1`. `tenant` is empty for an installation of
    one's own. `sale_type` is an id or a name, empty for the vendor's default. `stamp_field` is a ProgId,
    empty when the Number field carries the stamp. `base_time_zone` is a tz database name, empty to ask.
    `overlap_s` is how far a delta looks back behind its cursor.
    """

    base_url: str
    login: Login
    tenant: str = ""
    sale_type: str = ""
    stamp_field: str = ""
    custom_fields: Mapping[str, CustomField] = field(default_factory=dict)
    page_size: int = 1000
    base_time_zone: str = ""
    overlap_s: int = 900
