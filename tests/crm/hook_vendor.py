"""SuperOffice's webhooks as REST tells them, for respx; holds no test."""

import json
from collections.abc import Callable
from typing import Any  # JSON bodies

import httpx

from sync.crm.superoffice.webhooks import EVENTS

URL = "https://sync.example.com/superoffice"
SECRET = "hook-secret"
BLANK = {"WebhookId": 0, "Name": None, "Events": ["contact.created", "contact.deleted"], "State": "Active",
         "Type": "webhook", "Headers": None, "Properties": None, "ErrorsEmail": None}  # fmt: skip
Answer = Callable[[str, str, Any], httpx.Response | None]


class Vendor:
    """The hooks there are and the calls that came; `answer` may answer first."""

    def __init__(self) -> None:
        self.hooks: list[dict[str, Any]] = []
        self.calls: list[tuple[str, str, Any]] = []
        self.answer: Answer = lambda _method, _path, _body: None

    def handle(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.partition("/api/v1/")[2]
        body = json.loads(request.content) if request.content else None
        self.calls.append((request.method, path, body))
        return self.answer(request.method, path, body) or self._answered(request.method, path, body)

    def _answered(self, method: str, path: str, body: Any) -> httpx.Response:
        if (method, path) == ("GET", "Webhook"):
            return httpx.Response(200, json=self.hooks)
        if (method, path) == ("GET", "Webhook/default"):
            return httpx.Response(200, json=BLANK)
        if method == "DELETE":
            self.hooks = [hook for hook in self.hooks if f"Webhook/{hook['WebhookId']}" != path]
            return httpx.Response(204)
        return httpx.Response(200, json=self.save(method, path, body))

    def save(self, method: str, path: str, body: Any) -> Any:
        hook_id = len(self.hooks) + 1 if method == "POST" else int(path.rpartition("/")[2])
        hook = {**body, "WebhookId": hook_id}
        self.hooks = [*(each for each in self.hooks if each.get("WebhookId") != hook_id), hook]
        return hook

    def saved(self) -> list[tuple[str, str, Any]]:
        return [call for call in self.calls if call[0] != "GET"]


def a_hook(**changes: Any) -> dict[str, Any]:
    hook = {"WebhookId": 7, "Name": "opsync", "Events": list(EVENTS), "TargetUrl": URL, "Secret": SECRET,
            "State": "Active", "Type": "webhook", "Headers": {"X-Team": "crm"}, "TotalCalls": 12,
            "TotalErrors": 1, "ConsecutiveErrors": 0, "LastError": None}  # fmt: skip
    return hook | changes
