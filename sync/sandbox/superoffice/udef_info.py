"""What the metadata calls tell about user-defined fields; it must not touch their values."""

from __future__ import annotations

from sync.sandbox.superoffice.udef import Field
from sync.sandbox.wire import JsonObject


def as_published(field: Field) -> JsonObject:
    return {
        "UDefFieldId": 100 + field.number,
        "ProgId": field.prog_id,
        "FieldLabel": field.label,
        "FieldType": field.kind,
        "TextLength": field.length,
        "IsIndexed": field.kind == "ShortText",
        "IsMandatory": False,
        "IsReadOnly": False,
        "MdoListName": field.mdo_list,
        "UDListDefinitionId": field.number if field.mdo_list else 0,
    }


def as_info(field: Field) -> JsonObject:
    return {
        "FieldType": field.info_type,
        "FieldName": field.prog_id,
        "DisplayName": field.label,
        "Description": "",
        "ShortLabel": field.label,
        "HideLabel": False,
        "HideField": False,
        "IsIndexed": field.kind == "ShortText",
        "IsMandatory": False,
        "IsReadOnly": False,
        "IsExternal": False,
        "IsDisplayField": False,
        "Rank": field.number,
        "TemplateVariableName": "",
    }
