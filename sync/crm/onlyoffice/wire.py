"""What the portal sends, as lenient about casing and left-out members as it is; values stay as sent."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from sync.domain.model import Side
from sync.errors import WrongShape


def _alias(name: str) -> str:
    return name.replace("_", "")


class Wire(BaseModel):
    """An object with its keys folded to lower case; absent, null and the type's default are one thing."""

    # The server sends camelCase and leaves defaults out, its documentation shows PascalCase.
    # onlyoffice.md 3.2, 3.3; seed 002 (seen 2026-11-22)
    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=_alias)

    @model_validator(mode="before")
    @classmethod
    def _fold(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {str(key).lower(): value for key, value in data.items() if value is not None}


Guid = Annotated[str, Field(min_length=36, max_length=36), AfterValidator(str.lower)]
Id = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Person(Wire):
    id: Guid
    display_name: str = ""


class FieldValue(Wire):
    """A custom field: its definition (value blank) or its value on one record."""

    id: int
    label: str = ""
    field_value: str = ""
    field_type: int = 0
    mask: str = ""


class Address(Wire):
    city: str = ""


class Info(Wire):
    """A phone number, e-mail or web address of a contact; `info_type` 1 is e-mail."""

    # onlyoffice-opportunity-fields.json contactInfo, onlyoffice-enums.json (seen 2026-11-22)
    info_type: int = 0
    data: str = ""
    is_primary: bool = False


class Contact(Wire):
    """A company or a person; lists inside it come only with the contact's own calls."""

    id: Id
    display_name: str = ""
    is_company: bool = False
    addresses: tuple[Address, ...] = ()
    common_data: tuple[Info, ...] = ()
    custom_fields: tuple[FieldValue, ...] = ()


class Currency(Wire):
    abbreviation: str


class Stage(Wire):
    """`stage_type` 0 open, 1 won, 2 lost."""

    id: Id
    title: str = ""
    stage_type: int = 0
    success_probability: int = 0


class Opportunity(Wire):
    """Members that are always sent have no default: without them the content cannot be trusted."""

    # onlyoffice.md 5.1 (seen 2026-11-22)
    id: Id
    created: str
    title: str
    description: str = ""
    responsible: Person
    stage: Stage
    bid_type: int = 0
    bid_value: Decimal = Decimal(0)
    bid_currency: Currency | None = None
    per_period_value: int = 0
    success_probability: int = 0
    actual_close_date: str
    expected_close_date: str
    contact: Contact | None = None
    members: tuple[Contact, ...] = ()
    is_private: bool
    access_list: tuple[Person, ...] = ()
    custom_fields: tuple[FieldValue, ...] = ()


class FullPerson(Person):
    """`status` 1 is active, 2 disabled; `email` only where the caller may see it."""

    # onlyoffice.md 6.3 (seen 2026-11-22)
    user_name: str = ""
    email: str | None = None
    status: int = 1
    is_visitor: bool = False
    is_admin: bool = False
    is_owner: bool = False
    list_admin_modules: tuple[str, ...] = ()


class Build(Wire):
    community_server: str


class PortalSettings(Wire):
    """`utc_offset` is the portal's difference to UTC right now."""

    # onlyoffice.md 5.6 "Portal zone" (seen 2026-11-22)
    utc_offset: str


class Login(Wire):
    """A null token asks for a second factor, by text message or by app."""

    token: str = ""
    sms: bool = False
    tfa: bool = False


class Failure(Wire):
    """The error member of an answer."""

    message: str = ""

    @classmethod
    def of(cls, body: object) -> str | None:
        """The vendor's message, None when the body is not the portal's error envelope."""
        # onlyoffice.md 3.6 (seen 2026-11-22)
        try:
            return _FailedEnvelope.model_validate(body).error.message
        except ValidationError:
            return None


class _FailedEnvelope(Wire):
    error: Failure


class Envelope(Wire):
    """The frame of every successful answer; `response` is checked by whoever reads it."""

    # onlyoffice.md 3.1 (seen 2026-11-22)
    status: int = 0
    total: int | None = None
    next_index: int | None = None
    response: Any


AnyWire = TypeVar("AnyWire", bound=Wire)


def envelope_of(body: object, route: str) -> Envelope:
    """`WrongShape` also for an error that travels in an answer called successful: it proves nothing."""
    if Failure.of(body) is not None:
        raise wrong_shape(
            route, "a response or an error status, not both at once (is there a proxy between?)"
        )
    try:
        return Envelope.model_validate(body)
    except ValidationError as error:
        raise wrong_shape(route, "a portal answer with a response") from error


def content_of(kind: type[AnyWire], body: object) -> AnyWire | None:
    """The one object of an answer; None when it is not what the portal gives."""
    try:
        return kind.model_validate(Envelope.model_validate(body).response)
    except ValidationError:
        return None


def rows_of(envelope: Envelope, route: str) -> list[Mapping[str, Any]]:
    rows = envelope.response
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise wrong_shape(route, "a list of objects")
    return rows


def id_of(row: Mapping[str, Any], route: str) -> int:
    """The id of a row whose other content may be unreadable."""
    found = next((value for key, value in row.items() if key.lower() == "id"), None)
    if type(found) is not int or found < 1:
        raise wrong_shape(route, "a whole number as id of every row")
    return found


def wrong_shape(route: str, expected: str) -> WrongShape:
    return WrongShape(f"{Side.RIGHT.label} GET {route}: expected {expected}, got something else")


def why_unreadable(error: ValidationError) -> str:
    """Which members are wrong and how, without their values."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in found)
