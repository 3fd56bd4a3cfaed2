"""The promises every CRM adapter keeps; subclass `CrmContract` and give it a `bench` fixture."""

import pytest

from tests.crm.bench import FAR_AHEAD, LONG_AGO, LONG_TEXT, NOWHERE, STAMP, Bench, ids_of, new_values, read
from tests.crm.reading import ReadingPromises
from tests.crm.writing import WritingPromises

__all__ = [
    "FAR_AHEAD",
    "LONG_AGO",
    "LONG_TEXT",
    "NOWHERE",
    "STAMP",
    "Bench",
    "CrmContract",
    "ids_of",
    "new_values",
    "read",
]


class CrmContract(ReadingPromises, WritingPromises):
    """Inherit, override `bench`, and every promise is tested."""

    @pytest.fixture
    def bench(self) -> Bench:
        raise NotImplementedError("each adapter brings its own bench")
