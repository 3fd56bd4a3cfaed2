"""The history of the state database's tables, read by Alembic; the product itself never imports it."""
