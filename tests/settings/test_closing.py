"""How sales are closed, and through which family of calls, reaches the adapter as it was written."""

from pathlib import Path

import pytest

from sync import wiring
from sync.crm.superoffice.options import Closing
from sync.errors import Misconfigured
from sync.settings import load_settings
from tests.settings.build import MINIMAL, a_config


def with_lines(*lines: str) -> str:
    return MINIMAL.replace("[superoffice]\n", "[superoffice]\n" + "".join(f"{line}\n" for line in lines))


def test_nothing_goes_along_by_default(tmp_path: Path) -> None:
    """No reason, no tick, and whatever family answers."""
    options = wiring.superoffice_options(load_settings(a_config(tmp_path), {}).settings)

    assert not any(options.closing.reasons.values())
    assert (options.closing.completed, options.api) == (False, "auto")


def test_each_reason_goes_to_its_list(tmp_path: Path) -> None:
    """The vendor's list of reasons for lost sales is the one without a status in its name."""
    lines = ('reason_sold = "Price"', 'reason_lost = "3"', "completed_when_closed = true", 'api = "agents"')
    settings = load_settings(a_config(tmp_path, text=with_lines(*lines)), {}).settings
    options = wiring.superoffice_options(settings)

    assert options.closing == Closing({"ReasonSold": "Price", "Reason": "3", "ReasonStalled": ""}, True)
    assert options.api == "agents"


def test_another_family_is_a_mistake(tmp_path: Path) -> None:
    """Only the families that exist can be named."""
    with pytest.raises(Misconfigured, match=r"superoffice\.api"):
        load_settings(a_config(tmp_path, text=with_lines('api = "soap"')), {})
