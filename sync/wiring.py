"""Puts a pairing together from settings: the one place that names both CRMs, and it decides nothing else."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from sync.crm.http import Call, HttpOptions
from sync.crm.onlyoffice import options as onlyoffice
from sync.crm.onlyoffice.client import OnlyOfficeCrm
from sync.crm.port import Crm
from sync.crm.superoffice import options as superoffice
from sync.crm.superoffice.client import SuperOfficeCrm
from sync.crm.superoffice.consent import Consent as Consent
from sync.crm.superoffice.consent import ConsentOptions
from sync.crm.superoffice.identity import Identity
from sync.crm.superoffice.tokenfile import TokenFile
from sync.domain.model import Side
from sync.engine.pairing import Clock, Options, Pairing, Progress
from sync.errors import Misconfigured
from sync.settings import Settings
from sync.settings.sections import SideBudget
from sync.store.database import Database, migrate_if_empty

Observer = Callable[[Call], None]


def real_clock() -> datetime:
    """The wall clock, read nowhere else in the product."""
    return datetime.now(UTC)


def open_pairing(
    settings: Settings,
    *,
    progress: Progress,
    stop: threading.Event | None = None,
    on_call: Observer | None = None,
) -> Pairing:
    """Opens the state database, making its tables when it has none; `close_pairing` when done. Nobody is
    called yet. `StateTrouble` when the database cannot be used as it is."""
    database = open_database(settings)
    return Pairing(
        crms=build_crms(settings, on_call=on_call),
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
    settings: Settings, *, clock: Clock = real_clock, on_call: Observer | None = None
) -> dict[Side, Crm]:
    observe = on_call or _ignore
    left = SuperOfficeCrm(
        superoffice_options(settings), _http(settings, Side.LEFT), clock=clock, on_call=observe
    )
    right = OnlyOfficeCrm(
        onlyoffice_options(settings), _http(settings, Side.RIGHT), clock=clock, on_call=observe
    )
    return {Side.LEFT: left, Side.RIGHT: right}


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


def _http(settings: Settings, side: Side) -> HttpOptions:
    is_left = side is Side.LEFT
    section: SideBudget = settings.budget.superoffice if is_left else settings.budget.onlyoffice
    return HttpOptions(
        base_url=settings.superoffice.base_url if is_left else settings.onlyoffice.base_url,
        connect_timeout_s=section.connect_timeout_s,
        read_timeout_s=section.read_timeout_s,
        attempts=section.attempts,
        calls_per_minute=section.calls_per_minute,
        max_connections=section.connections,
        ca_file=section.ca_file or None,
    )


def _ignore(_call: Call) -> None:
    """Observer that wants nothing."""
