"""Every way in that is shut ends in one line: which side, what happened, what to do; nothing is written."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.security.advice import says_what_to_do
from tests.security.installation import LABELS, ONLYOFFICE, SUPEROFFICE, Installation, the_one_line
from tests.security.selfsigned import self_signed_server

_CLOUD: Mapping[str, tuple[dict[str, Any], str]] = {
    "revoked application": ({"app_revoked": True}, "revoked"),
    "expired key": ({"authorize_error": "Expired"}, "expired"),
    "consent denied": ({"authorize_error": "Denied"}, ""),
    "needs consent again": ({"authorize_error": "NeedsReApproval"}, "consent"),
    "signed by nobody we know": ({"wrong_key": True}, "not signed by the issuer"),
    "another issuer": ({"wrong_issuer": True}, "another issuer"),
    "clocks apart": ({"clock_skew_s": 900}, "clock"),
    "suspended": ({"tenant_state": "Suspended"}, "suspended"),
    "maintenance": ({"tenant_state": "OfflineMaintenance"}, "maintenance"),
    "deleted": ({"tenant_state": "Deleted"}, "Deleted"),
    "tickets refused": ({"ticket_expired": True}, "401"),
    "moved and nobody knows where": ({"misdirected": True}, "421"),
    "log-in page": ({"login_page": True, "ticket_expired": True}, "HTML page"),
}
_PORTAL: Mapping[str, tuple[dict[str, Any], str]] = {
    "code by text message": ({"two_factor": "sms"}, "two-factor"),
    "code of an app": ({"two_factor": "app"}, "two-factor"),
    "address not allowed": ({"ip_restricted": True}, "500"),
    "not paid": ({"portal_status": "unpaid"}, "402"),
    "moving": ({"portal_status": "moving"}, "503"),
    "no right to the module": ({"account_rights": "none"}, "403"),
    "log-in page": ({"front": "login_page"}, "expected a token"),
    "error object in a 200": ({"front": "error_in_200"}, "200"),
    "bad gateway": ({"front": "bad_gateway"}, "502"),
    "busy": ({"front": "busy"}, "503"),
    "busy, says how long": ({"front": "busy_retry"}, "503"),
}
_WRONG = "wrong-secret-of-this-test"


@pytest.mark.parametrize("case", _CLOUD)
def test_a_shut_cloud_tenant(installation: Installation, case: str) -> None:
    """The system user's log-in and the tenant's state, each with its own advice."""
    switches, word = _CLOUD[case]
    installation.as_cloud("system_user")
    installation.switch(SUPEROFFICE, **switches)
    _stops(installation, SUPEROFFICE, word)


@pytest.mark.parametrize("case", _PORTAL)
def test_a_shut_portal(installation: Installation, case: str) -> None:
    """Second factors, restrictions, rights, and whatever answers in the portal's place."""
    switches, word = _PORTAL[case]
    installation.switch(ONLYOFFICE, **switches)
    _stops(installation, ONLYOFFICE, word)


@pytest.mark.parametrize(("side", "word"), [(SUPEROFFICE, "401"), (ONLYOFFICE, "password")])
def test_a_wrong_password(installation: Installation, side: str, word: str) -> None:
    """Refused, named, never shown."""
    installation.environ[f"OPSYNC_{side.upper()}__PASSWORD"] = _WRONG
    _stops(installation, side, word)


@pytest.mark.parametrize(
    ("setting", "login"), [("CLIENT_SECRET", "system_user"), ("REFRESH_TOKEN", "openid")]
)
def test_a_wrong_secret_of_the_application(installation: Installation, setting: str, login: str) -> None:
    """Unknown application, or a token that was taken back."""
    installation.as_cloud(login)
    installation.environ["OPSYNC_SUPEROFFICE__REFRESH_TOKEN"] = "another-refresh-token"
    installation.environ[f"OPSYNC_SUPEROFFICE__{setting}"] = _WRONG
    _stops(installation, SUPEROFFICE, "")


def test_a_key_of_another_application(installation: Installation) -> None:
    """The vendor finds the signature wrong."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    installation.as_cloud("system_user")
    installation.environ["OPSYNC_SUPEROFFICE__PRIVATE_KEY"] = pem
    line = _stops(installation, SUPEROFFICE, "signature")

    assert pem.splitlines()[1] not in line


@pytest.mark.parametrize("in_state_url", [True, False])
def test_a_wrong_tenant(installation: Installation, in_state_url: bool) -> None:
    """A name the vendor does not know, or an answer about somebody else's tenant: no credential is sent."""
    installation.as_cloud("system_user")
    installation.environ["OPSYNC_SUPEROFFICE__TENANT"] = "Cust4711"
    if in_state_url:
        address = installation.environ["OPSYNC_SUPEROFFICE__STATE_URL"]
        installation.environ["OPSYNC_SUPEROFFICE__STATE_URL"] = address.replace("Cust90001", "Cust4711")
    _stops(installation, SUPEROFFICE, "tenant")
    log = installation.ask(SUPEROFFICE, "GET", "log")

    assert {entry["path"].rsplit("/", 1)[0] for entry in log} == {"/api/state"}


@pytest.mark.parametrize("side", LABELS)
def test_a_wrong_address(installation: Installation, side: str) -> None:
    """The other vendor's server answers: told to check the address."""
    (other,) = LABELS.keys() - {side}
    installation.environ[f"OPSYNC_{side.upper()}__BASE_URL"] = installation.told[other]["base_url"]
    _stops(installation, side, "")


@pytest.mark.parametrize("side", LABELS)
def test_a_certificate_that_nobody_signed(installation: Installation, tmp_path: Path, side: str) -> None:
    """No request leaves before the server is known; with its certificate as `ca_file` it is."""
    with self_signed_server(tmp_path) as (address, certificate, seen):
        installation.environ[f"OPSYNC_{side.upper()}__BASE_URL"] = address
        _stops(installation, side, "certificate is not trusted, see ca_file")
        unknown = list(seen)
        installation.environ[f"OPSYNC_BUDGET__{side.upper()}__CA_FILE"] = str(certificate)
        known = the_one_line(installation.run("plan"))

    assert unknown == []
    assert len(seen) > 0
    assert known.startswith(LABELS[side])
    assert "certificate" not in known


def _stops(installation: Installation, side: str, word: str) -> str:
    """`plan` and `sync` end with exit code 1 because of that side; gives the line."""
    before = [installation.records(each) for each in LABELS]
    planned = installation.run("plan")
    line = the_one_line(planned)
    result = installation.run("sync", "--json")
    told = json.loads(result.stdout)

    assert (planned.exit_code, result.exit_code, told["outcome"]) == (1, 1, "failed")
    assert line.startswith(LABELS[side])
    assert told["error"].startswith(LABELS[side])
    assert word in line
    assert says_what_to_do(line), line
    assert [installation.records(each) for each in LABELS] == before
    assert [secret for secret in _secrets(installation) if secret in planned.output + result.output] == []
    return line


def _secrets(installation: Installation) -> list[str]:
    told = installation.told
    given = [
        value for name, value in installation.environ.items() if name.endswith(("TOKEN", "SECRET", "WORD"))
    ]
    key = told[SUPEROFFICE]["private_key"].splitlines()[1]
    return [_WRONG, key, told[SUPEROFFICE]["password"], told[SUPEROFFICE]["app_token"], *given]
