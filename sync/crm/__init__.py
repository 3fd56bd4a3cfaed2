"""The CRMs: one protocol, its two adapters and a memory double. Nothing here decides what to sync."""
