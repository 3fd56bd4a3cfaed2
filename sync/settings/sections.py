"""The sections of the configuration as frozen values; it reads no file and no environment."""

from collections.abc import Iterator
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BaseModel, Field, SecretStr, ValidationInfo, field_validator

from sync.domain.model import Side
from sync.domain.policy import Policy as Rules
from sync.domain.policy import Removal, Revival
from sync.settings.alerts import Alerts
from sync.settings.brakes import Brakes
from sync.settings.budget import Budget
from sync.settings.mapping import WINNERS, Mapping, WinnerWord
from sync.settings.schedule import Schedule, known_zone
from sync.settings.section import Seconds, Section
from sync.settings.webhooks import Webhooks
from sync.store.retention import Keep


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or not _has_fine_port(parts):
        raise ValueError("must be an address such as https://crm.example.com")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must be a bare address, without user, password, ? or #")
    return text


def _has_fine_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def _zone(text: str) -> str:
    return known_zone(text) if text else ""


def _optional_address(text: str) -> str:
    return _address(text) if text else ""


Address = Annotated[str, AfterValidator(_address)]
OptionalAddress = Annotated[str, AfterValidator(_optional_address)]
RemovalWord = Literal["keep", "close_as_lost", "delete"]


class SuperOffice(Section):
    """[superoffice]: the left side. What is needed depends on `environment` and `login`."""

    base_url: OptionalAddress = ""
    # superoffice.md 1.1 (seen 2026-11-22)
    environment: Literal["", "online", "qaonline", "sod"] = ""
    tenant: str = Field(default="", pattern=r"^[A-Za-z0-9_-]*$")
    identity_url: OptionalAddress = ""
    state_url: OptionalAddress = ""
    login: Literal["basic", "ticket", "bearer", "cookie", "system_user", "openid"] = "basic"
    user: str = ""
    password: SecretStr | None = None
    password_file: str = ""
    ticket: SecretStr | None = None
    ticket_file: str = ""
    app_token: SecretStr | None = None
    app_token_file: str = ""
    token: SecretStr | None = None
    token_file: str = ""
    cookie: SecretStr | None = None
    cookie_file: str = ""
    xsrf_token: SecretStr | None = None
    xsrf_token_file: str = ""
    client_id: str = ""
    client_secret: SecretStr | None = None
    client_secret_file: str = ""
    private_key: SecretStr | None = None
    private_key_file: str = ""
    serial: str = ""
    system_user_token: SecretStr | None = None
    system_user_token_file: str = ""
    refresh_token: SecretStr | None = None
    refresh_token_file: str = ""
    redirect_port: int = Field(default=8610, ge=1, le=65_535)
    sale_type: str = ""
    stamp_field: str = ""
    page_size: int = Field(default=1000, ge=1, le=10_000)
    base_time_zone: Annotated[str, AfterValidator(_zone)] = ""
    overlap_s: int = Field(default=900, ge=0)
    api: Literal["auto", "rest", "agents"] = "auto"
    reason_sold: str = ""
    reason_lost: str = ""
    reason_stalled: str = ""
    completed_when_closed: bool = False


class OnlyOffice(Section):
    """[onlyoffice]: the right side."""

    base_url: Address
    user: str = Field(min_length=1)
    password: SecretStr | None = None
    password_file: str = ""
    stamp_field: str = ""
    number_field: str = ""
    default_currency: str = Field(default="EUR", pattern="^[A-Z]{3}$")
    org_number_field: str = ""
    partner_field: str = ""
    # 0 would hide new companies from everybody else.  onlyoffice.md 6.2 (seen 2026-11-22)
    company_share_type: Literal[1, 2] = 2
    # The server cuts larger pages to 1000.  onlyoffice.md 3.4 (seen 2026-11-22)
    page_size: int = Field(default=1000, ge=2, le=1000)
    # Some servers take paths without a format suffix only.  onlyoffice.md 1 (seen 2026-11-22)
    json_suffix: bool = True


class StateStore(Section):
    """[state]: where the state database is and how long it remembers; the url may hold a password."""

    url: SecretStr = SecretStr("sqlite:///opsync.db")
    url_file: str = ""
    lease_s: float = Field(default=120.0, ge=1, allow_inf_nan=False)
    # An app must keep its logs for three months at least.  superoffice.md 9.2 (seen 2026-11-22)
    keep_values_days: int = Field(default=400, ge=90, le=36_500)
    keep_history_days: int = Field(default=1825, ge=90, le=36_500, validate_default=True)
    keep_runs_days: int = Field(default=30, ge=1, le=36_500)

    @field_validator("keep_history_days")
    @classmethod
    def _keep_what_is_pruned_first(cls, days: int, info: ValidationInfo) -> int:
        if days < info.data.get("keep_values_days", 0):
            raise ValueError("must not be less than keep_values_days")
        return days

    def keep(self) -> Keep:
        return Keep(self.keep_values_days, self.keep_history_days, self.keep_runs_days)


class Policy(Section):
    """[policy]: who may create what, and what a deletion means."""

    first_link: WinnerWord = "ask"
    create_in_superoffice: bool = True
    create_in_onlyoffice: bool = True
    deleted_in_superoffice: RemovalWord = "keep"
    deleted_in_onlyoffice: RemovalWord = "keep"
    edited_after_delete: Literal["ask", "recreate"] = "ask"
    gone_after_s: Seconds = 600.0
    settle_s: Seconds = 90.0

    def rules(self) -> Rules:
        return Rules(
            WINNERS[self.first_link],
            {Side.LEFT: self.create_in_superoffice, Side.RIGHT: self.create_in_onlyoffice},
            {
                Side.LEFT: Removal(self.deleted_in_superoffice),
                Side.RIGHT: Removal(self.deleted_in_onlyoffice),
            },
            Revival(self.edited_after_delete),
        )


class Companies(Section):
    """[companies]: where missing companies may be made."""

    create_in_superoffice: bool = False
    create_in_onlyoffice: bool = False


class Web(Section):
    """[web]: the console; without a token its port stays closed."""

    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8370, ge=0, le=65_535)
    token: SecretStr | None = None
    token_file: str = ""


class Log(Section):
    """[log]."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


class Settings(Section):
    """Everything a user can set."""

    superoffice: SuperOffice
    onlyoffice: OnlyOffice
    state: StateStore = Field(default_factory=StateStore)
    mapping: Mapping
    policy: Policy = Field(default_factory=Policy)
    brakes: Brakes = Field(default_factory=Brakes)
    companies: Companies = Field(default_factory=Companies)
    schedule: Schedule = Field(default_factory=Schedule)
    budget: Budget = Field(default_factory=Budget)
    web: Web = Field(default_factory=Web)
    webhooks: Webhooks = Field(default_factory=Webhooks)
    alerts: Alerts = Field(default_factory=Alerts)
    log: Log = Field(default_factory=Log)

    def secrets(self) -> tuple[str, ...]:
        """Every secret in clear, for the one place that must recognise and hide them."""
        return tuple(secret.get_secret_value() for secret in _secrets_in(self))


def _secrets_in(model: BaseModel) -> Iterator[SecretStr]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _secrets_in(value)
        elif isinstance(value, SecretStr):
            yield value
