"""What `tests/kill9.sh` needs besides a shell: people who edit, and a judge of what came of it."""
