"""Re-reading both sides completely and comparing them across; it writes nothing, the state included."""

from concurrent.futures import ThreadPoolExecutor

from sync.domain.audit import Finding, audit
from sync.domain.model import Side
from sync.domain.resolve import resolve
from sync.engine.companies import CompanyBook
from sync.engine.draft import fetch_lists
from sync.engine.known import load_known
from sync.engine.observe import look_at_both
from sync.engine.pairing import Pairing
from sync.engine.people import match_needed
from sync.engine.reach import EVERYTHING
from sync.engine.run import worker_pool


def audit_pairing(pairing: Pairing) -> tuple[Finding, ...]:
    """Every finding; the list of what a person should look at."""
    with worker_pool(pairing) as pool:
        return _audit(pairing, pool)


def _audit(pairing: Pairing, pool: ThreadPoolExecutor) -> tuple[Finding, ...]:
    lists = fetch_lists(pairing, pool)
    known = load_known(pairing, EVERYTHING)
    looks = look_at_both(pairing, known.asks(EVERYTHING), lists, pool)
    book = CompanyBook(known.companies)
    shown = {side: looks[side].records for side in Side}
    records = [record for side in Side for record in shown[side].values()]
    people = match_needed(pairing, book, records, pool)
    mapping = resolve(pairing.spec, lists[Side.LEFT], lists[Side.RIGHT], book.as_companies(), people).mapping
    return audit(known.links, shown, mapping)
