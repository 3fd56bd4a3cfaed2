"""The decisions: pure functions over values, no clock, no I/O, standard library only."""
