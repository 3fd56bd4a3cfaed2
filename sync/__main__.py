"""Makes `python -m sync` the same as the `opsync` command; it does nothing else."""

from sync.cli.main import main

if __name__ == "__main__":
    main()
