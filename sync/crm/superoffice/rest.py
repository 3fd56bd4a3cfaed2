"""SuperOffice's REST family, with partial updates and guards; knows routes, not what a record means."""

from collections.abc import Callable, Mapping

from sync.crm.http import Answer
from sync.crm.superoffice.api import Api, entity_of, rows_of
from sync.crm.superoffice.calls import Kind, Query, Row
from sync.crm.superoffice.change import Look, Operation, operations_of, swaps_of
from sync.crm.superoffice.entity import Members
from sync.errors import RecordGone, WrongShape

_JSON_PATCH = {"Content-Type": "application/json-patch+json"}
_SALE = "Sale/{id}"
_PERSON_COLUMNS = ("personId", "fullName", "email/emailAddress")
_MOST_PERSONS = "1000"


class Rest:
    """The calls of superoffice.md 3.2, 5 and 6 (seen 2026-11-22)."""

    has_update_times = True

    def __init__(self, api: Api) -> None:
        self._api = api

    def find(self, kind: Kind, key: int) -> Answer | None:
        return self._api.find(f"{kind}/{key}", route=f"{kind}/{{id}}")

    def bare(self, kind: Kind, key: int) -> Mapping[str, object]:
        route = f"{kind}/{{id}}"
        return entity_of(self._api.bare(f"{kind}/{key}", route=route).body, route)

    def default(self, kind: Kind) -> Mapping[str, object]:
        path = f"{kind}/default"
        return entity_of(self._api.bare(path, route=path).body, path)

    def validate(self, kind: Kind, entity: Members) -> dict[str, str]:
        path = f"{kind}/Validate"
        return messages_of(self._api.pose(path, entity).body, path)

    def create(self, kind: Kind, entity: Members) -> Answer:
        return self._api.save("POST", kind, route=kind, json=entity)

    def change(
        self, look: Look, members: Members, guard: Mapping[str, str], _same: Callable[[object], None]
    ) -> Answer:
        return self._patch(int(look.record.id), operations_of(look.raw, members), guard)

    def swap(self, sale_id: int, before: Members, after: Members) -> Answer:
        return self._patch(sale_id, swaps_of(before, after), {})

    def delete(self, sale_id: int, guard: Mapping[str, str]) -> None:
        self._api.save("DELETE", f"Sale/{sale_id}", route=_SALE, headers=guard)

    def page(self, query: Query) -> list[Row]:
        params = {
            "$select": ",".join(query.columns),
            "$filter": " and ".join(query.conditions),
            "$orderBy": query.order,
            "$entities": query.kind.lower(),
            "$top": str(query.size),
        }
        return self._rows(query.kind, f"{query.kind} (archive)", params)

    def items(self, name: str) -> list[object]:
        """Old sales point at deleted items, superoffice.md 4.3 (seen 2026-11-22)."""
        route = f"List/{name}/Items"
        return rows_of(self._api.get(route, params={"includeDeleted": "true"}).body, route)

    def choices(self, name: str) -> list[object]:
        route = "MDOList/{name}"
        try:
            return rows_of(self._api.get(f"MDOList/{name}", route=route, params={"flat": "true"}).body, route)
        except RecordGone:
            return []

    def fields(self) -> list[object]:
        return rows_of(self._api.get("Sale/CustomField").body, "Sale/CustomField")

    def layout(self) -> list[object]:
        route = "Sale/UdefLayout/Published"
        return rows_of(self._api.get(route).body, route)

    def persons(self, contact_id: int) -> list[Row]:
        params = {"$select": ",".join(_PERSON_COLUMNS), "$orderBy": "personId", "$top": _MOST_PERSONS}
        return self._rows(f"Contact/{contact_id}/Persons", "Contact/{id}/Persons", params)

    def _patch(self, sale_id: int, operations: list[Operation], guard: Mapping[str, str]) -> Answer:
        headers = _JSON_PATCH | dict(guard)
        return self._api.save("PATCH", f"Sale/{sale_id}", route=_SALE, json=operations, headers=headers)

    def _rows(self, path: str, route: str, params: Mapping[str, str]) -> list[Row]:
        body = entity_of(self._api.get(path, route=route, params=params).body, route)
        if "value" not in body:
            raise WrongShape(f"SuperOffice {route}: expected rows under 'value', got none")
        return [entity_of(row, route) for row in rows_of(body["value"], route)]


def messages_of(body: object, route: str) -> dict[str, str]:
    """Messages by field; an empty answer is none."""
    return {key: str(text)[:200] for key, text in entity_of(body or {}, route).items()}
