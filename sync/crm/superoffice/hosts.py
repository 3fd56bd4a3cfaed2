"""Tells whose a host is, so that no credential leaves the vendor's domain; it looks no name up."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from sync.crm.superoffice.options import Cloud

_VENDOR = ".superoffice.com"  # superoffice.md 1.1 (seen 2026-11-22)
_RECOVERY = "disasterrecovery"  # superoffice.md 1.1 (seen 2026-11-22)


def may_receive_credentials(parts: SplitResult, cloud: Cloud) -> bool:
    """The vendor's own hosts over TLS; beside a stand-in of the vendor also its host and this machine."""
    host = parts.hostname or ""
    if parts.username or parts.password:
        return False
    if parts.scheme == "https" and host.endswith(_VENDOR):
        return parts.port in (None, 443)
    stand_ins = [urlsplit(address) for address in (cloud.state_url, cloud.identity_url) if address]
    return any(_is_beside(parts, stand_in) for stand_in in stand_ins)


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def is_recovery(root: str) -> bool:
    return _RECOVERY in (urlsplit(root).hostname or "")


def _is_beside(parts: SplitResult, stand_in: SplitResult) -> bool:
    """No weaker scheme than the stand-in's own."""
    host, its_host = parts.hostname or "", stand_in.hostname or ""
    if is_loopback(host):
        return is_loopback(its_host)
    return bool(host) and host == its_host and parts.scheme in (stand_in.scheme, "https")
