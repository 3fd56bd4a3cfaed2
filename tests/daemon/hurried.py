"""`opsync` whose alerts look twice a second instead of every 15 s; nothing else differs; holds no test."""

from functools import partialmethod

from sync.cli.main import main
from sync.daemon.alerts import Alerts

LOOK_S = 0.5

if __name__ == "__main__":
    Alerts.run = partialmethod(Alerts.run, every_s=LOOK_S)  # type: ignore[method-assign, assignment]  # same call
    main()
