"""`make soak-daemon`: real daemons, people at both desks, faults and kills, and a judge of what came of it."""
