"""The REST routes below /api/v1, special addresses before the general ones; it must not handle any."""

from __future__ import annotations

from sync.sandbox.superoffice import (
    archive_calls,
    contact_calls,
    foreign_calls,
    list_calls,
    mdo_calls,
    merge_calls,
    person_calls,
    sale_rest,
    user_calls,
    webhook_calls,
)
from sync.sandbox.superoffice.call import Handler

Route = tuple[str, str, Handler]

# superoffice.md 3.2, 4.3, 5, 6.1, 7.1, 8.3 and superoffice-endpoints.json (seen 2026-11-22)
_SALE: tuple[Route, ...] = (
    ("GET", "Sale/default", sale_rest.default),
    ("GET", "Sale/CustomField", sale_rest.custom_fields),
    ("GET", "Sale/CustomField/{field}", sale_rest.custom_field),
    ("GET", "Sale/UdefLayout", sale_rest.published_layout),
    ("GET", "Sale/UdefLayout/Published", sale_rest.published_layout),
    ("GET", "Sale/UdefLayout/Published/{field}", sale_rest.published_field),
    ("GET", "Sale/UdefLayout/{field}", sale_rest.published_field),
    ("POST", "Sale/Validate", sale_rest.validate),
    ("GET", "Sale", archive_calls.sales),
    ("POST", "Sale", sale_rest.post),
    ("GET", "Sale/{id:int}", sale_rest.get),
    ("PUT", "Sale/{id:int}", sale_rest.put),
    ("PATCH", "Sale/{id:int}", sale_rest.patch),
    ("DELETE", "Sale/{id:int}", sale_rest.delete),
    ("GET", "Sale/{id:int}/Simple", sale_rest.simple),
    ("GET", "Sale/{id:int}/ForeignKey", sale_rest.foreign_key),
    ("GET", "Sale/{id:int}/HasGuide", sale_rest.has_guide),
    ("GET", "Sale/{id:int}/NextDueDate", sale_rest.next_due),
    ("GET", "Sale/{id:int}/IsNumberValid/{number}", sale_rest.number_valid),
)
_CONTACT: tuple[Route, ...] = (
    ("GET", "Contact/default", contact_calls.default),
    ("GET", "Contact", archive_calls.contacts),
    ("POST", "Contact", contact_calls.post),
    ("POST", "Contact/Validate", contact_calls.validate),
    ("GET", "Contact/Duplicates/{name}", merge_calls.duplicates),
    ("GET", "Contact/{id:int}", contact_calls.get),
    ("PUT", "Contact/{id:int}", contact_calls.put),
    ("PATCH", "Contact/{id:int}", contact_calls.patch),
    ("DELETE", "Contact/{id:int}", contact_calls.delete),
    ("GET", "Contact/{id:int}/Simple", contact_calls.simple),
    ("GET", "Contact/{id:int}/Summary", contact_calls.summary),
    ("GET", "Contact/{id:int}/Sales", archive_calls.sales_of_contact),
    ("GET", "Contact/{id:int}/Persons", archive_calls.persons_of_contact),
    ("GET", "Contact/{id:int}/ForeignKey", contact_calls.foreign_key),
    ("POST", "Contact/{source:int}/MergeTo/{destination:int}", merge_calls.rest),
    ("GET", "Person/{id:int}", person_calls.get),
)
_APP = "ForeignApp/{application}"
_KEY = "Key/{key}/{table}"
_FOREIGN: tuple[Route, ...] = (
    ("GET", f"{_APP}/{{device}}/{_KEY}", foreign_calls.find),
    ("GET", f"{_APP}/{{device}}/{_KEY}/{{record_id:int}}", foreign_calls.find),
    ("GET", f"{_APP}/{{device}}/{_KEY}/{{record_id:int}}/Value", foreign_calls.value),
    ("GET", f"{_APP}/{{device}}/{{identifier}}/{_KEY}", foreign_calls.find),
    ("GET", f"{_APP}/{{device}}/{{identifier}}/{_KEY}/{{record_id:int}}", foreign_calls.find),
    ("GET", f"{_APP}/{{device}}/{{identifier}}/{_KEY}/{{record_id:int}}/Value", foreign_calls.value),
    ("DELETE", f"{_APP}/{{device}}/{{identifier}}/{_KEY}/{{record_id:int}}", foreign_calls.delete),
    ("POST", f"{_APP}/{{device}}/{{identifier}}/Key", foreign_calls.save),
    ("PUT", f"{_APP}/{{device}}/{{identifier}}/Key", foreign_calls.save),
    ("POST", f"{_APP}/{{device}}/{{identifier}}", foreign_calls.put_device),
    ("PUT", f"{_APP}/{{device}}/{{identifier}}", foreign_calls.put_device),
    ("GET", _APP, foreign_calls.get_application),
    ("POST", _APP, foreign_calls.put_application),
    ("PUT", _APP, foreign_calls.put_application),
)
_OTHERS: tuple[Route, ...] = (
    ("GET", "Archive/{provider}", archive_calls.provider),
    ("POST", "Archive/{provider}", archive_calls.provider_form),
    ("GET", "User/currentPrincipal", user_calls.principal),
    ("GET", "User/currentAssociate", user_calls.current_associate),
    ("GET", "User/currentToken", user_calls.current_token),
    ("GET", "MDOList", mdo_calls.names),
    ("GET", "MDOList/{name}", mdo_calls.rest),
    ("GET", "List/{name}/Items", list_calls.items),
    ("GET", "List/{name}/Items/{id:int}", list_calls.item),
    ("GET", "List/{name}/MDOItems", mdo_calls.of_list),
    ("GET", "TimeZone/base", list_calls.base_zone),
    ("GET", "TimeZone/current", list_calls.base_zone),
    ("GET", "Webhook/default", webhook_calls.default),
    ("GET", "Webhook", webhook_calls.listed),
    ("POST", "Webhook", webhook_calls.post),
    ("POST", "Webhook/Test", webhook_calls.tested),
    ("GET", "Webhook/{id:int}", webhook_calls.get),
    ("PUT", "Webhook/{id:int}", webhook_calls.put),
    ("DELETE", "Webhook/{id:int}", webhook_calls.delete),
    ("GET", "Webhook/{id:int}/LastError", webhook_calls.last_error),
    ("POST", "Webhook/{event}/{key:int}", webhook_calls.signal),
)
REST: tuple[Route, ...] = (*_SALE, *_CONTACT, *_FOREIGN, *_OTHERS)
