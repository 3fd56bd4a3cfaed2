"""The connection pool of one side: time limits, trust, proxies, fixed headers; sends nothing."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from sync import __version__
from sync.crm.pressure import Pressure
from sync.domain.model import Side
from sync.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """How one side is called; seconds, bytes and calls. `wait_s` is the first back-off between reads. All
    senders of a side share its `pressure`; without one a sender keeps `calls_per_minute` for itself."""

    base_url: str
    connect_timeout_s: float = 10
    read_timeout_s: float = 60
    attempts: int = 4
    max_body_bytes: int = 64 * 1024 * 1024
    calls_per_minute: int = 600
    max_connections: int = 8
    ca_file: str | None = None
    wait_s: float = 0.5
    pressure: Pressure | None = None


def client_of(
    side: Side, options: HttpOptions, auth: httpx.Auth | None, headers: Mapping[str, str]
) -> httpx.Client:
    """Proxies come from the environment, whose values may hold passwords and are never repeated."""
    verify = _trust(side, options.ca_file)
    try:
        return _new_client(options, auth, headers, verify)
    except (ValueError, ImportError, httpx.InvalidURL):
        advice = "cannot be used, check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY"
        raise Misconfigured([f"{side.label}: a proxy address in the environment {advice}"]) from None


def _trust(side: Side, ca_file: str | None) -> ssl.SSLContext | bool:
    try:
        return ssl.create_default_context(cafile=ca_file) if ca_file else True
    except (OSError, ValueError) as error:
        raise Misconfigured([f"{side.label}: ca_file holds no readable certificates, correct it"]) from error


def _new_client(
    options: HttpOptions, auth: httpx.Auth | None, headers: Mapping[str, str], verify: ssl.SSLContext | bool
) -> httpx.Client:
    return httpx.Client(
        base_url=options.base_url,
        auth=auth,
        headers={"User-Agent": f"opsync/{__version__}", "Accept": "application/json", **headers},
        timeout=httpx.Timeout(options.read_timeout_s, connect=options.connect_timeout_s),
        limits=httpx.Limits(
            max_connections=options.max_connections, max_keepalive_connections=options.max_connections
        ),
        verify=verify,
        follow_redirects=False,
        # A cookie from the log-in would override the header (onlyoffice.md 2.3, seen 2026-11-22).
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )
