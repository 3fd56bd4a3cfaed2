"""Contact persons: matched within their linked companies, for the records that need it in this run."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from sync.domain.match import match_people
from sync.domain.model import COMPANY, PERSON, Record, Side, Unreadable
from sync.domain.policy import Direction
from sync.domain.resolve import NOBODY, Images
from sync.engine.companies import CompanyBook
from sync.engine.pairing import Pairing


def match_needed(
    pairing: Pairing, book: CompanyBook, records: Iterable[Record | Unreadable], pool: ThreadPoolExecutor
) -> Images:
    """Partners of the contact persons that these records name; reads only their companies, and nothing at all
    where the mapping leaves persons alone."""
    if pairing.spec.rule(PERSON).direction is Direction.OFF:
        return NOBODY
    named = {
        (record.side, str(record.values[COMPANY]))
        for record in records
        if isinstance(record, Record) and record.values.get(PERSON) and record.values.get(COMPANY)
    }
    needed = [
        (link.left_id, link.right_id)
        for link in book.current
        if link.left_id and link.right_id and named & {(Side.LEFT, link.left_id), (Side.RIGHT, link.right_id)}
    ]
    images: dict[Side, dict[str, str]] = {side: {} for side in Side}
    for pairs in pool.map(lambda company: _match(pairing, *company), needed):
        for left_id, right_id in pairs:
            images[Side.RIGHT][left_id] = right_id
            images[Side.LEFT][right_id] = left_id
    return images


def _match(pairing: Pairing, left_company: str, right_company: str) -> list[tuple[str, str]]:
    left = pairing.crms[Side.LEFT].fetch_persons(left_company)
    right = pairing.crms[Side.RIGHT].fetch_persons(right_company)
    return [(pair.left_id, pair.right_id) for pair in match_people(left, right).pairs]
