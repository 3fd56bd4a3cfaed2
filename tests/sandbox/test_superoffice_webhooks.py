"""Webhooks: test call, signature, retries, disabling, and who is told about what."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from sync.sandbox.superoffice.webhooks import signed
from tests.sandbox.tenant import TenantServer, running

SECRET = "test-secret"


class Receiver(ThreadingHTTPServer):
    """Keeps what it was sent and answers with the status a test wants."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Listener)
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"

    def events(self, count: int) -> list[dict[str, Any]]:
        """The bodies, once `count` of them came."""
        deadline = time.monotonic() + 5
        while len(self.calls) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(self.calls) >= count, f"{len(self.calls)} calls"
        return [json.loads(raw) for _, raw in self.calls]


class Listener(BaseHTTPRequestHandler):
    """Hands each call to its server."""

    server: Receiver

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append(({key.lower(): value for key, value in self.headers.items()}, raw))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    listener = Receiver()
    yield listener
    listener.shutdown()
    listener.server_close()


@pytest.fixture
def tenant() -> Iterator[TenantServer]:
    with running(companies=3, sales=5) as server:
        server.switch(webhook_pauses_s=[0.01, 0.01])
        yield server


def subscribe(tenant: TenantServer, receiver: Receiver, *events: str, **more: Any) -> Any:
    body = {"Name": "sync", "Events": list(events), "TargetUrl": receiver.url, "Secret": SECRET,
            "State": "Active", "Type": "webhook", **more}  # fmt: skip
    return tenant.api("POST", "Webhook", json=body)


def hook_when(tenant: TenantServer, state: str, errors: int) -> Any:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        hook = tenant.get("Webhook")[0]
        if hook["State"] == state and hook["TotalErrors"] >= errors:
            return hook
        time.sleep(0.01)
    raise AssertionError(hook)


def test_signature_covers_the_raw_bytes() -> None:
    """Base64 of HMAC-SHA256 over the raw bytes, checked against openssl; nothing without a secret."""
    assert signed(SECRET, b'{"a":1}') == {
        "X-SuperOffice-Signature": "F5vyCouQQKMjaIFKaLDcJwgjtZaEmOCnN5bEICcI7Y0="
    }
    assert signed("", b'{"a":1}') == {}


def test_saving_makes_a_test_call(tenant: TenantServer, receiver: Receiver) -> None:
    """The receiver is asked before the hook is kept, and a refusal is 400."""
    receiver.status = 500
    refused = subscribe(tenant, receiver, "sale.changed")
    assert refused.status_code == 400 and "Message" in refused.json()
    assert tenant.get("Webhook") == []

    receiver.status = 200
    assert subscribe(tenant, receiver, "sale.changed").status_code == 200
    headers, raw = receiver.calls[-1]
    assert headers["x-hook-test"] == "true" and json.loads(raw)["Event"] == "test"


def test_plain_http_is_refused_when_the_switch_says_so(tenant: TenantServer, receiver: Receiver) -> None:
    """The real server insists on https."""
    tenant.switch(webhook_https=True)
    response = subscribe(tenant, receiver, "sale.changed")
    assert response.status_code == 400 and response.json()["ErrorType"] == "ArgumentException"


@pytest.mark.parametrize(
    "url", ["http://sync.example.com/hook", "http://127.0.0.1.example.com/", "ftp://127.0.0.1/"]
)
def test_plain_http_is_for_this_machine_alone(tenant: TenantServer, receiver: Receiver, url: str) -> None:
    """Whatever the switch says; nothing is posted anywhere else."""
    assert subscribe(tenant, receiver, "sale.changed", TargetUrl=url).status_code == 400
    assert tenant.get("Webhook") == []


def test_events_name_columns_actor_and_no_sensitive_values(tenant: TenantServer, receiver: Receiver) -> None:
    """Created, changed and deleted carry what the sheet lists, signed over the raw body."""
    subscribe(tenant, receiver, "sale.created", "sale.changed", "sale.deleted")
    sale_id = tenant.a_sale()["SaleId"]
    tenant.control("POST", "edit", {"id": sale_id, "changes": {"Amount": 7}, "as": "lars@example.com"})
    tenant.api("DELETE", f"Sale/{sale_id}")
    _, made, edited, gone = receiver.events(4)
    headers, raw = receiver.calls[2]

    assert (made["Event"], made["PrimaryKey"], made["ContextIdentifier"]) == (
        "sale.created",
        sale_id,
        "Cust90001",
    )
    assert edited["Changes"] == ["sale_id", "amount", "updated", "updated_associate_id", "updatedCount"]
    assert edited["ChangedByAssociateId"] == 13 and "amount" not in edited["FieldValues"]
    assert gone["Values"].keys() == {"associate_id", "contact_id", "person_id", "project_id"}
    assert "FieldValues" not in gone and gone["Changes"] == []
    assert headers["x-superoffice-signature"] == signed(SECRET, raw)["X-SuperOffice-Signature"]
    assert headers["x-superoffice-event"] == "sale.changed"
    assert headers["x-superoffice-eventid"] == edited["EventId"]


def test_selling_raises_two_events(tenant: TenantServer, receiver: Receiver) -> None:
    """One change of status is `sale.changed` and `sale.sold`; hooks get only what they asked for."""
    sale_id = tenant.a_sale()["SaleId"]
    subscribe(tenant, receiver, "sale.changed", "sale.sold")
    tenant.patch(sale_id, {"op": "replace", "path": "/Status", "value": "Sold"})
    assert [body["Event"] for body in receiver.events(3)] == ["test", "sale.changed", "sale.sold"]


def test_three_attempts_with_one_id_then_dropped(tenant: TenantServer, receiver: Receiver) -> None:
    """A failing receiver gets an event three times under the same id; nine failures end the hook."""
    subscribe(tenant, receiver, "sale.created")
    receiver.status = 500
    for _ in range(4):
        tenant.a_sale()
    hook = hook_when(tenant, "TooManyErrors", 9)
    ids = [body["EventId"] for body in receiver.events(10)[1:]]

    assert hook["ConsecutiveErrors"] == 9 and "500" in hook["LastError"]
    assert len(ids) == 9 and max(ids.count(one) for one in ids) <= 3
    assert {headers["x-superoffice-retry"] for headers, _ in receiver.calls[1:]} == {"0", "1", "2"}


def test_a_stopped_hook_starts_again_without_what_it_missed(tenant: TenantServer, receiver: Receiver) -> None:
    """410 stops at once; events until the re-activation are lost."""
    hook_id = subscribe(tenant, receiver, "sale.created").json()["WebhookId"]
    receiver.status = 410
    tenant.a_sale()
    stopped = hook_when(tenant, "Stopped", 1)
    tenant.a_sale()
    receiver.status = 200
    again = tenant.api("PUT", f"Webhook/{hook_id}", json={**stopped, "State": "Active"})
    wanted = tenant.a_sale()["SaleId"]
    bodies = receiver.events(4)

    assert again.json()["State"] == "Active"
    assert [body["Event"] for body in bodies] == ["test", "sale.created", "test", "sale.created"]
    assert bodies[-1]["PrimaryKey"] == wanted


def test_duplicates_share_their_event_id(tenant: TenantServer, receiver: Receiver) -> None:
    """By switch, each event is delivered twice."""
    subscribe(tenant, receiver, "sale.created")
    tenant.switch(duplicate_webhooks=True)
    tenant.a_sale()
    first, second = receiver.events(3)[1:]
    assert first["EventId"] == second["EventId"]


def test_agents_keep_the_same_hooks(tenant: TenantServer, receiver: Receiver) -> None:
    """Saved by an agent, seen by REST, deleted by an agent; the default names two contact events."""
    saved = tenant.agent(
        "Webhook/SaveWebhook", {"Name": "a", "Events": ["sale.sold"], "TargetUrl": receiver.url}
    )
    assert tenant.get(f"Webhook/{saved['WebhookId']}")["Name"] == "a"
    assert [hook["WebhookId"] for hook in tenant.agent("Webhook/GetAllWebhooks")] == [saved["WebhookId"]]
    tenant.agent("Webhook/DeleteWebhook", webhookId=saved["WebhookId"])
    assert tenant.api("GET", f"Webhook/{saved['WebhookId']}").status_code == 404
    assert tenant.get("Webhook/default")["Events"] == ["contact.created", "contact.changed"]


def test_a_receiver_can_be_tried_without_saving(tenant: TenantServer, receiver: Receiver) -> None:
    """Success or the reason, by REST and by agent, and no hook is kept."""
    body = {"Name": "try", "Events": ["sale.changed"], "TargetUrl": receiver.url}
    assert tenant.api("POST", "Webhook/Test", json=body).json() == {"Success": True, "Message": ""}
    receiver.status = 404
    result = tenant.agent("Webhook/TestWebhook", {"Webhook": body})

    assert result["Success"] is False and "404" in result["Message"]
    assert tenant.get("Webhook") == []
    assert not any(entry["write"] for entry in tenant.control("GET", "log")[:1])


def test_events_can_be_raised_by_hand(tenant: TenantServer, receiver: Receiver) -> None:
    """With values of the caller's own; list changes raise theirs by themselves."""
    subscribe(tenant, receiver, "crm.custom", "list.prob.softdeleted", Name="other")
    assert tenant.api("POST", "Webhook/crm.custom/7", json={"why": "test"}).status_code == 204
    tenant.control("POST", "lists", {"list": "Rating", "id": 12, "deleted": True})
    told = receiver.events(3)[1:]

    assert [(event["Event"], event["PrimaryKey"]) for event in told] == [
        ("crm.custom", 7),
        ("list.prob.softdeleted", 12),
    ]
    assert told[0]["Values"] == {"why": "test"}


def test_hooks_are_found_by_name_event_and_status(tenant: TenantServer, receiver: Receiver) -> None:
    """And a hook's last error can be asked alone; a server without webhooks refuses them."""
    hook_id = subscribe(tenant, receiver, "sale.changed").json()["WebhookId"]
    assert [hook["WebhookId"] for hook in tenant.get("Webhook", nameFilter="SYN")] == [hook_id]
    assert tenant.get("Webhook", eventFilter="sale.created") == []
    assert tenant.agent("Webhook/GetAllWebhooks", {"StatusFilter": "Stopped"}) == []
    assert tenant.get(f"Webhook/{hook_id}/LastError") == ""
    assert tenant.api("GET", "Webhook/99/LastError").status_code == 404
    tenant.switch(webhooks_enabled=False)
    assert subscribe(tenant, receiver, "sale.changed").status_code == 400
