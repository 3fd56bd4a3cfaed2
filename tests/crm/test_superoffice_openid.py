"""A person consents once; from then on the refresh token does, until it is withdrawn."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from sync.crm.superoffice.openid import check_tenant
from sync.crm.superoffice.options import Bearer, Ticket
from sync.crm.superoffice.tokenfile import TokenFile
from sync.errors import LoginRefused, RetryLater
from tests.crm.cloud_connection import an_open_id, connect
from tests.crm.vendor_cloud import CLIENT_SECRET, REFRESH_TOKEN, TENANT, VendorCloud, a_cloud


@pytest.fixture
def cloud() -> Iterator[VendorCloud]:
    with a_cloud() as cloud:
        yield cloud


@pytest.fixture
def kept(tmp_path: Path) -> TokenFile:
    file = TokenFile(tmp_path / "refresh.token")
    file.save(REFRESH_TOKEN)
    return file


def sent_with(cloud: VendorCloud) -> list[str]:
    return [row.headers["authorization"] for row in cloud.requests if "/Sale" in row.url.path]


def test_an_access_token_serves_until_shortly_before_its_end(cloud: VendorCloud, kept: TokenFile) -> None:
    """Then a new one is fetched before the server refuses the old."""
    connection = connect(cloud, an_open_id(kept))
    connection.get()
    cloud.now += timedelta(minutes=57)
    connection.get()
    cloud.now += timedelta(minutes=2)
    connection.get()
    connection.close()

    first, second, third = sent_with(cloud)
    assert first == second != third
    assert cloud.refreshes == 2


def test_a_refused_access_token_is_refreshed_once_for_all_threads(
    cloud: VendorCloud, kept: TokenFile
) -> None:
    """The others wait for it."""
    connection = connect(cloud, an_open_id(kept))
    connection.get()
    cloud.forget_tickets()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: connection.get()["Host"], range(24)))
    connection.close()

    assert answers == [cloud.host] * 24
    assert cloud.refreshes == 2


def test_a_withdrawn_consent_names_the_command(cloud: VendorCloud, tmp_path: Path) -> None:
    """And a repeated log-in heals a running process by itself."""
    file = TokenFile(tmp_path / "refresh.token")
    file.save("an-old-one")
    connection = connect(cloud, an_open_id(file))
    with pytest.raises(LoginRefused, match="run `opsync login`") as caught:
        connection.get()
    file.save(REFRESH_TOKEN)
    cloud.now += timedelta(seconds=61)

    assert connection.get()["Host"] == cloud.host
    assert "an-old-one" not in str(caught.value)
    connection.close()


@pytest.mark.parametrize(
    ("answer", "advice"),
    [
        (httpx.Response(401, json={"error": "invalid_client"}), "client_secret_file"),
        (httpx.Response(400, json={"Error": "7"}), "signature"),
        (httpx.Response(403, text="<html>no</html>"), "gives no reason"),
        (httpx.Response(400, json={"error_description": f"bad {CLIENT_SECRET}{REFRESH_TOKEN}"}), "bad …"),
    ],
)
def test_a_refusal_is_one_line_without_secrets(
    cloud: VendorCloud, kept: TokenFile, answer: httpx.Response, advice: str
) -> None:
    """In OAuth's words or the vendor's."""
    cloud.answers["/tokens"] = answer
    connection = connect(cloud, an_open_id(kept))
    with pytest.raises(LoginRefused) as caught:
        connection.get()
    connection.close()

    assert advice in str(caught.value)
    assert not any(secret in str(caught.value) for secret in (CLIENT_SECRET, REFRESH_TOKEN, "\n"))


def test_a_service_out_of_order_is_no_refusal(cloud: VendorCloud, kept: TokenFile) -> None:
    """Nobody is sent to consent again for an outage."""
    cloud.answers["/tokens"] = httpx.Response(503)
    connection = connect(cloud, an_open_id(kept), attempts=1)
    with pytest.raises(RetryLater):
        connection.get()
    connection.close()


def test_a_new_refresh_token_is_kept_and_no_new_one_changes_nothing(
    cloud: VendorCloud, kept: TokenFile
) -> None:
    """The sheet says there is none; both are survived."""
    connection = connect(cloud, an_open_id(kept))
    connection.get()
    assert kept.load() == REFRESH_TOKEN

    cloud.granted = {"refresh_token": "the-next-one"}
    cloud.now += timedelta(hours=1)
    connection.get()
    connection.close()
    assert kept.load() == "the-next-one"


def test_another_tenants_consent_is_refused() -> None:
    """The token itself says whose it is; a token of an unknown form is left to the server."""
    check_tenant(f"8A:{TENANT.upper()}.x", TENANT)
    check_tenant("opaque", TENANT)
    with pytest.raises(LoginRefused, match="another tenant"):
        check_tenant("8A:Cust7.x", TENANT)


@pytest.mark.parametrize("login", [Ticket("7T:mine", "app"), Bearer("8A:mine")])
def test_a_given_credential_follows_the_tenant_and_is_never_renewed(
    cloud: VendorCloud, login: Ticket | Bearer
) -> None:
    """A 401 ends it."""
    cloud.tickets = {"SOTicket 7T:mine", "Bearer 8A:mine"}
    connection = connect(cloud, login)
    connection.get()
    cloud.forget_tickets()
    with pytest.raises(LoginRefused):
        connection.get()
    connection.close()

    assert (cloud.logins, cloud.refreshes) == (0, 0)
    assert len(sent_with(cloud)) == 2


def test_token_files_are_private_and_replaced_whole(tmp_path: Path) -> None:
    """Mode 0600 even where the old file had another."""
    path = tmp_path / "sub" / "refresh.token"
    file = TokenFile(path)
    file.save("one")
    path.chmod(0o644)
    file.save("two")

    assert path.stat().st_mode & 0o777 == 0o600
    assert file.load() == "two"
    assert [row.name for row in path.parent.iterdir()] == ["refresh.token"]


def test_a_token_from_the_environment_needs_no_file(tmp_path: Path) -> None:
    """Nothing is saved then, and nothing shows it."""
    file = TokenFile(None, "secret")

    assert (file.load(), file.save("x")) == ("secret", False)
    assert "secret" not in repr(file)
    with pytest.raises(LoginRefused, match="cannot be read"):
        TokenFile(tmp_path).load()
