"""Puts a pairing together from settings: the one place that names both CRMs, and it decides nothing else."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from pydantic import SecretStr

from sync.crm.http import Call, HttpOptions
from sync.crm.onlyoffice import options as onlyoffice
from sync.crm.onlyoffice.client import OnlyOfficeCrm
from sync.crm.port import Crm
from sync.crm.superoffice import options as superoffice
from sync.crm.superoffice.client import SuperOfficeCrm
from sync.domain.model import Side
from sync.engine.pairing import Clock, Options, Pairing, Progress
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


def build_options(settings: Settings) -> Options:
    return Options(
        workers=settings.budget.workers,
        gone_after_s=settings.policy.gone_after_s,
        settle_s=settings.policy.settle_s,
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
