"""The tenant is found wherever the vendor hosts it, and no credential follows it to a stranger."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from structlog.testing import capture_logs

from sync.crm.superoffice.hosts import may_receive_credentials
from sync.crm.superoffice.options import Cloud
from sync.errors import OpsyncError, RetryLater, SideDown, WrongShape
from tests.crm.cloud_connection import CLOUD, connect
from tests.crm.vendor_cloud import TENANT, VendorCloud, a_cloud

STAND_IN = Cloud("online", TENANT, "http://127.0.0.1:8000", "http://127.0.0.1:8000/api/state/x")


@pytest.fixture
def cloud() -> Iterator[VendorCloud]:
    with a_cloud() as cloud:
        yield cloud


def trouble(cloud: VendorCloud) -> OpsyncError:
    """What a call meets; nothing has been sent to the tenant then."""
    connection = connect(cloud, attempts=1)
    with pytest.raises(OpsyncError) as caught:
        connection.get()
    connection.close()
    assert "\n" not in str(caught.value)
    assert not any("/Sale" in request.url.path for request in cloud.requests)
    return caught.value


def test_the_host_is_asked_for_again_when_its_answer_runs_out(cloud: VendorCloud) -> None:
    """Not before, and not per request."""
    connection = connect(cloud)
    connection.get()
    connection.get()
    cloud.now += timedelta(minutes=10)
    connection.get()
    connection.close()

    assert cloud.state_calls == 2


def test_a_wrong_host_is_left_at_once(cloud: VendorCloud) -> None:
    """421: the state is asked, the request goes to the new host, and later ones go there directly."""
    connection = connect(cloud)
    connection.get()
    cloud.host = "online7.superoffice.com"
    body = connection.get()
    status = connection.post().status
    connection.close()

    assert (body["Host"], status) == ("online7.superoffice.com", 200)
    assert cloud.state_calls == 2


def test_a_host_that_stays_wrong_is_told(cloud: VendorCloud) -> None:
    """One more try, then it is the caller's."""
    connection = connect(cloud, attempts=1)
    cloud.api = f"https://online9.superoffice.com/{TENANT}/api"
    with pytest.raises(SideDown, match="421"):
        connection.get()
    connection.close()

    assert sum("/Sale" in request.url.path for request in cloud.requests) == 2


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_dead_host_makes_us_ask_again(cloud: VendorCloud, method: str) -> None:
    """The tenant has moved while its old host is gone; the very same call succeeds."""
    connection = connect(cloud)
    connection.get()
    cloud.dead_hosts = {cloud.host}
    cloud.host = "online7.superoffice.com"
    getattr(connection, method)()
    connection.close()

    assert cloud.requests[-1].url.host == "online7.superoffice.com"


def test_a_dead_host_without_a_move_stays_a_passing_fault(cloud: VendorCloud) -> None:
    """The write is not sent blindly again."""
    connection = connect(cloud)
    connection.get()
    cloud.dead_hosts = {cloud.host}
    with pytest.raises(RetryLater, match="nothing was sent"):
        connection.post()
    connection.close()


@pytest.mark.parametrize(
    ("state", "kind", "advice"),
    [
        ("Unknown", RetryLater, "tenant"),
        ("Provisioning", RetryLater, "set up"),
        ("Deleted", SideDown, "stop this pairing"),
        ("Suspended", RetryLater, "suspended"),
        ("OfflineMaintenance", RetryLater, "maintenance"),
        ("ProvisioningFailed", SideDown, "stop this pairing"),
        ("Deleting", SideDown, "stop this pairing"),
        ("DeleteFailed", SideDown, "stop this pairing"),
        ("MigrationPending", RetryLater, "weeks"),
        ("Somewhere", RetryLater, "not running"),
        (6, RetryLater, "maintenance"),
    ],
)
def test_each_state_that_is_not_running_says_what_it_means(
    cloud: VendorCloud, state: object, kind: type[OpsyncError], advice: str
) -> None:
    """A pause is retried by itself, an end is not."""
    cloud.state = {"State": state, "IsRunning": False}
    error = trouble(cloud)

    assert isinstance(error, kind)
    assert advice in str(error)


@pytest.mark.parametrize(
    "state",
    [
        {"State": "OnlineMaintenance", "IsRunning": True},
        {"State": "Running"},
        {"State": 2, "IsRunning": None},
        {"State": "Online maintenance"},
    ],
)
def test_a_tenant_that_runs_is_used(cloud: VendorCloud, state: dict[str, Any]) -> None:
    """Online maintenance counts as running."""
    cloud.state = state
    connection = connect(cloud)

    assert connection.get()["Host"] == cloud.host
    connection.close()


def test_a_pause_ends_by_itself_and_is_not_asked_about_by_every_call(cloud: VendorCloud) -> None:
    """At most once a minute, however long the answer says that it holds."""
    connection = connect(cloud, attempts=1)
    cloud.valid_for = timedelta(days=3)
    cloud.state = {"State": "OfflineMaintenance", "IsRunning": False}
    for _ in range(4):
        with pytest.raises(RetryLater):
            connection.get()
    assert cloud.state_calls == 1

    cloud.now += timedelta(seconds=61)
    cloud.state = {"State": "Running", "IsRunning": True}
    assert connection.get()["Host"] == cloud.host
    connection.close()


def test_the_recovery_host_is_noticed(cloud: VendorCloud) -> None:
    """As a remark for people and as an event for the log."""
    cloud.host = "disasterrecovery.superoffice.com"
    connection = connect(cloud)
    with capture_logs() as events:
        connection.get()
    remarks = connection.installation.remarks()
    connection.close()

    assert "disaster recovery" in remarks[0]
    assert "tenant.recovery_host_noticed" in [event["event"] for event in events]


@pytest.mark.parametrize(
    "api",
    [
        f"https://evil.example.com/{TENANT}/api",
        f"https://superoffice.com.example.com/{TENANT}/api",
        f"https://evilsuperoffice.com/{TENANT}/api",
        f"http://online3.superoffice.com/{TENANT}/api",
        f"https://online3.superoffice.com:8443/{TENANT}/api",
        f"https://user@online3.superoffice.com/{TENANT}/api",
        f"http://127.0.0.1:8000/{TENANT}/api",
        f"https://online3.superoffice.com:99999/{TENANT}/api",
    ],
)
def test_no_credential_goes_to_a_foreign_host(cloud: VendorCloud, api: str) -> None:
    """Whatever the state endpoint says."""
    cloud.api = api

    assert "no credential" in str(trouble(cloud))
    assert cloud.logins == 0


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("http://127.0.0.1:9000/x/api", True),
        ("http://localhost:8000/x/api", True),
        ("http://disasterrecovery.localhost:8000/x/api", True),
        ("https://online3.superoffice.com/x/api", True),
        ("http://sandbox.example.com/x/api", False),
    ],
)
def test_beside_a_stand_in_on_this_machine_this_machine_is_fine(address: str, allowed: bool) -> None:
    """A sandbox may move between ports and names, but not away."""
    assert may_receive_credentials(urlsplit(address), STAND_IN) is allowed


def test_a_stand_in_elsewhere_keeps_its_host_and_scheme() -> None:
    """And does not open this machine."""
    cloud = replace(CLOUD, identity_url="https://sandbox.example.com")
    asked = ["https://sandbox.example.com/x", "http://sandbox.example.com/x", "http://127.0.0.1/x"]

    assert [may_receive_credentials(urlsplit(one), cloud) for one in asked] == [True, False, False]


@pytest.mark.parametrize(
    ("response", "kind", "advice"),
    [
        (httpx.Response(404), SideDown, "correct `tenant`"),
        (httpx.Response(503), RetryLater, "try later"),
        (httpx.Response(200, text="<html>hello</html>"), WrongShape, "JSON"),
        (httpx.Response(200, json=[1]), WrongShape, "state"),
        (httpx.Response(200, json={"ContextIdentifier": "Cust7", "State": "Running"}), SideDown, "another"),
    ],
)
def test_a_state_that_makes_no_sense_is_told(
    cloud: VendorCloud, response: httpx.Response, kind: type[OpsyncError], advice: str
) -> None:
    """A wrong tenant name among them."""
    cloud.answers["/api/state/Cust90001"] = response
    error = trouble(cloud)

    assert isinstance(error, kind)
    assert advice in str(error)


@pytest.mark.parametrize("tail", ["/api", "/api/", "/API/v1", ""])
def test_the_root_is_found_in_every_spelling(cloud: VendorCloud, tail: str) -> None:
    """With `/api`, without, and with a version."""
    cloud.api = f"https://{cloud.host}/{TENANT}{tail}"
    connection = connect(cloud)

    assert connection.get()["Path"] == f"/{TENANT}/api/v1/Sale/1"
    connection.close()


def test_an_unreadable_validity_is_no_reason_to_stop(cloud: VendorCloud) -> None:
    """Ten minutes then."""
    cloud.state |= {"ValidUntil": "soon"}
    connection = connect(cloud)
    connection.get()
    cloud.now += timedelta(minutes=9)
    connection.get()
    connection.close()

    assert cloud.state_calls == 1
