"""What became of alerts is a number."""

from prometheus_client.parser import text_string_to_metric_families as parse

from sync.web.metrics import Metrics


def test_alerts_are_counted_by_channel_and_result() -> None:
    """Sent, failed, given up."""
    metrics = Metrics()
    for result in ("failed", "sent", "sent"):
        metrics.note_alert("mail", result)
    samples = {
        (sample.name, sample.labels["channel"], sample.labels["result"]): sample.value
        for family in parse(metrics.render().decode())
        if family.name == "opsync_alerts"
        for sample in family.samples
        if sample.name.endswith("_total")
    }

    assert samples == {
        ("opsync_alerts_total", "mail", "sent"): 2.0,
        ("opsync_alerts_total", "mail", "failed"): 1.0,
    }
