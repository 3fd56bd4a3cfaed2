"""The Kubernetes objects fit together and ask for no right that the strictest policy refuses."""

from typing import Any  # YAML enters here

import pytest

from tests.deploy.files import DEPLOY, kinds, text

OBJECTS = kinds("kubernetes/opsync.yaml")
POD: dict[str, Any] = OBJECTS["Deployment"]["spec"]["template"]["spec"]
CONTAINERS: list[dict[str, Any]] = [*POD["initContainers"], *POD["containers"]]
LABELS = {"app.kubernetes.io/name": "opsync"}


def test_everybody_means_the_same_pods() -> None:
    """One label holds deployment, service, budget, policy and monitor together."""
    assert OBJECTS["Deployment"]["spec"]["template"]["metadata"]["labels"] == LABELS
    assert OBJECTS["Deployment"]["spec"]["selector"]["matchLabels"] == LABELS
    assert OBJECTS["Service"]["spec"]["selector"] == OBJECTS["Service"]["metadata"]["labels"] == LABELS
    assert OBJECTS["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == LABELS
    assert OBJECTS["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == LABELS
    monitor = kinds("kubernetes/servicemonitor.yaml")["ServiceMonitor"]
    assert monitor["spec"]["selector"]["matchLabels"] == LABELS


def test_one_of_two_always_stays() -> None:
    """An update or a drained node never takes both."""
    deployment = OBJECTS["Deployment"]["spec"]

    assert deployment["replicas"] == 2
    assert deployment["strategy"]["rollingUpdate"]["maxUnavailable"] == 1
    assert OBJECTS["PodDisruptionBudget"]["spec"]["minAvailable"] == 1
    assert POD["terminationGracePeriodSeconds"] > 30


@pytest.mark.parametrize("container", CONTAINERS, ids=lambda container: container["name"])
def test_no_container_has_a_right_it_does_not_need(container: dict[str, Any]) -> None:
    """Pod security standard `restricted`, and a file system that cannot be written."""
    context = container["securityContext"]

    assert context["allowPrivilegeEscalation"] is False
    assert context["readOnlyRootFilesystem"] is True
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert container["resources"]["limits"]["memory"]


def test_the_pod_is_nobody() -> None:
    """Not root, no token of the cluster, no variables that look like settings."""
    assert POD["securityContext"]["runAsNonRoot"] is True
    assert POD["securityContext"]["runAsUser"] == 10001
    assert POD["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert POD["automountServiceAccountToken"] is POD["enableServiceLinks"] is False


def test_every_secret_is_a_file_of_the_one_secret() -> None:
    """What the head says to put in is what the settings look for, and nothing comes by value."""
    (mount,) = {row["mountPath"] for row in CONTAINERS[-1]["volumeMounts"] if row["name"] == "secrets"}
    files = {row["value"] for row in CONTAINERS[-1]["env"] if row["name"].endswith("_FILE")}
    head = text("kubernetes/opsync.yaml").partition("---")[0]

    assert POD["volumes"][1]["secret"]["secretName"] == "opsync"
    assert all(file.startswith(f"{mount}/") for file in files)
    assert all(f"--from-file={file.removeprefix(f'{mount}/')}" in head for file in files)
    assert "--from-file=web.token" in head


def test_probes_ask_the_two_pages() -> None:
    """Alive and ready are two things: a CRM that is down restarts nothing."""
    probes = {name: CONTAINERS[-1][f"{name}Probe"]["exec"]["command"] for name in ("liveness", "readiness")}
    script = probes["liveness"][1]

    assert (DEPLOY / script.rpartition("/")[2]).is_file()
    assert f"COPY deploy/livez.py {script}" in text("Dockerfile")
    assert probes == {"liveness": ["python", script], "readiness": ["python", script, "/readyz"]}


def test_the_numbers_of_a_pod_that_is_not_ready_are_read() -> None:
    """They matter most then; and only the monitoring may ask."""
    assert OBJECTS["Service"]["spec"]["publishNotReadyAddresses"] is True
    (rule,) = OBJECTS["NetworkPolicy"]["spec"]["ingress"]
    (port,) = OBJECTS["Service"]["spec"]["ports"]
    names = [found["name"] for found in CONTAINERS[-1]["ports"]]
    assert rule["ports"] == [{"protocol": "TCP", "port": "web"}]
    assert names == [port["name"]] == [port["targetPort"]] == ["web"]
