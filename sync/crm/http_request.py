"""A request before it is sent: address, body and headers as bytes and text; sends nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from sync.crm.http_json import JSON_TYPE, to_json
from sync.crm.http_status import Place

_FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be sent; `content` is None where there is no body."""

    place: Place
    url: str
    content: bytes | None
    headers: Mapping[str, str]
    write: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """A body as JSON or as a form, or neither; `headers` may name a more exact content type."""

    json: object = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes | None:
        if self.form is not None:
            return urlencode(self.form).encode()
        return None if self.json is None else to_json(self.json).encode()

    def content_headers(self) -> dict[str, str]:
        if self.form is not None:
            return _FORM_TYPE | dict(self.headers)
        return dict(self.headers) if self.json is None else JSON_TYPE | dict(self.headers)


def request(
    place: Place, path: str, params: Mapping[str, str] | None, body: Body, *, write: bool = False
) -> Request:
    """A space in a query is sent as %20, which every server reads the same way."""
    url = f"{path}?{urlencode(params, quote_via=quote, safe='$,/:()')}" if params else path
    return Request(place, url, body.content(), body.content_headers(), write)
