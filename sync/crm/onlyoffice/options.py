"""Settings of one ONLYOFFICE portal as the adapter needs them; it must not read files or the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sync.domain.model import FieldKind

OVERLAP = 5
"""Rows that two pages of a listing share, so that a deletion between them is noticed."""

MAX_PAGE = 1000  # the server clamps `count` to this; onlyoffice.md 3.4 (seen 2026-11-22)
MIN_PAGE = 2


@dataclass(frozen=True, slots=True)
class CustomField:
    """A mapped custom field; `key` is its definition id or its label."""

    key: str
    kind: FieldKind


@dataclass(frozen=True, slots=True)
class OnlyOfficeOptions:
    """`base_url` is the portal's root, with a sub-path if it has one. Fields are named by id or label.

    `stamp_field` "" keeps the stamp as a last line of the description. `company_share_type` is 1 (everybody
    may edit) or 2 (everybody may read); 0 would hide new companies. `json_suffix` False drops ".json" from
    every address, for proxies that do not let it pass.
    """

    base_url: str
    user: str
    password: str = field(repr=False)
    stamp_field: str = ""
    number_field: str = ""
    custom_fields: Mapping[str, CustomField] = field(default_factory=dict)
    default_currency: str = "EUR"
    org_number_field: str = ""
    partner_field: str = ""
    company_share_type: int = 2
    page_size: int = 1000
    json_suffix: bool = True

    @property
    def api_url(self) -> str:
        # onlyoffice.md 1 (seen 2026-11-22)
        return f"{self.base_url.rstrip('/')}/api/2.0/"

    @property
    def rows_a_page(self) -> int:
        return max(MIN_PAGE, min(self.page_size, MAX_PAGE))
