"""The REST and agent calls on foreign keys; it must not know how they are kept."""

from __future__ import annotations

from collections.abc import Mapping

from sync.sandbox.superoffice.call import Answer, Call
from sync.sandbox.superoffice.failures import Refusal, bad_argument
from sync.sandbox.superoffice.foreign_keys import ForeignKey
from sync.sandbox.wire import JsonObject, JsonValue

# The same thing is called differently in paths and in the agents' bodies: superoffice.md 8.3.
_NAMES = {
    "application": "ApplicationName",
    "device": "DeviceName",
    "identifier": "DeviceIdentifier",
    "key": "KeyName",
    "table": "TableName",
    "record_id": "RecordId",
}


def put_application(call: Call) -> JsonObject:
    return _application(call, _wanted(call)["application"])


def get_application(call: Call) -> JsonObject | None:
    name = str(_wanted(call)["application"])
    known = any(name.lower() == other.lower() for other in call.store.foreign_keys.applications)
    _check_found(call, known)
    return _application(call, name) if known else None


def put_device(call: Call) -> JsonObject:
    wanted = _wanted(call)
    place = tuple(str(wanted[name]) for name in ("application", "device", "identifier"))
    device_id = call.store.foreign_keys.add_device(*place)
    return {"ForeignDeviceId": device_id, "DeviceName": place[1], "DeviceIdentifier": place[2]}


def save(call: Call) -> JsonObject:
    """The key comes bare in REST and wrapped in an agent's body."""
    body = call.given("ForeignKey") or call.object()
    given = {name.lower(): value for name, value in body.items()}
    wanted, now, actor = _wanted(call), call.store.now(), call.caller.id
    key = ForeignKey(
        id=0,
        application=str(wanted["application"]),
        device=str(wanted["device"]),
        identifier=str(wanted["identifier"]),
        key=str(given.get("key") or ""),
        table=str(given.get("tablename") or "").lower(),
        record_id=int(given.get("recordid") or 0),
        value=str(given.get("value") or ""),
        created_at=now,
        created_by=actor,
        updated_at=now,
        updated_by=actor,
    )
    if not key.table or not key.record_id:
        raise bad_argument("A foreign key needs TableName and RecordId")
    return _shown(call, call.store.foreign_keys.save(key))


def find(call: Call) -> JsonObject | None:
    """By record or by value, whichever the address names."""
    found = _first(call)
    _check_found(call, found)
    return _shown(call, found) if found else None


def value(call: Call) -> str | None:
    found = _first(call)
    _check_found(call, found)
    return found.value if found else None


def delete(call: Call) -> Answer:
    """Record id 0 or no table means every record: superoffice.md 8.3 (seen 2026-11-22)."""
    wanted = _wanted(call)
    everything = not wanted.get("table") or not wanted.get("record_id")
    chosen = {
        key: item for key, item in wanted.items() if not everything or key not in {"table", "record_id"}
    }
    doomed = {key.id for key in call.store.foreign_keys.matching(**chosen)}
    call.store.foreign_keys.remove(lambda key: key.id in doomed)
    return Answer(204)


def listed(call: Call) -> list[JsonObject]:
    wanted = {name: item for name, item in _wanted(call).items() if item}
    return [_shown(call, key) for key in call.store.foreign_keys.matching(**wanted)]


def of_entity(call: Call) -> dict[str, str]:
    table, record_id = str(call.given("EntityType") or ""), call.number("EntityId")
    return keys_of(call, table.lower(), record_id)


def keys_of(call: Call, table: str, record_id: int) -> dict[str, str]:
    """`app.device.key` to value, as ForeignKey and ExtraFields show them: superoffice.md 8.3."""
    found = call.store.foreign_keys.matching(table=table, record_id=record_id)
    return {f"{key.application}.{key.device}.{key.key}": key.value for key in found}


def _wanted(call: Call) -> dict[str, str | int]:
    """What the path, the query and the body name, under our attribute names."""
    found: dict[str, str | int] = {}
    for name, spelling in _NAMES.items():
        given = call.params.get(name) or call.params.get(spelling.lower()) or call.given(spelling)
        if given is not None:
            found[name] = int(given) if name == "record_id" else str(given)
    return found


def _first(call: Call) -> ForeignKey | None:
    wanted = _wanted(call)
    by_value = call.params.get("keyvalue") or call.params.get("value") or call.given("KeyValue")
    if by_value is not None:
        wanted |= {"value": str(by_value)}
    return next(call.store.foreign_keys.matching(**wanted), None)


def _check_found(call: Call, found: object) -> None:
    """What is not there is null with 200, or 404: open, superoffice.md 15.7."""
    if not found and call.store.switches.get("foreign_key_miss") == "404":
        raise Refusal(404)


def _application(call: Call, name: JsonValue) -> JsonObject:
    return {
        "ForeignAppId": call.store.foreign_keys.add_application(str(name)),
        "Name": str(name),
        "Devices": [
            {"ForeignDeviceId": device_id, "DeviceName": place[1], "DeviceIdentifier": place[2]}
            for place, device_id in call.store.foreign_keys.devices.items()
            if place[0].lower() == str(name).lower()
        ],
    }


def _shown(call: Call, key: ForeignKey) -> JsonObject:
    people: Mapping[int, JsonValue] = call.store.associates
    return {
        "Key": key.key,
        "Value": key.value,
        "RecordId": key.record_id,
        "CreatedDate": call.view.zone.instant(key.created_at),
        "UpdatedDate": call.view.zone.instant(key.updated_at),
        "UpdatedBy": people[key.updated_by].login.upper(),
        "CreatedBy": people[key.created_by].login.upper(),
        "TableName": key.table,
        "TableRight": None,
        "FieldProperties": {},
    }
