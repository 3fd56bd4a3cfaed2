"""The application logs itself in: signed, checked, renewed, and every refusal in one line."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from sync.crm.superoffice.systemuser import private_key_of, signed_token
from sync.crm.superoffice.tokenfile import TokenFile
from sync.errors import LoginRefused, Misconfigured, OpsyncError, RetryLater, WrongShape
from tests.crm.cloud_connection import a_system_user, connect
from tests.crm.vendor_cloud import CLAIMS, CLIENT_SECRET, USER_TOKEN, VendorCloud, a_cloud, a_key, pem_of


@pytest.fixture
def cloud() -> Iterator[VendorCloud]:
    with a_cloud() as cloud:
        yield cloud


def trouble(cloud: VendorCloud, **changes: Any) -> OpsyncError:
    """What a first call meets; always one line without a secret."""
    connection = connect(cloud, a_system_user(**changes))
    with pytest.raises(OpsyncError) as caught:
        connection.get()
    connection.close()
    line = str(caught.value)
    assert "\n" not in line
    assert not any(secret in line for secret in (USER_TOKEN, CLIENT_SECRET, "7T:", "BEGIN", "eyJ0"))
    return caught.value


def test_the_ticket_and_the_secret_go_to_the_tenants_host(cloud: VendorCloud) -> None:
    """And nowhere else: the log-in host and the state endpoint see neither."""
    connection = connect(cloud)
    body = connection.get()
    connection.close()

    assert body == {"Host": "online3.superoffice.com", "Path": "/Cust90001/api/v1/Sale/1"}
    assert cloud.requests[-1].headers["so-apptoken"] == CLIENT_SECRET
    others = [request for request in cloud.requests if request.url.host == "online.superoffice.com"]
    assert not any({"authorization", "so-apptoken"} & set(request.headers) for request in others)


def test_the_signed_token_names_the_minute_in_utc() -> None:
    """Wherever the clock stands."""
    at = datetime.fromisoformat("2026-09-14T01:30:59+13:00")

    assert signed_token("User", a_key("application"), at).startswith("User.202609131230.")


def test_many_calls_need_one_login(cloud: VendorCloud) -> None:
    """Each log-in leaves a row in the tenant's database."""
    connection = connect(cloud)
    for _ in range(5):
        connection.get()
        cloud.now += timedelta(hours=3)
    connection.close()

    assert cloud.logins == 1


def test_an_idle_ticket_is_renewed_before_it_is_sent(cloud: VendorCloud) -> None:
    """Six hours after its last use."""
    connection = connect(cloud)
    connection.get()
    cloud.now += timedelta(hours=6)
    cloud.forget_tickets()
    connection.get()
    connection.close()

    assert cloud.logins == 2
    assert [
        request.headers["authorization"] for request in cloud.requests if "/Sale/" in request.url.path
    ] == [
        "SOTicket 7T:ticket-1",
        "SOTicket 7T:ticket-2",
    ]


def test_a_refused_ticket_is_renewed_once_for_all_threads(cloud: VendorCloud) -> None:
    """One thread logs in while the others wait, and a write is sent again as well."""
    connection = connect(cloud)
    connection.get()
    cloud.forget_tickets()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: connection.post().status, range(24)))
    connection.close()

    assert answers == [200] * 24
    assert cloud.logins == 2


def test_a_fresh_ticket_that_is_refused_is_not_renewed_again_and_again(cloud: VendorCloud) -> None:
    """Ten calls, one log-in; a minute later the next one may try again."""
    connection = connect(cloud)
    cloud.accepts_nobody = True
    for _ in range(5):
        with pytest.raises(LoginRefused):
            connection.get()
    assert cloud.logins == 1

    cloud.now += timedelta(seconds=61)
    cloud.accepts_nobody = False
    cloud.forget_tickets()
    connection.get()
    connection.close()
    assert cloud.logins == 2


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("Revoked", "run `opsync login`"),
        ("1", "was revoked"),
        ("AccessDenied", "was denied"),
        ("Needs re-approval", "new approval"),
        ("6", "clock"),
        ("Invalid timestamp", "clock"),
        ("InvalidSignature", "environment"),
        ("Expired", "expired"),
        ("Unknown ContextIdentifier", "`tenant`"),
        ("", "gives no reason"),
        (f"who is {USER_TOKEN} with {CLIENT_SECRET}?", "who is … with …?"),
    ],
)
def test_a_refusal_says_what_to_do(cloud: VendorCloud, said: str, advice: str) -> None:
    """Known names get their advice, others are shown without secrets."""
    cloud.login_error = said or " "
    error = trouble(cloud)

    assert isinstance(error, LoginRefused)
    assert advice in str(error)


def test_a_refused_login_is_not_repeated_by_every_call(cloud: VendorCloud) -> None:
    """For a minute the answer is remembered; then the vendor is asked again."""
    connection = connect(cloud)
    cloud.login_error = "Revoked"
    for _ in range(3):
        with pytest.raises(LoginRefused):
            connection.get()
    cloud.now += timedelta(seconds=61)
    cloud.login_error = ""
    connection.get()
    connection.close()

    assert cloud.logins == 2


def test_a_wrong_key_is_told_by_the_vendor(cloud: VendorCloud) -> None:
    """The signature does not fit the registered key."""
    assert "private_key_file" in str(trouble(cloud, private_key=pem_of(a_key("stranger"))))


def test_a_missing_user_token_names_the_command(cloud: VendorCloud) -> None:
    """Nobody has consented yet."""
    assert "opsync login" in str(trouble(cloud, user_token=TokenFile()))


def locked(key: Any) -> str:
    encryption = BestAvailableEncryption(b"phrase")
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode())


@pytest.mark.parametrize(
    ("pem", "reason"),
    [
        ("-----BEGIN PRIVATE KEY-----\nrubbish\n-----END PRIVATE KEY-----", "PEM"),
        ("<RSAKeyValue><Modulus>x</Modulus></RSAKeyValue>", "PEM"),
        ("", "PEM"),
        (locked(a_key("application")), "passphrase"),
        (pem_of(ec.generate_private_key(ec.SECP256R1())), "not an RSA key"),  # type: ignore[arg-type]  # on purpose
    ],
)
def test_a_bad_key_is_refused_at_the_start(pem: str, reason: str) -> None:
    """Naming the setting and nothing of its content."""
    with pytest.raises(Misconfigured, match="private_key_file") as caught:
        private_key_of(pem)

    assert reason in str(caught.value)
    assert "rubbish" not in str(caught.value)


def test_an_issuer_that_changed_its_key_is_asked_again(cloud: VendorCloud) -> None:
    """Once, and not for tokens of the key we know."""
    connection = connect(cloud)
    connection.get()
    cloud.signer, cloud.kid = a_key("issuer-2"), "two"
    cloud.published = {"two": a_key("issuer-2")}
    cloud.forget_tickets()
    connection.get()
    cloud.forget_tickets()
    connection.get()
    connection.close()

    assert (cloud.logins, cloud.key_calls) == (3, 2)


def test_a_token_without_key_id_is_tried_with_all_keys(cloud: VendorCloud) -> None:
    """The sheet does not promise an id."""
    cloud.kid = ""
    cloud.published = {"zero": a_key("stranger"), "one": a_key("issuer")}
    connection = connect(cloud)

    assert connection.get()["Path"].endswith("/Sale/1")
    connection.close()


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"iss": "Somebody AS"}, "another issuer"),
        ({f"{CLAIMS}ctx": "Cust77777"}, "another tenant"),
        ({"exp": 1_700_000_000}, "clock"),
        ({"nbf": 4_000_000_000}, "clock"),
        ({f"{CLAIMS}ticket": ""}, "no ticket"),
    ],
)
def test_a_token_that_is_not_for_us_is_not_used(
    cloud: VendorCloud, claims: dict[str, Any], reason: str
) -> None:
    """Nothing is sent to the tenant with it."""
    cloud.claims = claims
    assert reason in str(trouble(cloud))
    assert not any("/Sale" in request.url.path for request in cloud.requests)


def test_a_configured_serial_has_to_be_the_audience(cloud: VendorCloud) -> None:
    """Without one any audience does."""
    assert "somebody else" in str(trouble(cloud, serial="1"))
    connection = connect(cloud, a_system_user(serial="4711"))
    connection.get()
    connection.close()


def test_a_token_of_a_strange_key_is_refused(cloud: VendorCloud) -> None:
    """Even when it names the id of a published one."""
    cloud.signer = a_key("stranger")
    assert "published keys" in str(trouble(cloud))


@pytest.mark.parametrize("algorithm", ["HS256", "none"])
def test_only_rs256_is_believed(cloud: VendorCloud, algorithm: str) -> None:
    """Whatever the token's own header claims."""
    secret = "x" * 64 if algorithm == "HS256" else ""
    cloud.forged_token = jwt.encode(
        {"iss": "SuperOffice AS"}, secret, algorithm=algorithm, headers={"kid": "one"}
    )

    assert "cannot be read" in str(trouble(cloud))


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (httpx.Response(503), RetryLater),
        (httpx.Response(500), RetryLater),
        (httpx.Response(200, text="<html>log in</html>"), WrongShape),
        (httpx.Response(200, json={"IsSuccessful": "perhaps"}), WrongShape),
        (httpx.Response(403, json={"error": "access_denied"}), LoginRefused),
    ],
)
def test_a_faulty_login_service_is_told_apart(
    cloud: VendorCloud, response: httpx.Response, kind: type[OpsyncError]
) -> None:
    """A passing fault is retried, a log-in page is not."""
    cloud.answers["/Authenticate"] = response

    assert isinstance(trouble(cloud), kind)
