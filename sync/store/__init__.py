"""The state database: links, intents, runs and the journal; it decides nothing and knows no CRM."""
