"""The route table below /api/v1, and which of its calls may change records; it must not handle any."""

from __future__ import annotations

import re

from sync.sandbox.superoffice import (
    archive_calls,
    contact_calls,
    list_calls,
    sale_agents,
    sale_rest,
    user_calls,
    webhook_calls,
)
from sync.sandbox.superoffice.call import Handler

# superoffice.md 3.2, 3.4, 4.3, 5, 6.1, 7.1 and superoffice-endpoints.json (seen 2026-11-22)
_REST: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "Sale/default", sale_rest.default),
    ("GET", "Sale/CustomField", sale_rest.custom_fields),
    ("GET", "Sale/UdefLayout/Published", sale_rest.published_layout),
    ("POST", "Sale/Validate", sale_rest.validate),
    ("GET", "Sale", archive_calls.sales),
    ("POST", "Sale", sale_rest.post),
    ("GET", "Sale/{id:int}", sale_rest.get),
    ("PUT", "Sale/{id:int}", sale_rest.put),
    ("PATCH", "Sale/{id:int}", sale_rest.patch),
    ("DELETE", "Sale/{id:int}", sale_rest.delete),
    ("GET", "Sale/{id:int}/Simple", sale_rest.simple),
    ("GET", "Contact/default", contact_calls.default),
    ("GET", "Contact", archive_calls.contacts),
    ("POST", "Contact", contact_calls.post),
    ("GET", "Contact/{id:int}", contact_calls.get),
    ("PUT", "Contact/{id:int}", contact_calls.put),
    ("DELETE", "Contact/{id:int}", contact_calls.delete),
    ("GET", "Contact/{id:int}/Summary", contact_calls.summary),
    ("GET", "Archive/{provider}", archive_calls.provider),
    ("GET", "User/currentPrincipal", user_calls.principal),
    ("GET", "User/currentAssociate", user_calls.current_associate),
    ("GET", "MDOList/{name}", list_calls.mdo_rest),
    ("GET", "List/{name}/Items", list_calls.items),
    ("GET", "TimeZone/base", list_calls.base_zone),
    ("GET", "Webhook/default", webhook_calls.default),
    ("GET", "Webhook", webhook_calls.listed),
    ("POST", "Webhook", webhook_calls.post),
    ("GET", "Webhook/{id:int}", webhook_calls.get),
    ("PUT", "Webhook/{id:int}", webhook_calls.put),
    ("DELETE", "Webhook/{id:int}", webhook_calls.delete),
)
_AGENTS: dict[str, Handler] = {
    "Sale/CreateDefaultSaleEntity": sale_agents.create_default,
    "Sale/SaveSaleEntity": sale_agents.save,
    "Sale/GetSaleEntity": sale_agents.get_entity,
    "Sale/GetSale": sale_agents.get_sale,
    "Sale/GetSaleList": sale_agents.get_sale_list,
    "Sale/DeleteSaleEntity": sale_agents.delete,
    "Sale/ValidateSaleEntity": sale_agents.validate,
    "Sale/GetSalesFromContact": sale_agents.of_contact,
    "Sale/SaleHasQuote": sale_agents.has_quote,
    "Sale/GetProbabilityFromStage": sale_agents.probability,
    "Sale/SetAsSold": sale_agents.set_sold,
    "Sale/SetAsLost": sale_agents.set_lost,
    "Sale/SetAsSoldWithReason": sale_agents.set_sold_with_reason,
    "Sale/SetAsLostWithReason": sale_agents.set_lost_with_reason,
    "Contact/CreateDefaultContactEntity": contact_calls.default,
    "Contact/GetContactEntity": contact_calls.agent_get,
    "Contact/SaveContactEntity": contact_calls.agent_save,
    "Contact/DeleteContactEntity": contact_calls.agent_delete,
    "Contact/GetContactSummary": contact_calls.agent_summary,
    "Archive/GetArchiveListByColumns": archive_calls.by_columns,
    "Archive/GetArchiveListByColumns2": archive_calls.by_columns2,
    "MDO/GetList": list_calls.mdo_agent,
    "MDO/GetSimpleList": list_calls.mdo_agent,
    "User/GetCurrentPrincipal": user_calls.principal,
    "Webhook/CreateDefaultWebhook": webhook_calls.default,
    "Webhook/GetAllWebhooks": webhook_calls.listed,
    "Webhook/SaveWebhook": webhook_calls.agent_save,
    "Webhook/DeleteWebhook": webhook_calls.agent_delete,
}
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    *_REST,
    *(("POST", f"Agents/{path}", handler) for path, handler in _AGENTS.items()),
)
# These call the receiver back, who may well ask the API something before he answers.
UNLOCKED = frozenset({webhook_calls.post, webhook_calls.put, webhook_calls.agent_save})

_AGENT = re.compile(r"/agents/\w+/(?P<name>\w+)/?\Z", re.IGNORECASE)
_READING_POSTS = re.compile(r"/(validate|archive/\w+|authenticate)/?\Z", re.IGNORECASE)


def is_write(method: str, path: str) -> bool:
    """Agents are always POST, so there the name tells: superoffice.md 3.1."""
    if method in {"GET", "HEAD", "OPTIONS"}:
        return False
    agent = _AGENT.search(path)
    if agent is not None:
        return agent["name"].lower().startswith(("save", "delete", "setas"))
    return _READING_POSTS.search(path) is None
