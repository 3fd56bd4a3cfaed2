"""Which family of routes an installation offers, found out once; it sends only questions."""

from functools import cached_property

from sync.crm.http_status import ServerFault
from sync.crm.superoffice.agents import Agents
from sync.crm.superoffice.api import Api
from sync.crm.superoffice.calls import Calls, Query
from sync.crm.superoffice.fault import AnsweredFault
from sync.crm.superoffice.options import SuperOfficeOptions
from sync.crm.superoffice.rest import Rest
from sync.errors import OpsyncError, RecordGone

_PROBE = Query("Sale", ("saleId",), ("saleId gt 0",), "saleId", 1)


class Family:
    """The calls of one installation, chosen when first needed."""

    def __init__(self, api: Api, options: SuperOfficeOptions) -> None:
        self._api = api
        self._wanted = options.api

    @cached_property
    def calls(self) -> Calls:
        rest, agents = Rest(self._api), Agents(self._api)
        if self._wanted != "auto":
            return agents if self._wanted == "agents" else rest
        return self._proven(rest, agents)

    def _proven(self, rest: Rest, agents: Agents) -> Calls:
        """Unknown routes answer 404, or 500 as seen in the wild: superoffice.md 9.1 (seen 2026-11-22)."""
        try:
            rest.page(_PROBE)
        except (RecordGone, ServerFault, AnsweredFault) as error:
            return self._agents_or(error, agents)
        return rest

    def _agents_or(self, error: OpsyncError, agents: Agents) -> Calls:
        """An installation where neither family answers is simply out of order."""
        try:
            agents.page(_PROBE)
        except OpsyncError:
            raise error from None
        return agents
