"""`opsync check` tells what is wrong with whom, and its exit code says what kind of help is needed."""

import json
import socket

import pytest

from tests.cli.conftest import Opsync, Playground


def marks(output: str) -> dict[str, set[str]]:
    """{where: marks}."""
    found: dict[str, set[str]] = {}
    for row in json.loads(output)["findings"]:
        found.setdefault(row["where"], set()).add(row["mark"])
    return found


def texts(output: str) -> str:
    return "\n".join(row["what"] for row in json.loads(output)["findings"])


def test_a_sound_installation_passes(opsync: Opsync, playground: Playground) -> None:
    """With remarks, but without anything broken; nothing is written, not even the state database."""
    shown = opsync("-c", playground.config, "check")
    told = opsync("-c", playground.config, "check", "--json")

    assert (shown.exit_code, told.exit_code) == (0, 0)
    assert "✗" not in shown.stdout
    assert json.loads(told.stdout)["ok"] is True
    assert marks(told.stdout)["SuperOffice"] == {"fine"}
    assert marks(told.stdout)["mapping"] == {"fine", "odd"}
    assert not playground.config.with_suffix(".db").exists()


def test_each_side_is_checked_although_the_other_is_down(opsync: Opsync, playground: Playground) -> None:
    """Exit code 1: the configuration may be right."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        result = opsync(
            "-c",
            playground.config,
            "check",
            "--json",
            OPSYNC_SUPEROFFICE__BASE_URL=f"http://127.0.0.1:{taken.getsockname()[1]}",
            OPSYNC_BUDGET__SUPEROFFICE__ATTEMPTS="1",
        )

    assert result.exit_code == 1
    assert marks(result.stdout)["SuperOffice"] == {"broken"}
    assert marks(result.stdout)["ONLYOFFICE"] == {"fine"}
    assert "cannot connect" in texts(result.stdout)


def test_a_wrong_password_is_told_and_never_shown(opsync: Opsync, playground: Playground) -> None:
    """Neither the refused one nor the right one."""
    result = opsync("-c", playground.config, "check", OPSYNC_SUPEROFFICE__PASSWORD="open-sesame")

    assert result.exit_code == 1
    assert "✗  SuperOffice" in result.stdout
    assert "open-sesame" not in result.output
    assert playground.password not in result.output


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"OPSYNC_ONLYOFFICE__STAMP_FIELD": "Nope"}, "onlyoffice.stamp_field: no field 'Nope'"),
        ({"OPSYNC_SUPEROFFICE__STAMP_FIELD": "SuperOffice:3"}, "is a number field, wanted is text"),
        ({"OPSYNC_ONLYOFFICE__PARTNER_FIELD": "Nope"}, "no company custom fields named 'Nope'"),
        ({"OPSYNC_MAPPING__OWNERS__DEFAULT_ONLYOFFICE": "nobody"}, "ONLYOFFICE has no user 'nobody'"),
    ],
)
def test_a_configuration_that_does_not_fit_is_told(
    opsync: Opsync, playground: Playground, environ: dict[str, str], said: str
) -> None:
    """Exit code 2: no waiting will help."""
    result = opsync("-c", playground.config, "check", "--json", **environ)

    assert result.exit_code == 2
    assert said in texts(result.stdout)


def test_a_stage_without_image_is_told_by_name(opsync: Opsync, playground: Playground) -> None:
    """The mapping must be total before the first run."""
    text = playground.config.read_text().replace(
        'rating = "Lead"\nstage = "Initial contact"', 'rating = "Lead"\n'
    )
    text = text.replace(
        'status = "open"\nrating = "Lead"\n\n', 'status = "open"\nrating = "Lead"\nstage = "X"\n'
    )
    config = playground.config.with_name("partial.toml")
    config.write_text(text)
    result = opsync("-c", config, "check", "--json")

    assert result.exit_code == 2
    assert "no such stage in the row open/Lead ↔ X" in texts(result.stdout)


def test_the_clocks_are_compared_on_both_sides(opsync: Opsync, playground: Playground) -> None:
    """By what the servers' answers say."""
    told = opsync("-c", playground.config, "check", "--quick", "--json")

    assert texts(told.stdout).splitlines().count("the clocks agree") == 2


def test_everything_is_read_unless_it_must_be_quick(opsync: Opsync, playground: Playground) -> None:
    """The whole listing proves its pages, the quick look only the right to read; progress is no result."""
    whole = opsync("-c", playground.config, "check", "--json")
    quick = opsync("-c", playground.config, "check", "--quick", "--json")

    assert texts(whole.stdout).count("all pages complete") == 2
    assert "SuperOffice sales: " in whole.stderr
    assert "all pages complete" not in texts(quick.stdout)
    assert texts(quick.stdout).count("records and companies can be read") == 2


def test_a_plain_account_is_told_what_it_costs(opsync: Opsync, playground: Playground) -> None:
    """It may read its own part, so nothing that is missing counts as deleted."""
    result = opsync("-c", playground.config, "check", "--json", OPSYNC_ONLYOFFICE__USER="anna@example.com")

    assert result.exit_code == 0
    assert "no administrator" in texts(result.stdout)
    assert "deletions are switched off" in texts(result.stdout)
