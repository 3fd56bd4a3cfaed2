"""SuperOffice's calls with their headers and error bodies; knows routes, not what a record means."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from sync.crm.http import Answer, Call, Http, HttpOptions
from sync.crm.http_status import no_such
from sync.crm.superoffice.fault import explain, names_a_refusal, raise_fault_of_write, without_fault
from sync.crm.superoffice.installation import Installation
from sync.crm.superoffice.options import SuperOfficeOptions
from sync.domain.model import Side
from sync.errors import RecordGone, WrongShape

# JSON and one language, or lists come as multi-language strings; numbers inside texts follow the culture:
# superoffice.md 4.3, 10 (seen 2026-11-22)
_HEADERS = {
    "Accept": "application/json",
    "Accept-Language": "en",
    "SO-Language": "en",
    "SO-Culture": "en-US",
}
# Instants are surely UTC only with this header: superoffice.md 4.8 (seen 2026-11-22)
UTC_DATES = {"SO-TimeZone": "UTC,includeTZOffset"}
_ROOT = "api/v1/"


class Api:
    """One installation's REST and agent calls."""

    def __init__(
        self,
        options: SuperOfficeOptions,
        http_options: HttpOptions,
        on_call: Callable[[Call], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._installation = Installation(options, http_options, on_call, clock)
        self._http = Http(
            Side.LEFT,
            replace(http_options, base_url=self._installation.base_url),
            auth=self._installation.auth,
            headers=_HEADERS,
            explain=explain,
            on_call=self._installation.observe,
            is_refusal=names_a_refusal,
        )
        self._write = self._installation.following(self._http.write)

    def close(self) -> None:
        self._http.close()
        self._installation.close()

    def remarks(self) -> list[str]:
        """What a person should know about where the tenant is."""
        return self._installation.remarks()

    def get(self, path: str, *, route: str = "", params: Mapping[str, str] | None = None) -> Answer:
        """A read of something that must exist."""
        answer = self._http.read("GET", _ROOT + path, route=route or path, params=params, headers=UTC_DATES)
        return _there(answer, route or path)

    def find(self, path: str, *, route: str) -> Answer | None:
        """A read of one record; None for the vendor's 404."""
        answer = self._http.read("GET", _ROOT + path, route=route, headers=UTC_DATES, missing_ok=True)
        return None if answer is None or answer.body is None else without_fault(answer, route)

    def ask(self, path: str, question: Mapping[str, object]) -> object:
        """A POST that only reads, with dates as in `get`."""
        return self.pose(path, question, headers=UTC_DATES).body

    def pose(
        self,
        path: str,
        question: object = None,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """A POST that only reads; dates are bare and in the base zone unless `headers` say otherwise."""
        answer = self._http.read(
            "POST", _ROOT + path, route=path, params=params, json=question, headers=headers, missing_ok=True
        )
        return _there(answer, path)

    def bare(self, path: str, *, route: str) -> Answer:
        """A read whose dates are bare and in the base zone, as a save wants them: superoffice.md 4.8."""
        return _there(self._http.read("GET", _ROOT + path, route=route, missing_ok=True), route)

    def version_block(self) -> Mapping[str, object]:
        """What the root of the API says about itself, empty where it says nothing: superoffice.md 1.1."""
        answer = self._http.read("GET", "api", route="(root)", missing_ok=True)
        return answer.body if answer and isinstance(answer.body, Mapping) else {}

    def save(  # noqa: PLR0913  keyword-only options of one HTTP call
        self,
        method: str,
        path: str,
        *,
        route: str,
        json: object = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """A write, whose 200 may still hold an error: superoffice.md 3.1 (seen 2026-11-22)."""
        answer = self._write(method, _ROOT + path, route=route, params=params, json=json, headers=headers)
        raise_fault_of_write(answer, route)
        return answer


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


def _there(answer: Answer | None, route: str) -> Answer:
    if answer is None:
        raise RecordGone(f"SuperOffice {route}: {no_such(route)}")
    return without_fault(answer, route)
