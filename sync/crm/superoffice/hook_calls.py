"""The calls about webhooks in either family of SuperOffice's routes; it knows no meaning of a hook."""

from collections.abc import Mapping
from typing import Protocol

from sync.crm.superoffice.agents import Agents
from sync.crm.superoffice.api import Api, entity_of, rows_of
from sync.crm.superoffice.calls import Row
from sync.crm.superoffice.entity import Members
from sync.crm.superoffice.family import Family

_REST = "Webhook"
_AGENT = "Agents/Webhook"


class HookCalls(Protocol):
    """What REST and the agents spell differently: superoffice.md 7.1 (seen 2026-11-22)."""

    def all(self) -> list[Row]:
        """Every hook our user may see. The vendor's pages differ on the filters, so none is sent."""

    def blank(self) -> Row: ...

    def save(self, hook_id: int, members: Members) -> Row:
        """Makes a hook (`hook_id` 0) or overwrites one; the server calls its address first."""

    def remove(self, hook_id: int) -> None: ...

    def test(self, members: Members) -> Row:
        """The result of a call of the address, with nothing saved."""


def hook_calls(api: Api, family: Family) -> HookCalls:
    return AgentHooks(api) if isinstance(family.calls, Agents) else RestHooks(api)


class RestHooks:
    """Routes below `Webhook`."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def all(self) -> list[Row]:
        return _entities(self._api.get(_REST).body, _REST)

    def blank(self) -> Row:
        route = f"{_REST}/default"
        return entity_of(self._api.bare(route, route=route).body, route)

    def save(self, hook_id: int, members: Members) -> Row:
        method, path = ("PUT", f"{_REST}/{hook_id}") if hook_id else ("POST", _REST)
        route = f"{_REST}/{{id}}" if hook_id else _REST
        return entity_of(self._api.save(method, path, route=route, json=members).body, route)

    def remove(self, hook_id: int) -> None:
        self._api.save("DELETE", f"{_REST}/{hook_id}", route=f"{_REST}/{{id}}")

    def test(self, members: Members) -> Row:
        route = f"{_REST}/Test"
        return entity_of(self._api.pose(route, members).body, route)


class AgentHooks:
    """Methods of the webhook agent, which finds a hook to overwrite by the id inside it."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def all(self) -> list[Row]:
        route = f"{_AGENT}/GetAllWebhooks"
        return _entities(self._api.ask(route, {}), route)

    def blank(self) -> Row:
        route = f"{_AGENT}/CreateDefaultWebhook"
        return entity_of(self._api.pose(route).body, route)

    def save(self, hook_id: int, members: Members) -> Row:
        route = f"{_AGENT}/SaveWebhook"
        body = {**members, "WebhookId": hook_id}
        return entity_of(self._api.save("POST", route, route=route, json=body).body, route)

    def remove(self, hook_id: int) -> None:
        route = f"{_AGENT}/DeleteWebhook"
        self._api.save("POST", route, route=route, params={"webhookId": str(hook_id)})

    def test(self, members: Members) -> Row:
        route = f"{_AGENT}/TestWebhook"
        question: Mapping[str, object] = {"Webhook": members}
        return entity_of(self._api.pose(route, question).body, route)


def _entities(body: object, route: str) -> list[Row]:
    return [entity_of(row, route) for row in rows_of(body, route)]
