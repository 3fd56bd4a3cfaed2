"""Which sales have a quote, which then decides their money; it asks only before money is written."""

from sync.crm.superoffice.api import Api


class Quotes:
    """What listings and the server told so far, by sale id: superoffice.md 4.5 (seen 2026-11-22)."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._known: dict[int, bool] = {}

    def learn(self, sale_id: int, *, quoted: bool) -> None:
        self._known[sale_id] = quoted

    def known(self, sale_id: int) -> bool:
        """False where nobody told yet; a listing will."""
        return self._known.get(sale_id, False)

    def ask(self, sale_id: int) -> bool:
        quoted = self._api.ask("Agents/Sale/SaleHasQuote", {"SaleId": sale_id}) is True
        self.learn(sale_id, quoted=quoted)
        return quoted
