"""`make soak-daemon`: real daemons, people at both desks, faults and kills, and judges of the outcome."""
