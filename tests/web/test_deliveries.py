"""The whole way of an event: a sandbox tenant over real HTTP, our registration, receiver, hints, watch."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any  # switch values

import pytest

from sync.crm.http import Call, HttpOptions
from sync.crm.subscription import HookState, Subscription
from sync.crm.superoffice.api import Api
from sync.crm.superoffice.family import Family
from sync.crm.superoffice.options import Basic, SuperOfficeOptions
from sync.crm.superoffice.webhooks import HookOptions, Webhooks
from sync.daemon.hints import Hints
from sync.daemon.hookwatch import Hook, HookWatch, Told
from sync.domain.model import Side
from sync.errors import RecordRefused
from sync.web.hooks import PATH, Result, Trust, build_receiver
from tests.daemon.test_leaving import wait_for
from tests.sandbox.tenant import PASSWORD, TenantServer, running
from tests.web.test_app import served

SECRET = "hook-secret-of-the-tests"


def _ignore(*_: object) -> None:
    """Nobody wants to know."""


@dataclass
class Scene:
    """A tenant, our receiver in front of the hints, and our hook's calls by one family of routes."""

    tenant: TenantServer
    url: str
    hints: Hints
    results: list[Result]
    api: Any
    webhooks: Webhooks = field(init=False)

    def __post_init__(self) -> None:
        self.webhooks = self.webhooks_for(self.url)

    def webhooks_for(self, url: str, secret: str = SECRET) -> Webhooks:
        root = f"{self.tenant.url}{self.tenant.installation.tenant.base_path}"
        options = SuperOfficeOptions(root, Basic("sync", PASSWORD), api=self.api)
        api = Api(options, HttpOptions(root, wait_s=0.001), _ignore_call, self.tenant.clock)
        return Webhooks(api, Family(api, options), HookOptions("opsync", url, secret))

    def hooks(self) -> list[Any]:
        return list(self.tenant.get("Webhook"))

    def hears(self, count: int) -> set[str]:
        """The sales hinted at, once `count` deliveries came."""
        wait_for(lambda: len(self.results) >= count)
        return set(self.hints.take().get(Side.LEFT, ()))

    def fails(self, sales: int) -> Subscription:
        """The hook after so many events that our receiver took for forged."""
        for _ in range(sales):
            self.tenant.a_sale()
        wait_for(lambda: self.webhooks.look().consecutive_errors >= min(3 * sales, 9))
        return self.webhooks.look()


def _ignore_call(_call: Call) -> None:
    """Nobody observes."""


@pytest.fixture(params=["rest", "agents"])
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    hints, results = Hints(_ignore), list[Result]()
    with running(companies=3, sales=5) as tenant:
        tenant.switch(webhook_pauses_s=[0.01, 0.01])
        trust = Trust(SECRET, frozenset({tenant.installation.tenant.name.casefold()}))
        with served(build_receiver(trust, hints.hear, results.append)) as url:
            scene = Scene(tenant, f"{url}{PATH}", hints, results, request.param)
            with closing(scene.webhooks):
                yield scene


def test_an_edit_becomes_a_hint_within_a_moment(scene: Scene) -> None:
    """From the save in SuperOffice to the sale's id in the worker's hands; a deletion too."""
    made = scene.webhooks.register()
    sale_id = scene.tenant.a_sale()["SaleId"]
    created = scene.hears(2)
    started = time.monotonic()
    scene.tenant.patch(1001, {"op": "replace", "path": "/Amount", "value": 4711})
    changed = scene.hears(3)
    took = time.monotonic() - started
    scene.tenant.api("DELETE", f"Sale/{sale_id}")

    assert (created, changed, scene.hears(4)) == ({str(sale_id)}, {"1001"}, {str(sale_id)})
    assert made.is_sound and scene.webhooks.test() == ""
    assert took < 2
    assert scene.results[0] is Result.IGNORED  # the test event of the registration


def test_duplicates_and_reordering_lose_and_double_nothing(scene: Scene) -> None:
    """Each event is passed on once, whatever the order."""
    scene.webhooks.register()
    scene.tenant.switch(duplicate_webhooks=True, reorder_webhooks=True)
    sales = {str(scene.tenant.a_sale()["SaleId"]) for _ in range(4)}

    assert scene.hears(1 + 2 * len(sales)) == sales
    assert scene.results.count(Result.REPLAYED) == len(sales)


def test_lists_and_companies_are_told_as_such(scene: Scene) -> None:
    """A stage that was taken out of use makes the lists be read afresh."""
    scene.webhooks.register()
    scene.tenant.control("POST", "lists", {"list": "Rating", "id": 12, "deleted": True})
    wait_for(lambda: scene.hints.lists_changed)

    assert scene.hints.take() == {}


def test_an_edit_of_custom_fields_may_tell_nothing(scene: Scene) -> None:
    """Which is why looking goes on: the sale reads differently, and no event came."""
    scene.webhooks.register()
    scene.tenant.switch(silent_udef_edits=True)
    edit = {"op": "replace", "path": "/CustomFields", "value": {"SuperOffice:2": "silent"}}
    assert scene.tenant.patch(1001, edit).status_code == 200
    marker = str(scene.tenant.a_sale()["SaleId"])

    assert scene.hears(2) == {marker}
    assert scene.tenant.get("Sale/1001")["CustomFields"]["SuperOffice:2"] == "silent"


def test_a_hook_switched_off_by_errors_is_repaired_by_the_watch(scene: Scene) -> None:
    """Nine failures in a row, none of them an event of ours; then one look brings it back, the same hook."""
    told: list[str] = []
    with closing(scene.webhooks_for(scene.url)) as ours:
        ours.register()
        (before,) = scene.hooks()
        scene.tenant.installation.tenant.hooks.items[before["WebhookId"]].secret = "changed by somebody"
        broken = scene.fails(3)
        watch = HookWatch(
            Hook(ours.look, ours.repair),
            Told(told.append, lambda: told.append("over"), lambda: scene.hints.put_all(Side.LEFT)),
            scene.tenant.clock,
        )
        watch.look()
    forged, everything = list(scene.results), scene.hints.take()
    scene.results.clear()
    sale_id = str(scene.tenant.a_sale()["SaleId"])

    assert (broken.state, broken.consecutive_errors) == (HookState.TOO_MANY_ERRORS, 9)
    assert forged.count(Result.FORGED) == 9
    assert everything == {Side.LEFT: frozenset()}
    assert (told, scene.hears(1)) == (["over"], {sale_id})
    assert [hook["WebhookId"] for hook in scene.hooks()] == [before["WebhookId"]]


def test_a_secret_that_does_not_fit_is_found_out_when_registering(scene: Scene) -> None:
    """The test event is refused by us, so the vendor keeps no hook."""
    with (
        closing(scene.webhooks_for(scene.url, "another")) as webhooks,
        pytest.raises(RecordRefused, match="401"),
    ):
        webhooks.register()

    assert (scene.hooks(), scene.results) == ([], [Result.FORGED])


@pytest.mark.parametrize(
    ("switch", "advice"),
    [
        ({"webhook_https": True}, "https addresses with a valid certificate only"),
        ({"webhooks_enabled": False}, "EnableWebhooks"),
    ],
)
def test_a_server_that_keeps_no_such_hook_says_why(scene: Scene, switch: dict[str, Any], advice: str) -> None:
    """In words that name the next step."""
    scene.tenant.switch(**switch)
    with pytest.raises(RecordRefused, match=advice):
        scene.webhooks.register()


def test_removing_ends_the_deliveries(scene: Scene) -> None:
    """What happens until it is registered again is never told."""
    scene.webhooks.register()
    removed, found = scene.webhooks.remove(), scene.webhooks.look()
    scene.tenant.a_sale()
    scene.webhooks.register()
    sale_id = str(scene.tenant.a_sale()["SaleId"])

    assert (removed, found.state) == (1, HookState.MISSING)
    assert scene.hears(3) == {sale_id}
