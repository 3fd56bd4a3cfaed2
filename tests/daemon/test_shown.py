"""What the documentation shows of the service is what the service shows."""

import pytest

from tests.daemon.shown import PAGE, masked, page


def test_the_page_is_what_the_service_prints() -> None:
    """Whoever changes a word of `opsync status`, a panel or an alert runs `make docs`."""
    shown = page()

    assert masked(PAGE.read_text(encoding="utf-8")) == masked(shown)
    assert shown.count("side_down:onlyoffice") == 2
    assert "none |" not in shown


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("run 7c6d870e, 2026-11-22 13:16:41, 0.25 s", "run #, #-#-# #, # s"),
        ("in_sync 24; parked 0", "in_sync #; parked #"),
        ("Lease:    free", "Lease:    free"),
    ],
)
def test_only_numbers_and_ids_are_masked(text: str, left: str) -> None:
    """Words stay, so that another word is seen."""
    assert masked(text) == left
