"""Prints records as the portal's wrappers do, leaving out what they leave out; it must not change any."""

from collections.abc import Iterable
from decimal import Decimal

from sync.sandbox.onlyoffice import access, language, moments
from sync.sandbox.onlyoffice.encoder import nine_places
from sync.sandbox.onlyoffice.enums import FieldType, info_categories
from sync.sandbox.onlyoffice.records import (
    PLACEHOLDER_USER,
    Contact,
    Definition,
    Info,
    ListItem,
    Opportunity,
    Stage,
    User,
)
from sync.sandbox.onlyoffice.state import OPPORTUNITY, State
from sync.sandbox.wire import JsonObject

_PHOTO = "/Products/CRM/HttpHandlers/filehandler.ashx?action=contactphotoulr"
_AVATAR = "/skins/default/images/default_user_photo_size_32-32.png"

# Order and omissions of every object: onlyoffice.md 5.1, onlyoffice-opportunity-fields.json (seen 2026-11-22)


class Shaper:
    """Wire forms as one caller sees them, each person and contact printed once per request."""

    def __init__(self, state: State, user: User) -> None:
        self.state = state
        self.user = user
        self.zone = state.zone()
        self._persons: dict[str, JsonObject] = {}
        self._contacts: dict[int, JsonObject] = {}
        self._definitions = state.definitions_of(OPPORTUNITY)

    def person(self, user_id: str) -> JsonObject:
        if user_id not in self._persons:
            self._persons[user_id] = person(self.state.users.get(user_id))
        return self._persons[user_id]

    def persons(self, ids: Iterable[str]) -> list[JsonObject]:
        return [self.person(user_id) for user_id in ids]

    def contact(self, row: Contact) -> JsonObject:
        if row.id not in self._contacts:
            self._contacts[row.id] = self._base_contact(row)
        return self._contacts[row.id]

    def _base_contact(self, row: Contact) -> JsonObject:
        photo = f"{_PHOTO}&cid={row.id}&isc={row.is_company}"
        editable = access.may_edit_contact(self.user, row)
        private = {"accessList": self.persons(row.managers)} if row.share_type == 0 else {}
        return {
            "smallFotoUrl": f"{photo}&ps=1",
            "mediumFotoUrl": f"{photo}&ps=2",
            "displayName": row.display_name,
            "isCompany": row.is_company,
            **private,
            "isPrivate": row.share_type == 0,
            "isShared": row.share_type != 0,
            "shareType": row.share_type,
            "currency": self.state.currencies.get(row.currency),
            "canEdit": editable,
            "canDelete": editable,
            "id": row.id,
        }

    def visible_contacts(self, ids: Iterable[int]) -> list[Contact]:
        rows = (self.state.contacts.get(contact_id) for contact_id in ids)
        return [row for row in rows if row and access.may_see_contact(self.user, row)]

    def opportunity(self, row: Opportunity, *, single: bool, echo: bool = False) -> JsonObject:
        """`single`: a call about one opportunity; `echo`: the POST answer, printed from memory."""
        members = [self.contact(contact) for contact in self.visible_contacts(row.members)]
        answer: JsonObject = {
            "createBy": self.person(row.created_by),
            "created": moments.to_wire(row.created, self.zone),
            "members": members,
        }
        answer |= self._primary(row, single=single) | {"title": row.title}
        if row.description is not None:
            answer["description"] = row.description
        answer["responsible"] = self.person(row.responsible)
        answer |= self._money(row, echo=echo) | self._progress(row) | self._sharing(row, single=single)
        answer["customFields"] = self.field_values(row, headings=single)
        answer["id"] = row.id
        return answer

    def _primary(self, row: Opportunity, *, single: bool) -> JsonObject:
        contact = self.state.contacts.get(row.contact)
        # The single answer shows the primary contact even to those who may not see it.  onlyoffice.md 5.1
        if contact is None or not (single or access.may_see_contact(self.user, contact)):
            return {}
        return {"contact": self.contact(contact)}

    def _money(self, row: Opportunity, *, echo: bool) -> JsonObject:
        answer: JsonObject = {"bidType": row.bid_type} if row.bid_type else {}
        if row.bid_value:
            answer["bidValue"] = row.bid_value if echo else self._stored(row.bid_value)
        if currency := self.state.currencies.get(row.currency):
            answer["bidCurrency"] = currency
        if row.per_period:
            answer["perPeriodValue"] = row.per_period
        return answer

    def _stored(self, amount: Decimal) -> Decimal:
        # onlyoffice.md 3.3 and 14.1 (seen 2026-11-22)
        nine = nine_places(amount)
        return nine if self.state.switches.on("nine_decimals") else _trimmed(nine)

    def _progress(self, row: Opportunity) -> JsonObject:
        found = self.state.stage(row.stage)
        answer: JsonObject = (
            {"stage": stage(found, language.title_of(self.state, found.title))} if found else {}
        )
        if row.probability:
            answer["successProbability"] = row.probability
        return answer | {
            "actualCloseDate": moments.to_wire(row.actual_close, self.zone),
            "expectedCloseDate": moments.to_wire(row.expected_close, self.zone),
        }

    def _sharing(self, row: Opportunity, *, single: bool) -> JsonObject:
        answer: JsonObject = {"isPrivate": row.is_private}
        if single or row.is_private:
            answer["accessList"] = self.persons(row.access)
        return answer | {"canEdit": access.may_edit(self.user, row)}

    def field_values(self, row: Opportunity, *, headings: bool) -> list[JsonObject]:
        values = row.fields
        return [
            field_value(definition, row.id, values.get(definition.id, ""))
            for definition in self._definitions
            if values.get(definition.id, "").strip() or (headings and definition.kind == FieldType.HEADING)
        ]


def person(user: User | None) -> JsonObject:
    """A known user, or the stand-in for one the portal does not know."""
    user_id = user.id if user else PLACEHOLDER_USER
    login = user.login if user else "removed"
    return {
        "id": user_id,
        "displayName": user.display_name if user else "Profile removed",
        "avatarSmall": _AVATAR,
        "profileUrl": f"/Products/People/Profile.aspx?user={login}",
    }


def _trimmed(amount: Decimal) -> Decimal:
    return Decimal(format(amount, "f").rstrip("0").rstrip("."))


def stage(row: Stage, title: str) -> JsonObject:
    """`sortOrder` is documented but never sent."""
    return {
        "successProbability": row.probability,
        "stageType": row.kind,
        "title": title,
        "description": row.description,
        "color": row.color,
        "id": row.id,
    }


def list_item(row: ListItem | None, title: str) -> JsonObject:
    return {"title": title} | ({"color": row.color, "id": row.id} if row else {})


def field_value(row: Definition, entity_id: int, value: str) -> JsonObject:
    return {
        "entityId": entity_id,
        "label": row.label,
        "fieldValue": value,
        "fieldType": row.kind,
        "position": row.position,
        "mask": row.mask,
        "id": row.id,
    }


def info(row: Info) -> JsonObject:
    return {
        "infoType": row.kind,
        "category": row.category,
        "data": row.data,
        "categoryName": info_categories(row.kind)[row.category],
        "isPrimary": row.is_primary,
        "id": row.id,
    }
