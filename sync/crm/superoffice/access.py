"""Who we are in SuperOffice and what that allows; changes nothing there."""

from sync.crm.http_date import server_time_of
from sync.crm.superoffice.api import Api
from sync.crm.superoffice.bracket import content_of
from sync.crm.superoffice.calls import Query
from sync.crm.superoffice.definitions import FieldInfo, Principal
from sync.crm.superoffice.family import Family
from sync.crm.superoffice.options import SuperOfficeOptions
from sync.crm.superoffice.tenant import Tenant, understood
from sync.crm.superoffice.wire import Sale
from sync.domain.model import Access
from sync.errors import WrongShape

_VERSION_NAMES = ("netserverversion", "version", "netserver")
_UNKNOWN_FIELDS = "this server does not tell its custom fields, so their ProgIds cannot be checked"
_PEOPLE = frozenset({"InternalAssociate", "SystemAssociate"})


def access_of(api: Api, family: Family, tenant: Tenant, options: SuperOfficeOptions) -> Access:
    answer = api.get("User/currentPrincipal")
    principal = understood(Principal, answer.body, "User/currentPrincipal")
    is_admin = principal.is_admin
    warnings = (
        *_user_warnings(principal, is_admin=is_admin),
        *_field_warnings(family, tenant, options),
        *_stage_warnings(tenant),
        *_right_warnings(family),
        *api.remarks(),
    )
    return Access(
        user=principal.associate or principal.user_name,
        user_id=str(principal.associate_id),
        tenant=principal.database_context_identifier or options.tenant,
        version=_version(api) or "unknown",
        is_admin=is_admin,
        warnings=warnings,
        server_time=server_time_of(answer.headers),
    )


def _version(api: Api) -> str:
    """Empty where the root does not answer JSON; it is for people to read only."""
    try:
        block = {key.casefold(): value for key, value in api.version_block().items()}
    except WrongShape:
        return ""
    return next((str(block[name]) for name in _VERSION_NAMES if block.get(name)), "")


def _user_warnings(principal: Principal, *, is_admin: bool) -> list[str]:
    """Rights by owner and group hide rows without any error: superoffice.md 11 (seen 2026-11-22)."""
    warnings = []
    if principal.user_type and principal.user_type not in _PEOPLE:
        warnings.append(f"the user is of type {principal.user_type}; use an internal user made for opsync")
    if not is_admin:
        warnings.append("the user may see a part of the sales only, so a missing one proves nothing")
    return warnings


def _field_warnings(family: Family, tenant: Tenant, options: SuperOfficeOptions) -> list[str]:
    warnings = []
    if tenant.base_zone is None:
        warnings.append("the base time zone is not known; set base_time_zone to a name like Europe/Oslo")
    wanted = {field.key for field in options.custom_fields.values()} | {options.stamp_field}
    wanted.discard("")
    known = _known_fields(family)
    if missing := sorted(wanted - known):
        names = ", ".join(missing)
        warnings.append(
            f"sales have no custom field {names}; check the ProgIds" if known else _UNKNOWN_FIELDS
        )
    return warnings


def _stage_warnings(tenant: Tenant) -> list[str]:
    """Whether a server refuses a stage its sale type does not offer is not known: superoffice.md 4.2."""
    names = ", ".join(tenant.strange_stages()) if tenant.sale_type_id else ""
    return [f"the configured sale type does not offer {names}; do not map to them"] if names else []


def _known_fields(family: Family) -> set[str]:
    route = "Sale/CustomField"
    return {understood(FieldInfo, row, route).field_name for row in family.calls.fields()}


def _right_warnings(family: Family) -> list[str]:
    """What a sale's own TableRight says, superoffice.md 11 (seen 2026-11-22); nothing without any sale."""
    rows = family.calls.page(Query("Sale", ("saleId",), ("saleId gt 0",), "saleId", 1))
    if not rows:
        return []
    text = content_of(str(rows[0].get("saleId", rows[0].get("PrimaryKey"))))
    answer = family.calls.find("Sale", int(text)) if text.isdigit() else None
    mask = understood(Sale, answer.body, "Sale/{id}").table_right.mask if answer else ""
    names = {name.strip().casefold() for name in mask.split(",") if name.strip()}
    missing = sorted({"update", "delete"} - names) if names else []
    return [f"the user may not {name} sale {text}; check its role" for name in missing]
