"""Ways by which alerts leave the house; none of them decides what is told."""
