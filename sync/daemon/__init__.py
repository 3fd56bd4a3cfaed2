"""The long-running service: when a cycle runs and what happens around it; it judges no record."""
