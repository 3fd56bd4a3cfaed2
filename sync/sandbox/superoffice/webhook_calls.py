"""The REST and agent calls that keep webhook subscriptions; it must not deliver events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from sync.sandbox.superoffice.call import Answer, Call
from sync.sandbox.superoffice.failures import Refusal, bad_argument
from sync.sandbox.superoffice.store import Event
from sync.sandbox.superoffice.webhooks import Hook
from sync.sandbox.wire import JsonObject, JsonValue

LOOPBACK = ("127.0.0.1", "localhost", "::1")
STATES = ("Unknown", "Active", "Stopped", "TooManyErrors")


def listed(call: Call) -> list[JsonObject]:
    """Filtered by name, event and status: superoffice-endpoints.json."""
    name, event, status = (
        str(call.params.get(key.lower()) or call.given(key) or "")
        for key in ("nameFilter", "eventFilter", "statusFilter")
    )
    return [
        _shown(call, hook)
        for hook in tuple(call.tenant.hooks.items.values())
        if name.lower() in hook.name.lower()
        and (not event or event in hook.events)
        and status.lower() in {"", hook.state.lower()}
    ]


def default(call: Call) -> JsonObject:
    """Pre-filled with two contact events: superoffice.md 7.5 (seen 2026-11-22)."""
    hook = Hook(0, "", ("contact.created", "contact.changed"), "", "", call.caller.id, call.store.now())
    return _shown(call, hook)


def get(call: Call) -> JsonObject:
    return _shown(call, _found(call))


def post(call: Call) -> JsonObject:
    return _saved(call, call.tenant.hooks.next_id())


def put(call: Call) -> JsonObject:
    return _saved(call, _found(call).id)


def delete(call: Call) -> Answer:
    call.tenant.hooks.items.pop(_found(call).id)
    return Answer(204)


def agent_save(call: Call) -> JsonObject:
    return _saved(call, call.number("WebhookId") or call.tenant.hooks.next_id())


def agent_delete(call: Call) -> Answer:
    call.tenant.hooks.items.pop(call.number("webhookId"), None)
    return Answer(204)


def tested(call: Call) -> JsonObject:
    """A test event without saving anything: superoffice.md 7.1 (seen 2026-11-22)."""
    body = call.given("Webhook") or call.object()
    problem = call.tenant.hooks.test_call(_read(replace(call, body=body), 0))
    return {"Success": not problem, "Message": problem}


def signal(call: Call) -> Answer:
    """An event raised by hand, for custom events: superoffice.md 7.1."""
    name = str(call.params.get("event") or call.given("EventName") or "")
    values = call.given("Data") if call.given("EventName") else call.body
    record_id = call.number("key") or call.number("PrimaryKey")
    call.tenant.hooks.tell(Event(name, record_id, call.caller.id, values=dict(values or {})))
    return Answer(204)


def agent_get(call: Call) -> JsonObject | None:
    hook = call.tenant.hooks.items.get(call.number("webhookId"))
    return _shown(call, hook) if hook else None


def last_error(call: Call) -> str:
    hook = call.tenant.hooks.items.get(call.number("id") or call.number("WebhookId"))
    if hook is None:
        raise Refusal(404)
    return hook.last_error


def _found(call: Call) -> Hook:
    hook = call.tenant.hooks.items.get(call.number("id"))
    if hook is None:
        raise Refusal(404)
    return hook


def _saved(call: Call, hook_id: int) -> JsonObject:
    """Saves only after the receiver answered a test event with 200: superoffice.md 7.1."""
    hook = _read(call, hook_id)
    if hook.state == "Active" and (problem := call.tenant.hooks.test_call(hook)):
        raise bad_argument(f"The test event was not accepted: {problem}")
    call.tenant.hooks.add(hook)
    return _shown(call, hook)


def _read(call: Call, hook_id: int) -> Hook:
    given = {key.lower(): value for key, value in call.object().items()}
    hook = Hook(
        id=hook_id,
        name=str(given.get("name") or "")[:100],
        events=tuple(given.get("events") or ()),
        target_url=str(given.get("targeturl") or ""),
        secret=str(given.get("secret") or ""),
        owner_id=call.caller.id,
        registered_at=call.store.now(),
        state=str(given.get("state") or "Active"),
        headers=_texts(given.get("headers")),
        properties=dict(given.get("properties") or {}),
    )
    _check(call, hook)
    return hook


def _check(call: Call, hook: Hook) -> None:
    if not call.store.switches.on("webhooks_enabled"):
        raise bad_argument("Webhooks are not enabled on this server")  # superoffice.md 1.3, 7.1
    address = urlsplit(hook.target_url)
    if address.scheme not in ("http", "https"):
        raise bad_argument("TargetUrl is not a web address")
    # superoffice.md 7.1 (seen 2026-11-22): https with a valid certificate. That this machine's own receivers
    # may do without, unless the switch is on, is not the vendor's way but ours, for tests and demonstrations.
    may_be_plain = address.hostname in LOOPBACK and not call.store.switches.on("webhook_https")
    if address.scheme == "http" and not may_be_plain:
        raise bad_argument("TargetUrl must be secure")
    if hook.state not in STATES:
        raise bad_argument(f"State {hook.state!r} is unknown")


def _texts(value: JsonValue) -> dict[str, str]:
    return {str(key): str(item) for key, item in value.items()} if isinstance(value, Mapping) else {}


def _shown(call: Call, hook: Hook) -> JsonObject:
    return {
        "WebhookId": hook.id,
        "Name": hook.name,
        "Events": list(hook.events),
        "TargetUrl": hook.target_url,
        "Secret": hook.secret,
        "State": hook.state,
        "Type": "webhook",
        "Headers": hook.headers,
        "Properties": hook.properties,
        "Registered": call.view.zone.instant(hook.registered_at),
        "RegisteredAssociate": {"AssociateId": hook.owner_id},
        "TotalCalls": hook.total_calls,
        "TotalErrors": hook.total_errors,
        "ConsecutiveErrors": hook.consecutive_errors,
        "LastError": hook.last_error,
    }
