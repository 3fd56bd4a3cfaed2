"""Ratios against bare loops, measured side by side; no test, and no time is ever judged."""
