"""Logs the application itself in with a signed token; it keeps no ticket and never retries."""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sync.crm.superoffice.admission import Admission
from sync.crm.superoffice.claims import claim
from sync.crm.superoffice.identity import Identity
from sync.crm.superoffice.options import Cloud, SystemUser
from sync.crm.superoffice.refusal import refusal
from sync.errors import LoginRefused, Misconfigured

# Six hours from the last use, less a margin: superoffice.md 2.3 (seen 2026-11-22)
_LIFE = timedelta(hours=5, minutes=55)
_PLACE = "system user log-in"


class SystemUserLogin:
    """Calling it gives a fresh ticket; `Misconfigured` at once for a key that is none."""

    def __init__(
        self, login: SystemUser, cloud: Cloud, identity: Identity, clock: Callable[[], datetime]
    ) -> None:
        self._login = login
        self._cloud = cloud
        self._identity = identity
        self._clock = clock
        self._key = private_key_of(login.private_key)

    def __call__(self) -> Admission:
        user_token = self._login.user_token.load()
        answer = self._identity.authenticate(
            {
                "SignedSystemToken": signed_token(user_token, self._key, self._clock()),
                "ApplicationToken": self._login.client_secret,
                "ContextIdentifier": self._cloud.tenant,
                "ReturnTokenType": "JWT",
            }
        )
        if not answer.is_successful or not answer.token:
            raise refusal(_PLACE, answer.error_message or "", (user_token, self._login.client_secret))
        return self._admission(answer.token)

    def _admission(self, token: str) -> Admission:
        ticket = claim(self._identity.ticket_claims(token, self._login.serial), "ticket")
        if not ticket:
            raise LoginRefused(f"SuperOffice {_PLACE}: the token carries no ticket; ask the vendor's support")
        return Admission(ticket_headers(ticket, self._login.client_secret), _LIFE, slides=True)


def ticket_headers(ticket: str, app_token: str | None) -> dict[str, str]:
    """The ticket goes as it is, with the application's secret in the cloud: superoffice.md 2.1."""
    return {"Authorization": f"SOTicket {ticket}"} | ({"SO-AppToken": app_token} if app_token else {})


def signed_token(user_token: str, key: RSAPrivateKey, at: datetime) -> str:
    """superoffice.md 2.3 steps 2 to 4 (seen 2026-11-22): minutes of UTC, PKCS#1 v1.5 over SHA-256."""
    payload = f"{user_token}.{at.astimezone(UTC):%Y%m%d%H%M}"
    signature = b64encode(key.sign(payload.encode(), PKCS1v15(), SHA256())).decode()
    return f"{payload}.{signature}"


def private_key_of(pem: str) -> RSAPrivateKey:
    """The application's key; nothing of `pem` is repeated."""
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except TypeError:
        raise _no_key("is locked by a passphrase; save it without one") from None
    except (ValueError, UnsupportedAlgorithm):
        raise _no_key("is not a PEM file that begins with -----BEGIN PRIVATE KEY-----") from None
    if not isinstance(key, RSAPrivateKey):
        raise _no_key("is not an RSA key")
    return key


def _no_key(what: str) -> Misconfigured:
    return Misconfigured([f"superoffice.private_key_file: the application's private key {what}"])
