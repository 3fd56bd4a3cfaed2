"""The rules of a pairing as they stand: its mapping resolved against live lists and stored company links."""

from collections.abc import Mapping

from sync.domain.model import Lists, Side
from sync.domain.plan import Rules
from sync.domain.resolve import NOBODY, Images, resolve
from sync.engine.companies import CompanyBook
from sync.engine.pairing import Pairing
from sync.store import companies as company_store


def load_rules(pairing: Pairing, lists: Mapping[Side, Lists], people: Images = NOBODY) -> Rules:
    """`Misconfigured` when the mapping does not fit the lists."""
    with pairing.database.read() as connection:
        book = CompanyBook(tuple(company_store.load_company_links(connection)))
    companies = book.as_companies()
    resolution = resolve(pairing.spec, lists[Side.LEFT], lists[Side.RIGHT], companies, people)
    return Rules(resolution.mapping, pairing.policy)
