"""Company links made by a person, one by one, by matching and from a file."""

from pathlib import Path

import pytest

from sync.domain.link import LinkState
from sync.domain.model import Company, Side
from sync.engine import bonding, by_hand
from sync.engine.company_file import import_companies
from sync.engine.pairing import Options
from sync.errors import Misconfigured, RecordTrouble
from sync.store import companies as company_store
from tests.engine.world import World


def test_linking_a_company_wakes_the_sales_that_waited(world: World) -> None:
    """Excluded for want of a company, linked by hand, created by the next delta run."""
    world.with_(options=Options(workers=2))
    sale_id = world.a_sale(company="502")
    world.sync()
    assert world.link_of(Side.LEFT, sale_id).state is LinkState.EXCLUDED

    link, woken = bonding.link_companies(world.pairing, "502", "62")
    report = world.sync()

    assert (link.tier, woken) == ("hand", 1)
    assert report.writes == {"created right": 1}
    assert next(iter(world.right.records.values())).values["company"] == "62"


def test_linking_wakes_the_sale_that_moved_to_the_company(world: World) -> None:
    """A linked sale was parked because its new company had no partner; the next sync carries it over."""
    world.with_(options=Options(workers=2))
    sale_id = world.a_sale()
    world.sync()
    world.left.user_edits(sale_id, company="502")
    world.sync()
    assert world.link_of(Side.LEFT, sale_id).state is LinkState.PARKED

    _link, woken = bonding.link_companies(world.pairing, "502", "62")
    report = world.sync()

    assert (woken, report.writes) == (1, {"updated right": 1})
    assert next(iter(world.right.records.values())).values["company"] == "62"


def test_linking_wakes_nobody_else(world: World) -> None:
    """Neither a sale of another company nor one that a person excluded."""
    world.with_(options=Options(workers=2))
    for company in (Company(Side.LEFT, "503", "Third AS"), Company(Side.RIGHT, "502", "Same number")):
        {Side.LEFT: world.left, Side.RIGHT: world.right}[company.side].add_company(company)
    elsewhere, excluded = world.a_sale(company="503"), world.a_sale(company="502", title="Excluded")
    over_there = world.an_opportunity(company="502", title="Over there")
    world.sync()
    by_hand.exclude(world.pairing, f"superoffice:{excluded}", "not ours")
    before = world.links()

    _link, woken = bonding.link_companies(world.pairing, "502", "62")

    assert woken == 0
    assert world.links() == before
    assert world.link_of(Side.LEFT, elsewhere).state is LinkState.EXCLUDED
    assert world.link_of(Side.RIGHT, over_there).state is LinkState.EXCLUDED


def test_linking_refuses_the_linked_and_the_absent(world: World) -> None:
    """One company has one twin."""
    bonding.link_companies(world.pairing, "501", "61")

    with pytest.raises(RecordTrouble, match="already linked"):
        bonding.link_companies(world.pairing, "501", "62")
    with pytest.raises(RecordTrouble, match="ONLYOFFICE has no company 999"):
        bonding.link_companies(world.pairing, "502", "999")


def test_matching_stores_what_is_certain_and_shows_the_rest(world: World) -> None:
    """Equal names are linked; two alike are left to a person; a second match changes nothing."""
    twins = [Company(Side.RIGHT, "63", "Twin AS"), Company(Side.RIGHT, "64", "Twin AS")]
    world.right._companies |= {company.id: company for company in twins}
    world.left._companies["503"] = Company(Side.LEFT, "503", "Twin AS")

    found = bonding.match(world.pairing)
    again = bonding.match(world.pairing)

    assert [(link.left_id, link.right_id, link.tier) for link in found.linked] == [("501", "61", "name")]
    assert {link.left_id or link.right_id for link in found.ambiguous} == {"503", "63", "64"}
    assert {side: [company.id for company in found.alone[side]] for side in Side} == {
        Side.LEFT: ["502"],
        Side.RIGHT: ["62"],
    }
    assert again.linked == ()
    assert {link.id for link in again.ambiguous} == {link.id for link in found.ambiguous}


def test_matching_takes_up_a_company_whose_partner_is_gone(world: World) -> None:
    """Merged into another one: the survivor is linked, as it would be by the next sync."""
    bonding.match(world.pairing)
    world.left.drop_company("501")
    world.left.add_company(Company(Side.LEFT, "777", "Fjord Marine AS"))

    found = bonding.match(world.pairing)

    assert [(link.left_id, link.right_id) for link in found.linked] == [("777", "61")]
    with world.database.read() as connection:
        assert company_store.load_company_links(connection) == list(found.linked)


def test_a_company_whose_partner_is_gone_is_alone(world: World) -> None:
    """Nothing is alike over there any more; it waits and is not ambiguous."""
    bonding.match(world.pairing)
    world.left.drop_company("501")

    found = bonding.match(world.pairing)

    assert (found.linked, found.ambiguous) == ((), ())
    assert [company.id for company in found.alone[Side.RIGHT]] == ["61", "62"]
    with world.database.read() as connection:
        (half,) = company_store.load_company_links(connection)
    assert (half.left_id, half.right_id, bonding.state_of(half)) == (None, "61", "waiting")


def test_an_unlinked_company_is_not_matched_again(world: World) -> None:
    """A person took the link apart; the same evidence does not bring it back."""
    bonding.match(world.pairing)

    bonding.unlink_company(world.pairing, "superoffice:501")
    found = bonding.match(world.pairing)

    assert found.linked == ()
    with world.database.read() as connection:
        half = company_store.find_company_link(connection, Side.LEFT, "501")
    assert half is not None
    assert bonding.state_of(half) == "ambiguous"
    bonding.link_companies(world.pairing, "501", "62")


def a_file(folder: Path, *lines: str) -> Path:
    path = folder / "pairs.csv"
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    return path


@pytest.mark.parametrize("mark", [",", ";"])
def test_a_file_links_companies(world: World, tmp_path: Path, mark: str) -> None:
    """Both spreadsheet dialects work, and a second import of the same file changes nothing."""
    path = a_file(tmp_path, mark.join(("superoffice_id", "onlyoffice_id")), f"502{mark}62", f"501{mark} 61")

    first, second = import_companies(world.pairing, path), import_companies(world.pairing, path)

    assert (first.linked, first.unchanged) == (2, 0)
    assert (second.linked, second.unchanged) == (0, 2)


def test_one_bad_line_and_nothing_is_imported(world: World, tmp_path: Path) -> None:
    """All problems at once, each with its line; the good line is not stored either."""
    bonding.link_companies(world.pairing, "502", "62")
    path = a_file(tmp_path, "superoffice_id,onlyoffice_id", "501,61", "501,62", "777,61")

    with pytest.raises(Misconfigured) as caught:
        import_companies(world.pairing, path)

    problems = caught.value.problems
    assert problems[0] == "line 3: SuperOffice 501 is already in line 2"
    assert any(line.startswith("line 3: ONLYOFFICE 62 is linked to 502") for line in problems)
    assert "line 4: SuperOffice has no company 777, or does not show it to us" in problems
    assert "line 4: ONLYOFFICE 61 is already in line 2" in problems
    with world.database.read() as connection:
        assert len(company_store.load_company_links(connection)) == 1


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["a,b", "1,2"], "line 1: no column superoffice_id, onlyoffice_id"),
        (["superoffice_id,onlyoffice_id", "one,2"], "line 2: both ids must be whole numbers, found one, 2"),
        (["superoffice_id,onlyoffice_id", "1"], "line 2: both ids must be whole numbers, found 1, (empty)"),
        ([""], "line 1: no column"),
    ],
)
def test_a_file_of_another_shape_is_refused(
    world: World, tmp_path: Path, lines: list[str], problem: str
) -> None:
    """The line says what is expected."""
    with pytest.raises(Misconfigured, match=problem.replace("(", r"\(").replace(")", r"\)")):
        import_companies(world.pairing, a_file(tmp_path, *lines))
