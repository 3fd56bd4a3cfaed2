"""SuperOfficeCrm keeps the promises of the port against a double of the vendor's REST API."""

from collections.abc import Iterator

import pytest

from tests.crm.contract import CrmContract
from tests.crm.superoffice_bench import RespxBench, a_bench


class TestContract(CrmContract):
    """All promises of the port, with the stamp in a custom field."""

    @pytest.fixture
    def bench(self) -> Iterator[RespxBench]:
        with a_bench() as bench:
            yield bench


class TestContractWithNumber(CrmContract):
    """The same where the Number field carries the stamp, dates shift and time filters see days only."""

    @pytest.fixture
    def bench(self) -> Iterator[RespxBench]:
        with a_bench(stamp_field="", custom_fields={}, overlap_s=0) as bench:
            bench.server.shifts_sale_dates = True
            bench.server.after_time_is_exact = False
            yield bench
