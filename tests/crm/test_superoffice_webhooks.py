"""Our webhook in SuperOffice, call by call: one hook of our name, whatever was there before."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any  # JSON bodies

import httpx
import pytest
import respx

from sync.crm.http import Call, HttpOptions
from sync.crm.subscription import Difference, HookState
from sync.crm.superoffice.api import Api
from sync.crm.superoffice.family import Family
from sync.crm.superoffice.options import Basic, SuperOfficeOptions
from sync.crm.superoffice.webhooks import EVENTS, HookOptions, Webhooks
from sync.errors import LoginRefused, OutcomeUnknown, RecordRefused, RetryLater
from tests.crm.hook_vendor import BLANK, SECRET, URL, Vendor, a_hook
from tests.crm.superoffice_bench import fixed_clock
from tests.crm.superoffice_payloads import BASE_URL

WANTED = HookOptions("opsync", URL, SECRET)


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    vendor = Vendor()
    with respx.mock(assert_all_called=False) as router:
        router.route(url__startswith=BASE_URL).mock(side_effect=vendor.handle)
        yield vendor


@pytest.fixture
def webhooks(vendor: Vendor) -> Iterator[Webhooks]:
    with closing(webhooks_of(WANTED)) as webhooks:
        yield webhooks


def webhooks_of(wanted: HookOptions, **changes: Any) -> Webhooks:
    options = SuperOfficeOptions(BASE_URL, Basic("sync", "secret"), **changes)
    http_options = HttpOptions(BASE_URL, wait_s=0.001, attempts=2, calls_per_minute=100_000)
    api = Api(options, http_options, _ignore, fixed_clock)
    return Webhooks(api, Family(api, options), wanted)


def _ignore(_call: Call) -> None:
    """Nobody observes."""


def test_a_new_hook_is_the_default_with_our_values(vendor: Vendor, webhooks: Webhooks) -> None:
    """The two events the vendor fills in are replaced, not added to."""
    made = webhooks.register()
    ((method, path, body),) = vendor.saved()

    assert (method, path) == ("POST", "Webhook")
    assert body == BLANK | {
        "Name": "opsync", "Events": list(EVENTS), "TargetUrl": URL, "Secret": SECRET, "State": "Active",
    }  # fmt: skip
    assert (made.name, made.state, made.is_sound) == ("opsync", HookState.ACTIVE, True)


def test_the_events_are_those_that_matter_to_a_sale() -> None:
    """Every event of a sale itself; of companies only those that come or go, since edits happen all day."""
    assert {event for event in EVENTS if event.startswith("sale.")} == {
        f"sale.{what}" for what in ("created", "changed", "deleted", "sold", "lost", "completed")
    }
    assert "contact.changed" not in EVENTS
    assert {"contact.created", "list.prob.softdeleted", "associate.created"} <= set(EVENTS)
    assert len(EVENTS) == len(set(EVENTS))


def test_registering_again_overwrites_the_one_hook(vendor: Vendor, webhooks: Webhooks) -> None:
    """By its id, with what others set in it kept; hooks of other names are not ours, however alike."""
    strangers = [a_hook(WebhookId=3, Name="opsync 2"), a_hook(WebhookId=4, Name="OPSYNC")]
    old = a_hook(
        State="TooManyErrors", TargetUrl="https://old.example.com/", Events=["sale.created"], Secret="old"
    )
    vendor.hooks = [*strangers, old]
    webhooks.register()
    webhooks.register()

    assert [(method, path) for method, path, _ in vendor.saved()] == [("PUT", "Webhook/7")] * 2
    assert vendor.hooks == [*strangers, a_hook()]


def test_names_of_members_may_have_any_case(vendor: Vendor, webhooks: Webhooks) -> None:
    """Nothing is sent twice under two spellings."""
    vendor.hooks = [{key[0].lower() + key[1:]: value for key, value in a_hook(State="Stopped").items()}]
    assert webhooks.look().state is HookState.STOPPED
    webhooks.register()
    ((_, path, body),) = vendor.saved()

    assert (path, body["state"]) == ("Webhook/7", "Active")
    assert len({key.casefold() for key in body}) == len(body)


def test_of_several_hooks_of_our_name_the_oldest_is_kept(vendor: Vendor, webhooks: Webhooks) -> None:
    """And removing takes all of them."""
    vendor.hooks = [a_hook(WebhookId=9, State="Stopped"), a_hook(), a_hook(WebhookId=8, Name="theirs")]

    assert webhooks.look().is_sound
    assert webhooks.remove() == 2
    assert [hook["Name"] for hook in vendor.hooks] == ["theirs"]
    assert webhooks.remove() == 0
    assert webhooks.look().state is HookState.MISSING


@pytest.mark.parametrize(
    ("changes", "state", "differs_in"),
    [
        ({}, HookState.ACTIVE, ()),
        ({"Secret": ""}, HookState.ACTIVE, ()),
        ({"Secret": None}, HookState.ACTIVE, ()),
        ({"Secret": "********"}, HookState.ACTIVE, ()),
        ({"Events": [*EVENTS, "project.created"]}, HookState.ACTIVE, ()),
        ({"State": "TooManyErrors"}, HookState.TOO_MANY_ERRORS, ()),
        ({"State": "stopped"}, HookState.STOPPED, ()),
        ({"State": "Unknown"}, HookState.UNKNOWN, ()),
        ({"State": "Sleeping"}, HookState.UNKNOWN, ()),
        ({"State": 2}, HookState.UNKNOWN, ()),
        ({"Secret": "other"}, HookState.ACTIVE, (Difference.SECRET,)),
        ({"Events": ["sale.created"]}, HookState.ACTIVE, (Difference.EVENTS,)),
        ({"Events": None}, HookState.ACTIVE, (Difference.EVENTS,)),
        ({"TargetUrl": "https://x.example.com/"}, HookState.ACTIVE, (Difference.ADDRESS,)),
    ],
)
def test_a_hook_is_judged_by_state_and_content(
    vendor: Vendor, webhooks: Webhooks, changes: dict[str, Any], state: HookState, differs_in: tuple[str, ...]
) -> None:
    """Whether a server shows secrets is not known: one that is not shown says nothing."""
    vendor.hooks = [a_hook(**changes)]
    found = webhooks.look()

    assert (found.state, found.differs_in) == (state, differs_in)
    assert found.is_sound is (state is HookState.ACTIVE and not differs_in)
    assert (found.total_calls, found.total_errors, found.consecutive_errors, found.last_error) == (
        12,
        1,
        0,
        "",
    )


def test_a_repair_writes_only_where_something_is_wrong(vendor: Vendor, webhooks: Webhooks) -> None:
    """A sound hook is left alone; each save costs a test event."""
    vendor.hooks = [a_hook()]
    assert webhooks.repair().is_sound
    assert vendor.saved() == []
    vendor.hooks = [a_hook(State="TooManyErrors")]

    assert webhooks.repair().is_sound
    assert vendor.hooks == [a_hook()]


def test_a_lost_answer_makes_no_second_hook(vendor: Vendor, webhooks: Webhooks) -> None:
    """The next attempt finds what the first one made."""

    def lose(method: str, path: str, body: Any) -> httpx.Response | None:
        if method == "POST":
            vendor.save(method, path, body)
            raise httpx.ReadTimeout("lost")
        return None

    vendor.answer = lose
    with pytest.raises(OutcomeUnknown):
        webhooks.register()
    vendor.answer = lambda _method, _path, _body: None

    assert webhooks.register().is_sound
    assert len(vendor.hooks) == 1


def test_somebody_may_hear_of_it_by_mail(vendor: Vendor) -> None:
    """When the vendor switches the hook off."""
    with closing(webhooks_of(HookOptions("opsync", URL, SECRET, "ops@example.com"))) as webhooks:
        webhooks.register()
    body = vendor.hooks[0]

    assert (body["ErrorEmails"], body["NotifyVia"], body["NotifyWhen"]) == (
        ["ops@example.com"],
        "Email",
        "Disabling",
    )


@pytest.mark.parametrize(
    ("status", "text", "advice"),
    [
        (400, "The TargetUrl must be secure and use https", "https addresses with a valid certificate only"),
        (500, "The TargetUrl must be secure and use https", "https addresses with a valid certificate only"),
        (400, "Webhooks are not enabled on this server", "its administrator has to set EnableWebhooks"),
        (400, "The test event was not accepted: 401", "see that `opsync serve` runs with this secret"),
        (400, "Object reference not set", "it posts a test event first and wants 200 for it"),
        (403, "", "that needs the right and the Development Tools licence"),
    ],
)
def test_a_refusal_says_what_to_do(
    vendor: Vendor, webhooks: Webhooks, status: int, text: str, advice: str
) -> None:
    """In plain words, with the vendor's own behind them; never with the secret."""
    error = {"Error": True, "ErrorType": "ArgumentException", "Message": text}
    vendor.answer = lambda method, _path, _body: (
        httpx.Response(status, json=error) if method == "POST" else None
    )
    with pytest.raises(RecordRefused) as caught:
        webhooks.register()

    assert advice in str(caught.value)
    assert text in str(caught.value)
    assert SECRET not in str(caught.value)


def test_an_installation_without_webhooks_says_so(vendor: Vendor, webhooks: Webhooks) -> None:
    """Too old, or without the licence."""
    vendor.answer = lambda _method, _path, _body: httpx.Response(404)
    with pytest.raises(RecordRefused, match="no webhooks here"):
        webhooks.look()


@pytest.mark.parametrize(("status", "error"), [(401, LoginRefused), (503, RetryLater)])
def test_other_troubles_are_those_of_every_call(
    vendor: Vendor, webhooks: Webhooks, status: int, error: type[Exception]
) -> None:
    """The daemon knows what to do about them."""
    vendor.answer = lambda _method, _path, _body: httpx.Response(status)
    with pytest.raises(error):
        webhooks.look()
    with pytest.raises(error):
        webhooks.repair()


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"Success": True, "Message": ""}, ""),
        ({"Success": False, "Message": "401 Unauthorized"}, "401 Unauthorized"),
        ({"success": False, "message": None}, "wants 200 for it"),
    ],
)
def test_a_test_tells_what_went_wrong(
    vendor: Vendor, webhooks: Webhooks, result: dict[str, Any], said: str
) -> None:
    """Nothing is saved by it."""
    vendor.answer = lambda _method, path, _body: httpx.Response(200, json=result) if "Test" in path else None
    told = webhooks.test()
    ((method, path, body),) = vendor.saved()

    assert said in told and bool(told) is bool(said)
    assert (method, path, body["TargetUrl"], body["Secret"]) == ("POST", "Webhook/Test", URL, SECRET)
    assert vendor.hooks == []


def test_agents_find_the_hook_by_the_id_inside_it(vendor: Vendor) -> None:
    """Their five calls, and never a REST one."""

    def answer(_method: str, path: str, body: Any) -> httpx.Response:
        answers = {
            "GetAllWebhooks": [a_hook(State="Stopped")],
            "CreateDefaultWebhook": BLANK,
            "SaveWebhook": body,
            "DeleteWebhook": None,
            "TestWebhook": {"Success": True, "Message": ""},
        }
        return httpx.Response(200, json=answers[path.removeprefix("Agents/Webhook/")])

    vendor.answer = answer
    with closing(webhooks_of(WANTED, api="agents")) as webhooks:
        repaired, problem, removed = webhooks.repair(), webhooks.test(), webhooks.remove()
    bodies = {path.rpartition("/")[2]: body for _, path, body in vendor.calls}

    assert (repaired.is_sound, problem, removed) == (True, "", 1)
    assert {method for method, _, _ in vendor.calls} == {"POST"}
    assert (bodies["SaveWebhook"]["WebhookId"], bodies["SaveWebhook"]["State"]) == (7, "Active")
    assert bodies["TestWebhook"]["Webhook"]["TargetUrl"] == URL
