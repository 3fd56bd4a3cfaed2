"""Posts alerts as JSON to one address of the operator's own choice; it calls no CRM and reads no answer."""

import ssl
from dataclasses import dataclass, field

import httpx
import orjson

from sync import __version__
from sync.daemon.channels.alert import Alert

_HEADERS = {"User-Agent": f"opsync/{__version__}", "Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """The url often is all that a stranger would need: it stays out of every message."""

    url: str = field(repr=False)
    timeout_s: float
    ca_file: str = ""
    name: str = "webhook"

    def send(self, alert: Alert) -> str:
        try:
            status = self._post(orjson.dumps(alert.as_json()))
        except (httpx.HTTPError, httpx.InvalidURL, ImportError, OSError, ValueError) as error:
            return _problem(error)
        return "" if 200 <= status < 300 else f"the address answered {status}"

    def _post(self, body: bytes) -> int:
        """The status alone: a receiver that never stops talking is not listened to."""
        trust = ssl.create_default_context(cafile=self.ca_file) if self.ca_file else True
        with (
            httpx.Client(timeout=self.timeout_s, verify=trust, follow_redirects=False) as client,
            client.stream("POST", self.url, content=body, headers=_HEADERS) as answer,
        ):
            return answer.status_code


def _problem(error: Exception) -> str:
    """By kind: the message of an error may hold the address."""
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "its certificate is not trusted: see ca_file"
    return f"no answer ({type(error).__name__})"
