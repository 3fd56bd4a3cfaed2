"""How one SuperOffice installation is reached and read, as plain values; reads no file and no environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

from sync.crm.superoffice.tokenfile import TokenFile
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


@dataclass(frozen=True, slots=True)
class CookieSession:
    """A session of the web pages, `cookie` as a browser sends it; the token is the page's own."""

    cookie: str = field(repr=False)
    xsrf_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SystemUser:
    """The application itself; `private_key` is PEM text, `serial` the tenant's own number or empty."""

    user_token: TokenFile
    private_key: str = field(repr=False)
    client_secret: str = field(repr=False)
    serial: str = ""


@dataclass(frozen=True, slots=True)
class OpenId:
    """A person who consented once, through `opsync login`."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: TokenFile


Renewed = SystemUser | OpenId
Fixed = Basic | Ticket | Bearer | CookieSession
Login = Fixed | Renewed


@dataclass(frozen=True, slots=True)
class Cloud:
    """Where the vendor hosts the tenant. The addresses are empty but for a stand-in of the vendor."""

    environment: str
    tenant: str
    identity_url: str = ""
    state_url: str = ""

    @property
    def identity_root(self) -> str:
        """The log-in host, which has no number: superoffice.md 1.1 (seen 2026-11-22)."""
        return self.identity_url.rstrip("/") or f"https://{self.environment}.superoffice.com"

    @property
    def state_address(self) -> str:
        """superoffice.md 1.2 (seen 2026-11-22)."""
        return self.state_url or f"{self.identity_root}/api/state/{quote(self.tenant, safe='')}"


@dataclass(frozen=True, slots=True)
class Closing:
    """What a new status brings along: reasons by list name, each an item's name or id or empty."""

    reasons: Mapping[str, str] = field(default_factory=dict)
    completed: bool = False


def closing_of(*, sold: str, lost: str, stalled: str, completed: bool) -> Closing:
    """Each status has a list of reasons of its own: superoffice.md 4.3 and 4.4 (seen 2026-11-22)."""
    return Closing({"ReasonSold": sold, "Reason": lost, "ReasonStalled": stalled}, completed)


@dataclass(frozen=True, slots=True)
class SuperOfficeOptions:
    """One installation and what of it is used.

    `base_url` is the web application's root, without `/api/v1`; with `cloud` it is found out instead.
    `tenant` is empty for an installation of one's own. `sale_type` is an id or a name, empty for the
    vendor's default. `stamp_field` is a ProgId, empty when the Number field carries the stamp.
    `base_time_zone` is a tz database name, empty to ask. `overlap_s` is how far a delta looks back behind
    its cursor.
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
    cloud: Cloud | None = None
    api: Literal["rest", "agents", "auto"] = "rest"
    closing: Closing = field(default_factory=Closing)
