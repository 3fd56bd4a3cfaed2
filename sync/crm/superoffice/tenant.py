"""What an installation says about itself: lists, users, zone, rights; changes nothing there."""

from collections.abc import Mapping
from functools import cached_property
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from sync.crm.superoffice.api import Api
from sync.crm.superoffice.definitions import (
    BaseZone,
    CurrencyItem,
    FieldInfo,
    MdoItem,
    Principal,
    ReasonItem,
    SaleTypeItem,
    StageItem,
    UdefField,
)
from sync.crm.superoffice.family import Family
from sync.crm.superoffice.options import SuperOfficeOptions
from sync.crm.superoffice.translate import reason_of
from sync.crm.superoffice.wire import Wire
from sync.domain.model import (
    CUSTOM,
    Choice,
    CustomFieldInfo,
    FieldKind,
    Lists,
    Stage,
    State,
    User,
    Value,
    Values,
)
from sync.errors import RecordGone, RecordRefused, SideDown, WrongShape

Shape = TypeVar("Shape", bound=Wire)

# superoffice.md 4.7 (seen 2026-11-22)
_KINDS = {
    "integer": FieldKind.NUMBER,
    "number": FieldKind.NUMBER,
    "decimal": FieldKind.NUMBER,
    "shorttext": FieldKind.TEXT,
    "longtext": FieldKind.TEXT,
    "listtext": FieldKind.TEXT,
    "date": FieldKind.DATE,
    "unlimiteddate": FieldKind.DATE,
    "checkbox": FieldKind.CHECKBOX,
    "mdolist": FieldKind.LIST,
    "list": FieldKind.LIST,
}
# Not ratings: a closed or parked sale keeps its rating, superoffice.md 4.1 (seen 2026-11-22)
_STATES = (
    Stage("sold", "Sold", State.WON, 100),
    Stage("lost", "Lost", State.LOST, 0),
    Stage("stalled", "Stalled", State.STALLED, 0),
)


def understood(shape: type[Shape], raw: object, route: str) -> Shape:
    """`raw` as `shape`; `WrongShape` names what is wrong, not what is there."""
    try:
        return shape.model_validate(raw)
    except ValidationError as error:
        raise WrongShape(f"SuperOffice {route}: {reason_of(error)}") from error


class Tenant:
    """Slowly changing facts, asked for when first needed."""

    def __init__(self, api: Api, family: Family, options: SuperOfficeOptions) -> None:
        self._api = api
        self._family = family
        self._options = options
        self._owners: dict[str, str] = {}

    @cached_property
    def base_zone(self) -> ZoneInfo | None:
        """The zone that bare dates are in; None when the server names none that the tz database has."""
        if self._options.base_time_zone:
            return ZoneInfo(self._options.base_time_zone)
        try:
            told = understood(BaseZone, self._api.get("TimeZone/base").body, "TimeZone/base")
        except RecordGone:
            return None
        return next((zone for name in (told.tz_location_code, told.name) if (zone := _zone(name))), None)

    @cached_property
    def sale_type_id(self) -> int | None:
        """The configured sale type; None to leave it to the vendor's default."""
        wanted = self._options.sale_type.strip()
        if not wanted or wanted.isdigit():
            return int(wanted) if wanted else None
        found = [row.key for row in self._sale_types() if row.active and row.name == wanted]
        if len(found) != 1:
            raise SideDown("SuperOffice has no single sale type of the configured name, correct sale_type")
        return int(found[0])

    def reason_id(self, list_name: str) -> int:
        """The item of a list of reasons that is configured for it, by id or name."""
        wanted = self._options.closing.reasons[list_name].strip()
        if wanted.isdigit():
            return int(wanted)
        items = self._items(list_name, ReasonItem)
        found = [row.id for row in items if not row.deleted and row.name == wanted]
        if len(found) != 1:
            raise SideDown(
                f"SuperOffice's list {list_name} has no single item of the configured name, correct it"
            )
        return found[0]

    @cached_property
    def item_ids(self) -> Mapping[str, Mapping[str, str]]:
        """Ids of list items by ProgId and text; a text that stands for two items is left out."""
        wanted = {row.key for row in self._options.custom_fields.values() if row.kind is FieldKind.LIST}
        return {key: _by_text(items) for key, items in self._list_options(wanted).items()}

    def with_item_ids(self, values: Values) -> Values:
        """`values` where list items given by name stand by id; `RecordRefused` for a name no item has."""
        ids = {
            name: self._item_id(name, text) for name, text in values.items() if self._is_item_name(name, text)
        }
        return {**values, **ids}

    def _is_item_name(self, name: str, value: Value) -> bool:
        wanted = self._options.custom_fields.get(name.removeprefix(CUSTOM))
        is_list = name.startswith(CUSTOM) and wanted is not None and wanted.kind is FieldKind.LIST
        return is_list and isinstance(value, str) and bool(value) and not value.isdigit()

    def _item_id(self, name: str, text: Value) -> str:
        key = self._options.custom_fields[name.removeprefix(CUSTOM)].key
        found = self.item_ids.get(key, {}).get(str(text))
        if found is None:
            problem = f"SuperOffice's list behind {key} has no single item of that name"
            raise RecordRefused(f"{problem}; add it there or change the value", {name: problem})
        return found

    def owners(self) -> Mapping[str, str]:
        """User ids by login in lower case, deleted users included."""
        if not self._owners:
            self._users()
        return self._owners

    def learn_owner(self, login: str, user_id: int) -> None:
        """A sale itself told which id a login stands for."""
        if login and user_id:
            self._owners[login.casefold()] = str(user_id)

    @cached_property
    def sees_all(self) -> bool:
        """Rights hide rows without any error: superoffice.md 11 (seen 2026-11-22)."""
        answer = self._api.get("User/currentPrincipal")
        return understood(Principal, answer.body, "User/currentPrincipal").is_admin

    def lists(self) -> Lists:
        self.__dict__.pop("sees_all", None)  # rights may be given and taken
        return Lists(
            stages=self._stages(),
            currencies=self._currencies(),
            users=self._users(),
            sale_types=self._sale_types(),
            custom_fields=self._custom_fields(),
            sees_all=self.sees_all,
        )

    def strange_stages(self) -> list[str]:
        """Names of active stages that the configured sale type does not offer; none where it offers none."""
        offered = {
            link.sale_stage_id or link.id
            for row in self._items("SaleType", SaleTypeItem)
            if row.sale_type_id == self.sale_type_id
            for link in row.stages
        }
        ratings = [row for row in self._items("Rating", StageItem) if not row.deleted]
        return [row.value for row in ratings if offered and row.sale_stage_id not in offered]

    def _stages(self) -> tuple[Stage, ...]:
        rows = self._items("Rating", StageItem)
        ratings = (
            Stage(f"open/{row.sale_stage_id}", row.value, State.OPEN, row.probability, not row.deleted)
            for row in rows
        )
        return (*ratings, *_STATES)

    def _currencies(self) -> tuple[Choice, ...]:
        rows = self._items("Currency", CurrencyItem)
        return tuple(Choice(str(row.currency_id), row.name.strip(), not row.deleted) for row in rows)

    def _sale_types(self) -> tuple[Choice, ...]:
        rows = self._items("SaleType", SaleTypeItem)
        return tuple(Choice(str(row.sale_type_id), row.name, not row.deleted) for row in rows)

    def _users(self) -> tuple[User, ...]:
        rows = self._mdo("associate")
        self._owners |= {row.name.casefold(): str(row.id) for row in rows if row.name}
        return tuple(
            User(
                str(row.id), row.full_name or row.tool_tip or row.name, row.name, _email(row), not row.deleted
            )
            for row in rows
        )

    def _custom_fields(self) -> tuple[CustomFieldInfo, ...]:
        route = "Sale/CustomField"
        rows = [understood(FieldInfo, row, route) for row in self._family.calls.fields()]
        known = {row.field_name: _KINDS.get(row.field_type.casefold()) for row in rows}
        options = self._list_options({key for key, kind in known.items() if kind is FieldKind.LIST})
        return tuple(
            CustomFieldInfo(row.field_name, row.display_name, kind, options.get(row.field_name, ()))
            for row in rows
            if (kind := known[row.field_name])
        )

    def _list_options(self, keys: set[str]) -> dict[str, tuple[Choice, ...]]:
        """Items of the lists behind custom fields, where the published layout names the list."""
        if not keys:
            return {}
        route = "Sale/UdefLayout/Published"
        fields = [understood(UdefField, row, route) for row in self._family.calls.layout()]
        lists = {
            row.prog_id: row.mdo_list_name for row in fields if row.prog_id in keys and row.mdo_list_name
        }
        return {key: self._choices(name) for key, name in lists.items()}

    def _choices(self, list_name: str) -> tuple[Choice, ...]:
        return tuple(Choice(str(row.id), row.name, not row.deleted) for row in self._mdo(list_name))

    def _items(self, name: str, shape: type[Shape]) -> list[Shape]:
        return [understood(shape, row, f"list {name}") for row in self._family.calls.items(name)]

    def _mdo(self, name: str) -> list[MdoItem]:
        return [understood(MdoItem, row, "MDOList/{name}") for row in self._family.calls.choices(name)]


def _by_text(items: tuple[Choice, ...]) -> dict[str, str]:
    texts = [item.name for item in items]
    return {item.name: item.key for item in items if texts.count(item.name) == 1}


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _email(row: MdoItem) -> str | None:
    """Users carry no documented e-mail, superoffice.md 4.9; take a text that looks like one."""
    texts = (row.tool_tip, row.full_name, row.extra_info, row.name)
    return next((text for text in texts if "@" in text[1:-1] and not set(text) & set(" &=;,<>")), None)
