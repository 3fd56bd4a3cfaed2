"""Puts a pairing together from settings: the one place that names both CRMs, and it decides nothing else."""

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import structlog
from pydantic import SecretStr

from sync.crm.http import Call, HttpOptions
from sync.crm.onlyoffice import options as onlyoffice
from sync.crm.onlyoffice.client import OnlyOfficeCrm
from sync.crm.port import Crm
from sync.crm.pressure import Pressure
from sync.crm.superoffice import options as superoffice
from sync.crm.superoffice.api import Api
from sync.crm.superoffice.client import SuperOfficeCrm
from sync.crm.superoffice.consent import Consent as Consent
from sync.crm.superoffice.consent import ConsentOptions
from sync.crm.superoffice.family import Family
from sync.crm.superoffice.identity import Identity
from sync.crm.superoffice.tokenfile import TokenFile
from sync.crm.superoffice.webhooks import HookOptions
from sync.crm.superoffice.webhooks import Webhooks as Webhooks
from sync.domain.model import Side
from sync.engine.pairing import Clock, Options, Pairing, Progress
from sync.errors import Misconfigured
from sync.settings import Settings
from sync.store.database import Database, migrate_if_empty, migrate_if_older
from sync.store.usage import borrowed_ledger, ledger_in

Observer = Callable[[Call], None]
Pressures = Mapping[Side, Pressure]


def real_clock() -> datetime:
    """The wall clock, read nowhere else in the product."""
    return datetime.now(UTC)


def open_pairing(  # noqa: PLR0913  keyword-only options of one opening
    settings: Settings,
    *,
    progress: Progress,
    stop: threading.Event | None = None,
    on_call: Observer | None = None,
    on_pressure: Callable[[Pressures], None] | None = None,
    traceless: bool = False,
) -> Pairing:
    """Opens the state database, making its tables when it has none; `close_pairing` when done. Nobody is
    called yet. `StateTrouble` when the database cannot be used as it is. `on_pressure` gets what
    shows how hard each side is worked. `traceless`: calls are not even counted in the database."""
    database = open_database(settings)
    pressures = build_pressures(settings, database=database, traceless=traceless)
    if on_pressure:
        on_pressure(pressures)
    return Pairing(
        crms=build_crms(settings, on_call=on_call, pressures=pressures),
        database=database,
        clock=real_clock,
        spec=settings.mapping.spec(),
        policy=settings.policy.rules(),
        options=build_options(settings),
        progress=progress,
        stop=stop or threading.Event(),
    )


def close_pairing(pairing: Pairing) -> None:
    for crm in pairing.crms.values():
        crm.close()
    pairing.database.close()


def upgrade_state(settings: Settings) -> None:
    """Brings an older state database to this version; whoever comes second waits for the first."""
    before = migrate_if_older(settings.state.url.get_secret_value())
    if before is not None:
        structlog.get_logger().info("state.upgraded", before=before)


def open_database(settings: Settings) -> Database:
    url = settings.state.url.get_secret_value()
    migrate_if_empty(url)
    database = Database(url)
    try:
        database.require_current()
    except BaseException:
        database.close()
        raise
    return database


def build_crms(
    settings: Settings,
    *,
    clock: Clock = real_clock,
    on_call: Observer | None = None,
    pressures: Pressures | None = None,
) -> dict[Side, Crm]:
    """Without `pressures` the day's calls are counted until the process ends."""
    observe = on_call or _ignore
    pressures = pressures or build_pressures(settings, clock=clock)
    left_http, right_http = (_http(settings, side, pressures[side]) for side in (Side.LEFT, Side.RIGHT))
    left = SuperOfficeCrm(superoffice_options(settings), left_http, clock=clock, on_call=observe)
    right = OnlyOfficeCrm(onlyoffice_options(settings), right_http, clock=clock, on_call=observe)
    return {Side.LEFT: left, Side.RIGHT: right}


def build_pressures(
    settings: Settings,
    *,
    clock: Clock = real_clock,
    database: Database | None = None,
    traceless: bool = False,
) -> dict[Side, Pressure]:
    """One for each side, to be shared by all who call it; calls are written down in `database`, if not
    `traceless`."""
    ledger_of = borrowed_ledger if traceless else ledger_in

    def build(side: Side) -> Pressure:
        section = settings.budget.of(side)
        ledger = ledger_of(database, side) if database else None
        return Pressure(section.limits(), clock, ledger, section.caution())

    return {side: build(side) for side in Side}


def open_consent(settings: Settings, *, clock: Clock = real_clock) -> Consent:
    """A person's consent for the SuperOffice tenant, for `opsync login`; nobody is called yet."""
    section, cloud = settings.superoffice, _cloud(settings)
    if cloud is None:
        raise Misconfigured(["superoffice.environment: missing (`opsync login` is for tenants in the cloud)"])
    file = "system_user_token_file" if section.login == "system_user" else "refresh_token_file"
    if missing := [name for name in ("client_id", "client_secret", file) if not getattr(section, name)]:
        raise Misconfigured([f"superoffice.{name}: missing (`opsync login` needs it)" for name in missing])
    options = ConsentOptions(
        client_id=section.client_id,
        client_secret=_clear(section.client_secret),
        redirect_port=section.redirect_port,
        refresh_token=_refresh_token(settings),
        system_user_token=_system_user_token(settings),
        wants_system_user=section.login == "system_user",
    )
    return Consent(options, cloud, Identity(cloud, _http(settings, Side.LEFT), _ignore, clock))


def open_webhooks(
    settings: Settings,
    *,
    clock: Clock = real_clock,
    on_call: Observer | None = None,
    pressures: Pressures | None = None,
) -> Webhooks:
    """Our webhook in SuperOffice, with a connection of its own; `close` when done. Nobody is called yet.
    With `pressures` its calls count among those of the pairing."""
    section = settings.webhooks
    if not section.url:
        raise Misconfigured(["webhooks.url: missing (the address SuperOffice is to post its events to)"])
    options = superoffice_options(settings)
    pressure = pressures[Side.LEFT] if pressures else None
    api = Api(options, _http(settings, Side.LEFT, pressure), on_call or _ignore, clock)
    wanted = HookOptions(section.name, section.url, _clear(section.secret), section.notify_email)
    return Webhooks(api, Family(api, options), wanted)


def webhook_tenants(settings: Settings) -> frozenset[str]:
    """How an event of ours may name its tenant, in lower case; an own server says `Default` or nothing:
    superoffice.md 1.3 and 7.3 (seen 2026-11-22)."""
    section = settings.superoffice
    own = section.tenant.casefold()
    return frozenset({own} if section.environment else {own, "default", ""})


def build_options(settings: Settings) -> Options:
    return Options(
        workers=settings.budget.workers,
        gone_after_s=settings.policy.gone_after_s,
        settle_s=settings.policy.settle_s,
        lease_s=settings.state.lease_s,
        brakes=settings.brakes.rules(),
        creates_companies={
            Side.LEFT: settings.companies.create_in_superoffice,
            Side.RIGHT: settings.companies.create_in_onlyoffice,
        },
    )


def superoffice_options(settings: Settings) -> superoffice.SuperOfficeOptions:
    section = settings.superoffice
    return superoffice.SuperOfficeOptions(
        base_url=section.base_url,
        login=_login(settings),
        tenant=section.tenant,
        sale_type=section.sale_type,
        stamp_field=section.stamp_field,
        custom_fields={
            row.name: superoffice.CustomField(row.superoffice, row.kind) for row in settings.mapping.custom
        },
        page_size=section.page_size,
        base_time_zone=section.base_time_zone,
        overlap_s=section.overlap_s,
        api=section.api,
        closing=superoffice.closing_of(
            sold=section.reason_sold,
            lost=section.reason_lost,
            stalled=section.reason_stalled,
            completed=section.completed_when_closed,
        ),
        cloud=_cloud(settings),
    )


def onlyoffice_options(settings: Settings) -> onlyoffice.OnlyOfficeOptions:
    section = settings.onlyoffice
    return onlyoffice.OnlyOfficeOptions(
        base_url=section.base_url,
        user=section.user,
        password=_clear(section.password),
        stamp_field=section.stamp_field,
        number_field=section.number_field,
        custom_fields={
            row.name: onlyoffice.CustomField(row.onlyoffice, row.kind) for row in settings.mapping.custom
        },
        default_currency=section.default_currency,
        org_number_field=section.org_number_field,
        partner_field=section.partner_field,
        company_share_type=section.company_share_type,
        json_suffix=section.json_suffix,
        page_size=section.page_size,
    )


def _login(settings: Settings) -> superoffice.Login:
    section = settings.superoffice
    match section.login:
        case "basic":
            return superoffice.Basic(section.user, _clear(section.password))
        case "ticket":
            app_token = section.app_token.get_secret_value() if section.app_token else None
            return superoffice.Ticket(_clear(section.ticket), app_token)
        case "bearer":
            return superoffice.Bearer(_clear(section.token))
        case "cookie":
            return superoffice.CookieSession(_clear(section.cookie), _clear(section.xsrf_token))
        case "system_user":
            token, secret = _system_user_token(settings), _clear(section.client_secret)
            return superoffice.SystemUser(token, _clear(section.private_key), secret, section.serial)
        case "openid":
            token, secret = _refresh_token(settings), _clear(section.client_secret)
            return superoffice.OpenId(section.client_id, secret, token)


def _cloud(settings: Settings) -> superoffice.Cloud | None:
    section = settings.superoffice
    if not section.environment:
        return None
    return superoffice.Cloud(section.environment, section.tenant, section.identity_url, section.state_url)


def _system_user_token(settings: Settings) -> TokenFile:
    section = settings.superoffice
    return _token_file(section.system_user_token_file, section.system_user_token)


def _refresh_token(settings: Settings) -> TokenFile:
    section = settings.superoffice
    return _token_file(section.refresh_token_file, section.refresh_token)


def _token_file(file: str, given: SecretStr | None) -> TokenFile:
    """A file is read again by each log-in; what settings found in it may be old by then."""
    return TokenFile(Path(file)) if file else TokenFile(None, _clear(given))


def _clear(secret: SecretStr | None) -> str:
    """Loading made sure that it is there."""
    return secret.get_secret_value() if secret else ""


def _http(settings: Settings, side: Side, pressure: Pressure | None = None) -> HttpOptions:
    section = settings.budget.of(side)
    return HttpOptions(
        base_url=settings.superoffice.base_url if side is Side.LEFT else settings.onlyoffice.base_url,
        connect_timeout_s=section.connect_timeout_s,
        read_timeout_s=section.read_timeout_s,
        attempts=section.attempts,
        calls_per_minute=section.calls_per_minute,
        max_connections=section.connections,
        ca_file=section.ca_file or None,
        pressure=pressure,
    )


def _ignore(_call: Call) -> None:
    """Observer that wants nothing."""
