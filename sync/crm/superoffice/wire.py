"""Shapes of SuperOffice's JSON as far as the product reads them; converts nothing to neutral values."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from sync.crm.superoffice.bracket import content_of


def _folded(data: object) -> object:
    """Property names in one case: the vendor's own samples mix both, superoffice.md 10 (seen 2026-11-22)."""
    return {str(key).casefold(): value for key, value in data.items()} if isinstance(data, Mapping) else data


def _key(name: str) -> str:
    return name.replace("_", "")


def _zero(value: object) -> object:
    """Numbers may come in brackets, as from the archive agent: superoffice.md 6.1 (seen 2026-11-22)."""
    content = _unbracketed(value)
    return 0 if content in (None, "") else content


def _unbracketed(value: object) -> object:
    return content_of(value) if isinstance(value, str) else value


def _empty(value: object) -> object:
    return "" if value is None else value


def _nothing(value: object) -> object:
    """An empty reference is null or an object with id 0: superoffice.md 10 (seen 2026-11-22)."""
    return {} if value is None else value


def none_at_all(value: object) -> object:
    return [] if value is None else value


def _texts(value: object) -> object:
    if not isinstance(value, Mapping):
        return {} if value is None else value
    return {str(key): "" if item is None else str(item) for key, item in value.items()}


Id = Annotated[int, BeforeValidator(_unbracketed)]
Number = Annotated[int, BeforeValidator(_zero)]
Amount = Annotated[Decimal, BeforeValidator(_zero)]
Text = Annotated[str, BeforeValidator(_empty)]
Texts = Annotated[dict[str, str], BeforeValidator(_texts)]
Flag = Annotated[bool, BeforeValidator(_zero)]


class Wire(BaseModel):
    """Lenient about what the sheets call lenient: absent, null, casing, and members we do not know."""

    model_config = ConfigDict(
        extra="ignore", frozen=True, alias_generator=_key, coerce_numbers_to_str=True, protected_namespaces=()
    )

    @model_validator(mode="before")
    @classmethod
    def fold(cls, data: object) -> object:
        return _folded(data)


class ItemRef(Wire):
    """Reference to a list item."""

    id: Number = 0


class AssociateRef(Wire):
    """Reference to a user."""

    associate_id: Number = 0
    name: Text = ""


class ContactRef(Wire):
    """Reference to a company."""

    contact_id: Number = 0


class PersonRef(Wire):
    """Reference to a person."""

    person_id: Number = 0


class TableRight(Wire):
    """What the caller may do with a record."""

    mask: Text = ""


ItemLink = Annotated[ItemRef, BeforeValidator(_nothing)]


class Sale(Wire):
    """SaleEntity, superoffice.md 3.5 and 3.6 (seen 2026-11-22)."""

    sale_id: int
    status: str
    heading: Text = ""
    sale_text: Text = ""
    amount: Amount = Decimal(0)
    earning_percent: Amount = Decimal(0)
    currency: ItemLink = ItemRef()
    rating: ItemLink = ItemRef()
    probability: Number = 0
    saledate: Text = ""
    number: Text = ""
    associate: Annotated[AssociateRef, BeforeValidator(_nothing)] = AssociateRef()
    contact: Annotated[ContactRef, BeforeValidator(_nothing)] = ContactRef()
    person: Annotated[PersonRef, BeforeValidator(_nothing)] = PersonRef()
    created_date: Text = ""
    updated_date: Text = ""
    custom_fields: Texts = Field(default_factory=dict)
    user_defined_fields: Texts = Field(default_factory=dict)
    table_right: Annotated[TableRight, BeforeValidator(_nothing)] = TableRight()


class SaleRow(Wire):
    """A row of the FindSale archive, superoffice.md 6.4; custom columns stay in the raw row."""

    sale_id: Id
    sale_status: str
    heading: Text = ""
    description: Text = ""
    amount: Amount = Decimal(0)
    currency_id: Number = 0
    prob_percent: Number = 0
    stage_id: Number = 0
    date: Text = ""
    sale_number: Text = ""
    associate_id: Text = ""
    contact: Number = Field(default=0, alias="contact/contactid")
    person: Number = Field(default=0, alias="person/personid")
    updated_date: Text = ""
    registered_date: Text = ""
    has_quote: Flag = False


class FlatSale(Wire):
    """The simple carrier of a sale; only its id is used, the rest lacks stage and custom fields."""

    sale_id: int


class SummarySale(Wire):
    """A line of the contact summary, superoffice.md 3.5 (seen 2026-11-22)."""

    sale_id: int
    sale_date: Text = ""
    heading: Text = ""
    amount: Amount = Decimal(0)
    currency: Text = ""
    status: Text = ""


class FlatContact(Wire):
    """The simple carrier of a company."""

    contact_id: Number = 0
    name: Text = ""
    department: Text = ""
    org_nr: Text = ""
    city: Text = ""


class Summary(Wire):
    """Answer of GetContactSummary; its company may be null although it has sales (the vendor's sample)."""

    contact: FlatContact | None = None
    sales: Annotated[list[SummarySale], BeforeValidator(none_at_all)] = Field(default_factory=list)


class ContactRow(Wire):
    """A row of the archive of companies, superoffice.md 5 (seen 2026-11-22)."""

    contact_id: Id
    name: Text = ""
    department: Text = ""
    orgnr: Text = ""
    contact_deleted: Flag = False


class CityPart(Wire):
    """The part of an address that matching can use."""

    city: Text = ""


class Address(Wire):
    """A company's address; visiting and postal parts, each with a city."""

    street: CityPart | None = None
    postal: CityPart | None = None

    @property
    def town(self) -> str:
        return next((part.city for part in (self.street, self.postal) if part and part.city), "")


class Contact(Wire):
    """ContactEntity."""

    address: Address | None = None

    contact_id: int
    name: Text = ""
    department: Text = ""
    org_nr: Text = ""
    deleted: Flag = False


class PersonLine(Wire):
    """A person as an archive row or as a company's entity tells it; no sheet fixes the names of the parts."""

    person_id: Id
    full_name: Text = ""
    first_name: Text = ""
    last_name: Text = ""
    email: Text = ""
    email_address: Text = Field(default="", alias="email/emailaddress")
    deleted: Flag = False

    @property
    def name(self) -> str:
        return self.full_name or f"{self.first_name} {self.last_name}".strip()
