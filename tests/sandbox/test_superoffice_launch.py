"""Both servers started together: they hold the same world and say how to log in."""

from __future__ import annotations

import httpx

from sync.sandbox.launch import launch
from sync.sandbox.world import make_world
from tests.sandbox.tenant import Hand


def test_both_servers_start_on_one_world() -> None:
    """The left side answers with the printed secrets; each launch makes its own password."""
    world = make_world(companies=5, sales=10, seed=2)
    first = launch(world, clock=Hand())
    second = launch(world, clock=Hand())
    try:
        left, right = first.as_json()["superoffice"], first.as_json()["onlyoffice"]
        me = httpx.get(
            f"{left['base_url']}/api/v1/User/currentPrincipal",
            auth=(left["user"], left["password"]),
            trust_env=False,
        )
        dump = httpx.get(f"{right['control_url']}/dump", trust_env=False)

        assert me.json()["DatabaseContextIdentifier"] == left["tenant"] == "Cust90001"
        assert dump.status_code == 200 and right["user"]
        assert left["password"] == right["password"] != second.as_json()["superoffice"]["password"]
    finally:
        first.stop()
        second.stop()
