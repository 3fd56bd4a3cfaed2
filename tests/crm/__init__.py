"""Tests of the CRM adapters and of the contract they share."""

import pytest

# Failing promises show the values they compared, although they are not in a test module.
pytest.register_assert_rewrite(
    "tests.crm.bench", "tests.crm.journey", "tests.crm.reading", "tests.crm.writing"
)
