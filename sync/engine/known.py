"""The stored state that a run starts from, and what it therefore asks of both sides; it reads no CRM."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sync.domain.link import CompanyLink, Link, LinkState
from sync.domain.model import Side, Value
from sync.engine.observe import Ask, Disputes
from sync.engine.pairing import Pairing
from sync.engine.reach import Reach, Scope
from sync.store import companies as company_store
from sync.store import conflicts as conflict_store
from sync.store import cursors as cursor_store
from sync.store import intents as intent_store
from sync.store import links as link_store
from sync.store.conflicts import Conflict


def _is_half(link: Link) -> bool:
    """A record that waits for its partner."""
    return not link.whole and link.state is not LinkState.BURIED


@dataclass(frozen=True, slots=True)
class Known:
    """The stored state a draft starts from."""

    links: tuple[Link, ...]
    companies: tuple[CompanyLink, ...]
    cursors: Mapping[Side, str | None]
    waiting: frozenset[str]
    disputed: Disputes

    def strangers(self, scope: Scope) -> set[Side]:
        """Sides with a named record that has no whole link yet."""
        whole = {(side, link.record_id(side)) for link in self.links if not _is_half(link) for side in Side}
        return {side for side, ids in scope.only.items() if any((side, key) not in whole for key in ids)}

    def asks(self, scope: Scope) -> dict[Side, Ask]:
        """A record never seen before is matched against a fresh look at the other side."""
        if not scope.only:
            full = scope.reach is Reach.ALL
            return {side: Ask(scope.reach, None if full else self.cursors[side]) for side in Side}
        strangers = self.strangers(scope)
        return {
            side: Ask(Reach.OPEN, self.cursors[side])
            if side.other in strangers
            else Ask(Reach.OPEN, named=scope.only.get(side, frozenset()))
            for side in Side
        }


def load_known(pairing: Pairing, scope: Scope) -> Known:
    with pairing.database.read() as connection:
        return Known(
            tuple(link_store.load_links(connection)),
            tuple(company_store.load_company_links(connection)),
            {side: cursor_store.load_cursor(connection, side) for side in Side},
            frozenset(intent.link_id for intent in intent_store.load_intents(connection)),
            _disputes(conflict_store.load_conflicts(connection)) if scope.reach is Reach.OPEN else {},
        )


def _disputes(conflicts: Iterable[Conflict]) -> dict[str, dict[Side, dict[str, Value]]]:
    found: dict[str, dict[Side, dict[str, Value]]] = {}
    for row in conflicts:
        sides = found.setdefault(row.link_id, {side: {} for side in Side})
        sides[Side.LEFT][row.field], sides[Side.RIGHT][row.field] = row.left_value, row.right_value
    return found
