"""The log-in service's refusals as one plain line each; it repeats no secret and asks nobody."""

import re
from collections.abc import Iterable, Mapping

from sync.errors import LoginRefused

_CONSENT = "an administrator of the tenant has to consent again: run `opsync login`"
_CLOCK = "the time in the signed token is not accepted; set this machine's clock (NTP)"
_KEY = (
    "the signature is not accepted: private_key_file or client_secret_file belong to another application or"
)
# AuthorizeErrorCode, by number and by what is in its name: superoffice.md 2.3 (seen 2026-11-22)
_BY_NUMBER = {
    "1": f"the application was revoked; {_CONSENT}",
    "2": "the redirect address is not the registered one; register http://127.0.0.1:<redirect_port>/callback",
    "3": f"the consent or the key has expired; register a new key, or {_CONSENT}",
    "4": f"access was denied; {_CONSENT}",
    "5": f"the application needs a new approval; {_CONSENT}",
    "6": _CLOCK,
    "7": f"{_KEY} environment",
}
# OAuth's own names stand in RFC 6749 4.1.2.1 and 5.2; the sheet shows none, so both forms are understood.
# What is unknown is told by no documented name [I].
_BY_WORD = (
    ("timestamp", _BY_NUMBER["6"]),
    ("signature", _BY_NUMBER["7"]),
    ("reapprov", _BY_NUMBER["5"]),
    ("redirect", _BY_NUMBER["2"]),
    ("invalidgrant", f"the refresh token or code is not valid any more; {_CONSENT}"),
    ("invalidclient", "client_id or client_secret_file do not fit this environment"),
    ("unauthorizedclient", "client_id may not be used in this way or environment"),
    ("revoked", _BY_NUMBER["1"]),
    ("expired", _BY_NUMBER["3"]),
    ("denied", _BY_NUMBER["4"]),
    ("contextidentifier", "the tenant is not known to this environment; correct `tenant` or `environment`"),
    ("applicationtoken", "the application's secret is not known; see client_secret_file and `environment`"),
    ("systemuser", "the system user token is not known for this tenant; run `opsync login`"),
)
_CODED = re.compile(r"[1-7]")
_LONG = re.compile(r"\S{24,}")


def advice_on(text: str) -> str | None:
    """What to do about a refusal that the service names; None where it names none we know."""
    if _CODED.fullmatch(text.strip()):
        return _BY_NUMBER[text.strip()]
    folded = "".join(char for char in text.casefold() if char.isalnum())
    return next((advice for word, advice in _BY_WORD if word in folded), None)


def refusal(place: str, text: str, secrets: Iterable[str] = ()) -> LoginRefused:
    """`text` is shown only where it is not understood, and then without anything that looks like a key."""
    told = f'it says "{_hushed(text, secrets)}"' if text.strip() else "it gives no reason"
    advice = advice_on(text) or f"the log-in is refused and {told}; check application, tenant and keys"
    return LoginRefused(f"SuperOffice {place}: {advice}")


def reason_in(body: object) -> str:
    """The name of a refusal inside an error body of either form."""
    if not isinstance(body, Mapping):
        return ""
    members = {str(key).casefold(): value for key, value in body.items()}
    names = ("error", "errorcode", "errormessage", "message", "error_description")
    texts = [str(members[name]) for name in names if isinstance(members.get(name), str | int)]
    return next((text for text in texts if advice_on(text)), texts[0] if texts else "")


def _hushed(text: str, secrets: Iterable[str]) -> str:
    for secret in filter(None, secrets):
        text = text.replace(secret, "…")
    return " ".join(_LONG.sub("…", text).replace('"', "'").split())[:120]
