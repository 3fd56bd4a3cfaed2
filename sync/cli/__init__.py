"""The command line: one module per group of commands; it decides nothing about records."""
