"""The [webhooks] section: where SuperOffice may tell us of changes; it opens no port and asks nobody."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from sync.settings.section import Section

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def _receiving(text: str) -> str:
    """The vendor posts to https only, superoffice.md 7.1 (seen 2026-11-22); a sandbox here may do without."""
    if not text:
        return text
    parts = _parts(text)
    if parts is None or parts[0] not in ("http", "https"):
        raise ValueError("must be an address such as https://sync.example.com/superoffice")
    if parts[0] == "http" and parts[1] not in _LOOPBACK:
        raise ValueError("must begin with https: SuperOffice posts to no other address")
    return text


def _parts(text: str) -> tuple[str, str] | None:
    """(scheme, host) of a bare address."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    bare = not (parts.username or parts.password or parts.query or parts.fragment) and port != 0
    return (parts.scheme, parts.hostname) if bare and parts.hostname else None


class Webhooks(Section):
    """[webhooks]: without `url` there are none, and changes are found by looking."""

    url: Annotated[str, AfterValidator(_receiving)] = ""
    secret: SecretStr | None = None
    secret_file: str = ""
    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8371, ge=0, le=65_535)
    # superoffice.md 7.1 (seen 2026-11-22): Name holds 100 characters
    name: str = Field(default="opsync", min_length=1, max_length=100)
    notify_email: str = Field(default="", pattern=r"^$|^[^@\s]+@[^@\s]+$")
