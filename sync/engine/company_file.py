"""Company links from a CSV file: everything is checked first, then all of it is stored, or nothing."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sync.domain.link import CompanyLink
from sync.domain.model import Company, Side
from sync.engine.bonding import store_links
from sync.engine.companies import read_companies
from sync.engine.pairing import Pairing
from sync.engine.turn import changing
from sync.errors import Misconfigured
from sync.store import companies as store

COLUMNS = ("superoffice_id", "onlyoffice_id")
IMPORT = "import"
"""Tier of a company link that came from a file."""


@dataclass(frozen=True, slots=True)
class Row:
    """One pair of the file; `line` as an editor counts."""

    line: int
    left_id: str
    right_id: str

    def company_id(self, side: Side) -> str:
        return self.left_id if side is Side.LEFT else self.right_id


@dataclass(frozen=True, slots=True)
class Imported:
    """`unchanged` pairs were linked before; `woken` records had waited for one of the companies."""

    linked: int
    unchanged: int
    woken: int


def import_companies(pairing: Pairing, path: Path) -> Imported:
    """`Misconfigured` names every problem of the file with its line; nothing is stored then."""
    rows = read_rows(path)
    companies = {side: read_companies(pairing, side) for side in Side}
    problems = [*_doubles(rows), *_unknown(rows, companies)]
    with changing(pairing) as connection:
        known = [link for link in store.load_company_links(connection) if link.whole]
        problems += _taken(rows, known)
        if problems:
            raise Misconfigured(sorted(problems, key=_line_of))
        linked = {(link.left_id, link.right_id) for link in known}
        fresh = [_link(row, companies) for row in rows if (row.left_id, row.right_id) not in linked]
        woken = store_links(pairing, connection, fresh)
    return Imported(len(fresh), len(rows) - len(fresh), woken)


def read_rows(path: Path) -> list[Row]:
    """The pairs of a UTF-8 file with a header; `Misconfigured` for what is no pair of ids."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured([f"{path} cannot be read as UTF-8 text: {error}"]) from error
    lines = text.splitlines()
    delimiter = ";" if lines and ";" in lines[0] else ","
    reader = csv.DictReader(lines, delimiter=delimiter, skipinitialspace=True)
    if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
        raise Misconfigured([f"line 1: no column {', '.join(missing)}: the header is {','.join(COLUMNS)}"])
    rows = [Row(reader.line_num, *((line[name] or "").strip() for name in COLUMNS)) for line in reader]
    if problems := [
        _bad_id(row) for row in rows if not (row.left_id.isdecimal() and row.right_id.isdecimal())
    ]:
        raise Misconfigured(problems)
    return rows


def _bad_id(row: Row) -> str:
    found = f"{row.left_id or '(empty)'}, {row.right_id or '(empty)'}"
    return f"line {row.line}: both ids must be whole numbers, found {found}"


def _doubles(rows: Iterable[Row]) -> list[str]:
    problems: list[str] = []
    first: dict[tuple[Side, str], int] = {}
    for row in rows:
        for side in Side:
            line = first.setdefault((side, row.company_id(side)), row.line)
            if line != row.line:
                named = f"{side.label} {row.company_id(side)}"
                problems.append(f"line {row.line}: {named} is already in line {line}")
    return problems


def _unknown(rows: Iterable[Row], companies: dict[Side, dict[str, Company]]) -> list[str]:
    return [
        f"line {row.line}: {side.label} has no company {row.company_id(side)}, or does not show it to us"
        for row in rows
        for side in Side
        if row.company_id(side) not in companies[side]
    ]


def _taken(rows: Iterable[Row], known: Sequence[CompanyLink]) -> list[str]:
    """Companies that are linked already, to another one than the file says."""
    holders = {(side, link.record_id(side)): link for link in known for side in Side}
    problems: list[str] = []
    for row in rows:
        for side in Side:
            link = holders.get((side, row.company_id(side)))
            if link is not None and link.record_id(side.other) != row.company_id(side.other):
                bond = f"{side.label} {row.company_id(side)} is linked to {link.record_id(side.other)}"
                problems.append(f"line {row.line}: {bond} (`opsync contacts unlink {link.id[:8]}` first)")
    return problems


def _link(row: Row, companies: dict[Side, dict[str, Company]]) -> CompanyLink:
    name = companies[Side.LEFT][row.left_id].name
    return CompanyLink(uuid4().hex, row.left_id, row.right_id, name, IMPORT)


def _line_of(problem: str) -> int:
    return int(problem.removeprefix("line ").partition(":")[0])
