"""SuperOffice's agent family, for installations without REST: full saves, no guards, null for nothing."""

from collections.abc import Callable, Mapping

from sync.crm.http import Answer
from sync.crm.http_status import ServerFault
from sync.crm.superoffice.api import UTC_DATES, Api, entity_of, rows_of
from sync.crm.superoffice.calls import Kind, Query, Row
from sync.crm.superoffice.change import Look
from sync.crm.superoffice.entity import Members, overlaid
from sync.crm.superoffice.fault import AnsweredFault
from sync.crm.superoffice.rest import messages_of
from sync.errors import RecordGone

_ARCHIVES: Mapping[Kind, str] = {"Sale": "FindSale", "Contact": "FindContact"}
# Some of these lists come with a choice, some without: superoffice.md 3.4 and 4.3 (seen 2026-11-22)
_LISTS = {
    "Rating": "GetAllSaleStages",
    "Currency": "GetAllCurrencies",
    "SaleType": "GetAllSaleTypeEntities",
    "Reason": "GetReasons",
    "ReasonSold": "GetAllReasonSold",
    "ReasonStalled": "GetAllReasonStalled",
}
_WITH_DELETED = {"Rating", "Currency", "SaleType"}


class Agents:
    """The calls of superoffice.md 3.4 and 6.1 (seen 2026-11-22).

    An agent knows neither a partial update nor a guard, so a sale is read, compared and saved as a whole.
    """

    # The zone of a bracketed date in a row is nowhere told.
    has_update_times = False

    def __init__(self, api: Api) -> None:
        self._api = api

    def find(self, kind: Kind, key: int) -> Answer | None:
        """A missing entity is null, or an error of that name: superoffice.md 3.1 (seen 2026-11-22)."""
        try:
            answer = self._api.pose(_entity(kind), params=_key(kind, key), headers=UTC_DATES)
        except RecordGone:
            return None
        return answer if answer.body is not None else None

    def bare(self, kind: Kind, key: int) -> Mapping[str, object]:
        body = self._api.pose(_entity(kind), params=_key(kind, key)).body
        if body is None:
            raise RecordGone(f"SuperOffice {kind.lower()} {key} does not exist or is not visible")
        return entity_of(body, _entity(kind))

    def default(self, kind: Kind) -> Mapping[str, object]:
        path = f"Agents/{kind}/CreateDefault{kind}Entity"
        return entity_of(self._api.pose(path).body, path)

    def validate(self, kind: Kind, entity: Members) -> dict[str, str]:
        """The entity is wrapped, unlike REST's: superoffice.md 3.4 (seen 2026-11-22)."""
        path = f"Agents/{kind}/Validate{kind}Entity"
        return messages_of(self._api.pose(path, {f"{kind}Entity": entity}).body, path)

    def create(self, kind: Kind, entity: Members) -> Answer:
        return self._save(kind, entity)

    def change(
        self, look: Look, members: Members, _guard: Mapping[str, str], same: Callable[[object], None]
    ) -> Answer:
        """Read again without a zone, so that dates go back just as they came: superoffice.md 4.8."""
        fresh = self.bare("Sale", int(look.record.id))
        same(fresh)
        return self._save("Sale", overlaid(fresh, members))

    def swap(self, _sale_id: int, _before: Members, _after: Members) -> None:
        """An agent compares nothing: superoffice.md 8.1 (seen 2026-11-22)."""

    def delete(self, sale_id: int, _guard: Mapping[str, str]) -> None:
        route = "Agents/Sale/DeleteSaleEntity"
        self._api.save("POST", route, route=route, params=_key("Sale", sale_id))

    def page(self, query: Query) -> list[Row]:
        route = "Agents/Archive/GetArchiveListByColumns2"
        question = {
            "ProviderName": _ARCHIVES[query.kind],
            "Columns": ",".join(query.columns),
            "SortOrder": query.order if " " in query.order else f"{query.order} asc",
            "Restrictions": " and ".join(query.conditions),
            "Entities": query.kind.lower(),
            "Page": 0,
            "PageSize": query.size,
        }
        answer = self._api.pose(route, question, headers=UTC_DATES)
        return [_flat(entity_of(row, route)) for row in rows_of(answer.body, route)]

    def items(self, name: str) -> list[object]:
        route = f"Agents/List/{_LISTS[name]}"
        question = {"IncludeDeleted": True} if name in _WITH_DELETED else None
        return rows_of(self._api.pose(route, question).body, route)

    def choices(self, name: str) -> list[object]:
        """After the vendor's reference of the MDO agent; the fact sheet names the agent, not its members."""
        question = {"Name": name, "ForceFlatList": True, "AdditionalInfo": "", "OnlyHistory": False}
        return self._rows_if_any("Agents/MDO/GetList", question)

    def fields(self) -> list[object]:
        return [
            {
                "FieldName": row.get("ProgId"),
                "FieldType": row.get("FieldType"),
                "DisplayName": row.get("FieldLabel"),
            }
            for row in (entity_of(row, "custom fields") for row in self.layout())
            if row.get("ProgId")
        ]

    def layout(self) -> list[object]:
        """After the vendor's reference of this agent, which the fact sheet does not name."""
        route = "Agents/UserDefinedFieldInfo/GetPublishedUserDefinedFieldList"
        return self._rows_if_any(route, {"OwnerType": "Sale"})

    def persons(self, contact_id: int) -> list[Row]:
        """The company's entity lists its persons: superoffice.md 5 (seen 2026-11-22)."""
        answer = self.find("Contact", contact_id)
        contact = entity_of(answer.body, "Contact") if answer else {}
        members = {key.casefold(): value for key, value in contact.items()}
        return [entity_of(row, "Contact") for row in rows_of(members.get("persons"), "Contact")]

    def _rows_if_any(self, route: str, question: Mapping[str, object]) -> list[object]:
        """None where the call does not exist, which a server says in several ways: superoffice.md 9.1."""
        try:
            return rows_of(self._api.pose(route, question).body, route)
        except (RecordGone, ServerFault, AnsweredFault):
            return []

    def _save(self, kind: Kind, entity: Members) -> Answer:
        route = f"Agents/{kind}/Save{kind}Entity"
        return self._api.save("POST", route, route=route, json=entity)


def _entity(kind: Kind) -> str:
    return f"Agents/{kind}/Get{kind}Entity"


def _key(kind: Kind, key: int) -> dict[str, str]:
    return {f"{kind.lower()}EntityId": str(key)}


def _flat(row: Row) -> Row:
    """Cells as in REST's slim rows; values keep their brackets: superoffice.md 6.1 (seen 2026-11-22)."""
    members = {key.casefold(): value for key, value in row.items()}
    cells = entity_of(members.get("columndata") or {}, "archive row")
    flat = {name: _shown(cell) for name, cell in cells.items()}
    return {"PrimaryKey": members.get("primarykey"), **flat}


def _shown(cell: object) -> object:
    if not isinstance(cell, Mapping):
        return cell
    return next((value for key, value in cell.items() if str(key).casefold() == "displayvalue"), None)
