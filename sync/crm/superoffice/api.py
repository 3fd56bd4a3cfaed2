"""SuperOffice's calls with their headers and error bodies; knows routes, not what a record means."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from sync.crm.http import Answer, Call, Http, HttpOptions
from sync.crm.superoffice.auth import HeaderAuth
from sync.crm.superoffice.options import SuperOfficeOptions
from sync.domain.model import Side
from sync.errors import RecordGone, WrongShape

# JSON and one language, or lists come as multi-language strings: superoffice.md 4.3, 10 (seen 2026-11-22)
_HEADERS = {"Accept": "application/json", "Accept-Language": "en"}
# Instants are surely UTC only with this header: superoffice.md 4.8 (seen 2026-11-22)
_UTC = {"SO-TimeZone": "UTC,includeTZOffset"}
_JSON_PATCH = {"Content-Type": "application/json-patch+json"}
_ROOT = "api/v1/"
_MESSAGE_NAMES = ("errormessage", "message", "messagedetail", "errortype")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|«[^»]*»|“[^”]*”|\b(?:7T|8A):\S+")
_REFUSALS = ("Validation", "ArgumentException", "Sentry", "Security")


class Api:
    """One installation's REST and agent calls."""

    def __init__(
        self, options: SuperOfficeOptions, http_options: HttpOptions, on_call: Callable[[Call], None]
    ) -> None:
        self._http = Http(
            Side.LEFT,
            replace(http_options, base_url=options.base_url),
            auth=HeaderAuth(options.login),
            headers=_HEADERS,
            explain=explain,
            on_call=on_call,
            is_refusal=names_a_refusal,
        )

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, *, route: str = "", params: Mapping[str, str] | None = None) -> Answer:
        """A read of something that must exist."""
        answer = self._http.read("GET", _ROOT + path, route=route or path, params=params, headers=_UTC)
        return _there(answer, route or path)

    def find(self, path: str, *, route: str) -> Answer | None:
        """A read of one record; None for the vendor's 404."""
        answer = self._http.read("GET", _ROOT + path, route=route, headers=_UTC, missing_ok=True)
        return None if answer is None or answer.body is None else answer

    def ask(self, path: str, question: Mapping[str, object]) -> object:
        """A POST that only reads, with dates as in `get`."""
        answer = self._http.read("POST", _ROOT + path, route=path, json=question, headers=_UTC)
        return _there(answer, path).body

    def default(self, kind: str) -> Mapping[str, object]:
        """A blank entity, its dates without suffix as a save wants them: superoffice.md 3.7, 4.8."""
        path = f"{kind}/default"
        answer = self._http.read("GET", _ROOT + path, route=path)
        return entity_of(_there(answer, path).body, path)

    def validate(self, kind: str, entity: Mapping[str, object]) -> dict[str, str]:
        """Messages by field; a refusal concerns only this record."""
        path = f"{kind}/Validate"
        answer = self._http.read("POST", _ROOT + path, route=path, json=entity, missing_ok=True)
        messages = _there(answer, path).body or {}
        return {key: str(text)[:200] for key, text in entity_of(messages, path).items()}

    def version_block(self) -> Mapping[str, object]:
        """What the root of the API says about itself, empty where it says nothing: superoffice.md 1.1."""
        answer = self._http.read("GET", "api", route="(root)", missing_ok=True)
        return answer.body if answer and isinstance(answer.body, Mapping) else {}

    def create(self, kind: str, entity: Mapping[str, object]) -> Answer:
        return self._http.write("POST", _ROOT + kind, route=kind, json=entity)

    def patch(self, sale_id: int, operations: list[dict[str, object]], guard: Mapping[str, str]) -> Answer:
        headers = _JSON_PATCH | dict(guard)
        route = "Sale/{id}"
        return self._http.write(
            "PATCH", f"{_ROOT}Sale/{sale_id}", route=route, json=operations, headers=headers
        )

    def delete(self, sale_id: int, guard: Mapping[str, str]) -> None:
        self._http.write("DELETE", f"{_ROOT}Sale/{sale_id}", route="Sale/{id}", headers=guard)


def entity_of(body: object, route: str) -> Mapping[str, object]:
    if not isinstance(body, Mapping):
        raise WrongShape(f"SuperOffice {route}: expected a JSON object, got something else")
    return body


def rows_of(body: object, route: str) -> list[object]:
    """A JSON array; an agent's null means none."""
    if body is None:
        return []
    if not isinstance(body, list):
        raise WrongShape(f"SuperOffice {route}: expected a JSON array, got something else")
    return body


def explain(_status: int, body: object) -> str:
    """The vendor's message without anything it quotes: superoffice.md 9.1 (seen 2026-11-22)."""
    if not isinstance(body, Mapping):
        return ""
    members = {str(key).casefold(): value for key, value in body.items()}
    texts = [text for name in _MESSAGE_NAMES if isinstance(text := members.get(name), str) and text.strip()]
    return " ".join(_QUOTED.sub("…", texts[0]).split())[:200] if texts else ""


def names_a_refusal(_status: int, body: object) -> bool:
    """A business exception comes as 500 too: superoffice.md 9.1 (seen 2026-11-22)."""
    members = {str(key).casefold(): value for key, value in body.items()} if isinstance(body, Mapping) else {}
    return any(name in str(members.get("errortype", "")) for name in _REFUSALS)


def _there(answer: Answer | None, route: str) -> Answer:
    if answer is None:
        raise RecordGone(f"SuperOffice {route}: there is no such record or route")
    return answer
