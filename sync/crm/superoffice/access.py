"""Who we are in SuperOffice and what that allows; changes nothing there."""

from collections.abc import Mapping

from sync.crm.superoffice.api import Api, entity_of, rows_of
from sync.crm.superoffice.options import SuperOfficeOptions
from sync.crm.superoffice.tenant import Tenant, understood
from sync.crm.superoffice.wire import FieldInfo, Principal, Sale
from sync.domain.model import Access
from sync.errors import WrongShape

_VERSION_NAMES = ("netserverversion", "version", "netserver")
_PEOPLE = frozenset({"InternalAssociate", "SystemAssociate"})


def access_of(api: Api, tenant: Tenant, options: SuperOfficeOptions) -> Access:
    answer = api.get("User/currentPrincipal")
    principal = understood(Principal, answer.body, "User/currentPrincipal")
    warnings = (*_user_warnings(principal), *_field_warnings(api, tenant, options), *_right_warnings(api))
    return Access(
        user=principal.associate or principal.user_name,
        user_id=str(principal.associate_id),
        tenant=principal.database_context_identifier or options.tenant,
        version=_version(api) or "unknown",
        is_admin=_is_admin(principal),
        warnings=warnings,
    )


def _version(api: Api) -> str:
    """Empty where the root does not answer JSON; it is for people to read only."""
    try:
        block = {key.casefold(): value for key, value in api.version_block().items()}
    except WrongShape:
        return ""
    return next((str(block[name]) for name in _VERSION_NAMES if block.get(name)), "")


def _is_admin(principal: Principal) -> bool:
    """A system user may do everything, superoffice.md 2.3; else an administrator's role or function right."""
    rights = principal.function_rights
    names = rights if isinstance(rights, list | Mapping) else str(rights or "").split(",")
    texts = [principal.role_name, *(str(name) for name in names)]
    return principal.user_type == "SystemAssociate" or any("admin" in text.casefold() for text in texts)


def _user_warnings(principal: Principal) -> list[str]:
    if principal.user_type and principal.user_type not in _PEOPLE:
        return [f"the user is of type {principal.user_type}; use an internal user made for opsync"]
    return []


def _field_warnings(api: Api, tenant: Tenant, options: SuperOfficeOptions) -> list[str]:
    warnings = []
    if tenant.base_zone is None:
        warnings.append("the base time zone is not known; set base_time_zone to a name like Europe/Oslo")
    wanted = {field.key for field in options.custom_fields.values()} | {options.stamp_field}
    missing = sorted(key for key in wanted - _known_fields(api) if key)
    if missing:
        warnings.append(f"sales have no custom field {', '.join(missing)}; check the ProgIds")
    return warnings


def _known_fields(api: Api) -> set[str]:
    route = "Sale/CustomField"
    return {understood(FieldInfo, row, route).field_name for row in rows_of(api.get(route).body, route)}


def _right_warnings(api: Api) -> list[str]:
    """What a sale's own TableRight says, superoffice.md 11 (seen 2026-11-22); nothing without any sale."""
    params = {"$select": "saleId", "$filter": "saleId gt 0", "$orderBy": "saleId", "$top": "1"}
    route = "Sale (archive)"
    rows = rows_of(entity_of(api.get("Sale", route=route, params=params).body, route).get("value"), route)
    if not rows:
        return []
    sale_id = entity_of(rows[0], route).get("saleId")
    answer = api.find(f"Sale/{sale_id}", route="Sale/{id}") if isinstance(sale_id, int) else None
    mask = understood(Sale, answer.body, "Sale/{id}").table_right.mask if answer else ""
    names = {name.strip().casefold() for name in mask.split(",") if name.strip()}
    missing = sorted({"update", "delete"} - names) if names else []
    return [f"the user may not {name} sale {sale_id}; check its role" for name in missing]
