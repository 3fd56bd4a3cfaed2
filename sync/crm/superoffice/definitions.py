"""Shapes of SuperOffice's lists and definitions as far as the product reads them; converts nothing."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field

from sync.crm.superoffice.wire import Flag, Number, Text, Wire, none_at_all


class StageItem(Wire):
    """An item of the Rating list: its id is SaleStageId and its name Value, superoffice.md 4.2."""

    sale_stage_id: int
    value: Text = ""
    probability: Number = 0
    deleted: Flag = False


class LinkedStage(Wire):
    """A stage that a sale type offers; which name its id has is not told."""

    id: Number = 0
    sale_stage_id: Number = 0


class SaleTypeItem(Wire):
    """An item of the SaleType list."""

    stages: Annotated[list[LinkedStage], BeforeValidator(none_at_all)] = Field(default_factory=list)

    sale_type_id: int
    name: Text = ""
    deleted: Flag = False


class ReasonItem(Wire):
    """An item of one of the three lists of reasons, superoffice.md 4.3 (seen 2026-11-22)."""

    id: int
    name: Text = ""
    deleted: Flag = False


class CurrencyItem(Wire):
    """An item of the Currency list; its name is usually the ISO code, superoffice.md 4.5."""

    currency_id: int
    name: Text = ""
    deleted: Flag = False


class MdoItem(Wire):
    """An item of a drop-down list service, superoffice.md 4.3."""

    id: int
    name: Text = ""
    tool_tip: Text = ""
    full_name: Text = ""
    extra_info: Text = ""
    deleted: Flag = False


class FieldInfo(Wire):
    """A custom field as GET Sale/CustomField tells it, superoffice.md 4.7."""

    field_name: str
    field_type: Text = ""
    display_name: Text = ""
    is_read_only: Flag = False


class UdefField(Wire):
    """A published custom field definition, superoffice.md 4.7."""

    prog_id: Text = ""
    field_label: Text = ""
    field_type: Text = ""
    mdo_list_name: Text = ""


class Principal(Wire):
    """Answer of User/currentPrincipal, superoffice.md 2.4."""

    associate_id: int
    associate: Text = ""
    user_name: Text = ""
    user_type: Text = ""
    role_name: Text = ""
    database_context_identifier: Text = ""
    function_rights: object = None

    @property
    def is_admin(self) -> bool:
        """A system user may do everything, superoffice.md 2.3; else an administrator's role or right."""
        rights = self.function_rights
        names = rights if isinstance(rights, list | Mapping) else str(rights or "").split(",")
        texts = [self.role_name, *(str(name) for name in names)]
        return self.user_type == "SystemAssociate" or any("admin" in text.casefold() for text in texts)


class BaseZone(Wire):
    """Answer of TimeZone/base; which member holds a tz database name is not documented."""

    name: Text = ""
    tz_location_code: Text = Field(default="", alias="tzlocationcode")
