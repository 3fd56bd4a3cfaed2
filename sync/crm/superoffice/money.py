"""What else than an amount decides the money of a sale: its quote and its share of profit."""

from decimal import Decimal

from sync.crm.superoffice.api import Api


class Money:
    """What listings, sales and the server told so far, by sale id: superoffice.md 4.5 (seen 2026-11-22)."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._quoted: dict[int, bool] = {}
        self._percents: dict[int, Decimal] = {}

    def learn(self, sale_id: int, *, quoted: bool | None = None, percent: Decimal | None = None) -> None:
        if quoted is not None:
            self._quoted[sale_id] = quoted
        if percent is not None:
            self._percents[sale_id] = percent

    def is_quoted(self, sale_id: int) -> bool:
        """False where nobody told yet; a listing will."""
        return self._quoted.get(sale_id, False)

    def ask_quoted(self, sale_id: int) -> bool:
        quoted = self._api.ask("Agents/Sale/SaleHasQuote", {"SaleId": sale_id}) is True
        self.learn(sale_id, quoted=quoted)
        return quoted

    def free_percent(self, sale_id: int) -> Decimal | None:
        """Percent of the amount that is profit; None where nobody told, or a quote decides."""
        return self._percents.get(sale_id) if self._quoted.get(sale_id) is False else None
