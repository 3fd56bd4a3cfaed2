"""What the service notes of itself is read as it was noted."""

from sync.web.metrics import Metrics


def test_what_is_noted_is_shown() -> None:
    """Each by its name; a thing that is over is 0, not gone."""
    metrics = Metrics()
    metrics.note_size(4096)
    metrics.watch_lag(lambda: 1.5)
    metrics.note_conflicts(3)
    metrics.note_drift(2)
    metrics.note_outages({"brake": True, "state": True})
    metrics.note_outages({"brake": True, "state": False})

    shown = set(metrics.render().decode().splitlines())

    assert shown >= {
        "opsync_database_bytes 4096.0",
        "opsync_lag_seconds 1.5",
        "opsync_open_conflicts 3.0",
        "opsync_drift_links 2.0",
        'opsync_outage{topic="brake"} 1.0',
        'opsync_outage{topic="state"} 0.0',
    }
