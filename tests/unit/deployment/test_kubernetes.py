"""The manifests for Kubernetes fit together: labels, ports, probes, references; nobody may do more than they must."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from cli.registry import COMMANDS
from fermata.settings import Settings
from tests.pages import ROOT

_FOLDER = ROOT / "deploy" / "kubernetes"
_SECRETS = {"fermata-secrets", "fermata-owner", "fermata-certificates"}
Manifest = dict[str, Any]


def _documents(folder: str) -> Iterator[Manifest]:
    """What a kustomization brings: its own resources and those of the folders that it names."""
    here = _FOLDER / folder
    kustomization = yaml.safe_load((here / "kustomization.yaml").read_text())
    assert kustomization["namespace"] == "fermata"
    for resource in kustomization["resources"]:
        if resource.startswith("../"):
            yield from _documents(resource.removeprefix("../"))
        else:
            yield from yaml.safe_load_all((here / resource).read_text())


@pytest.fixture(scope="module", params=["release", "processes"])
def manifests(request: pytest.FixtureRequest) -> tuple[Manifest, ...]:
    return tuple(_documents(request.param))


def _named(manifests: tuple[Manifest, ...], *kinds: str) -> dict[str, Manifest]:
    return {each["metadata"]["name"]: each for each in manifests if each["kind"] in kinds}


def _containers(workload: Manifest) -> list[Manifest]:
    pod = workload["spec"]["template"]["spec"]
    return [*pod.get("initContainers", ()), *pod["containers"]]


def test_every_file_is_part_of_a_kustomization() -> None:
    for kustomization in _FOLDER.glob("*/kustomization.yaml"):
        listed = {each for each in yaml.safe_load(kustomization.read_text())["resources"] if each.endswith(".yaml")}
        assert {path.name for path in kustomization.parent.glob("*.yaml")} - {"kustomization.yaml"} == listed


def test_each_container_runs_a_command_of_fermata_and_may_do_no_more(manifests: tuple[Manifest, ...]) -> None:
    for name, workload in _named(manifests, "Deployment", "Job").items():
        pod = workload["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        assert pod["serviceAccountName"] in _named(manifests, "ServiceAccount")
        volumes = {each["name"] for each in pod["volumes"]}
        for container in _containers(workload):
            assert container["args"][0] in COMMANDS, name
            assert container["image"] == "fermata", "the kustomization puts the registry and the release in"
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert {"requests", "limits"} == set(container["resources"])
            assert {each["name"] for each in container["volumeMounts"]} <= volumes


def test_settings_are_known_and_secrets_only_referred_to(manifests: tuple[Manifest, ...]) -> None:
    known = {f"FERMATA_{name.upper()}" for name in Settings.model_fields}
    settings = _named(manifests, "ConfigMap")
    for each in settings.values():
        assert {name for name in each["data"] if name.startswith("FERMATA_")} <= known
        assert not [name for name in each["data"] if "SECRET" in name or "KEY" in name or "DATABASE_URL" in name]
    assert not _named(manifests, "Secret")
    for workload in _named(manifests, "Deployment", "Job").values():
        for container in _containers(workload):
            for source in container["envFrom"]:
                name = next(iter(source.values()))["name"]
                assert name in (settings if "configMapRef" in source else _SECRETS)


def test_what_selects_finds_a_deployment_and_what_is_asked_is_a_port_that_answers() -> None:
    manifests = tuple(_documents("processes"))
    deployments = _named(manifests, "Deployment")
    labels = {name: each["spec"]["template"]["metadata"]["labels"] for name, each in deployments.items()}
    for name, each in deployments.items():
        assert each["spec"]["selector"]["matchLabels"] == labels[name]
        [container] = _containers(each)
        assert [port["name"] for port in container["ports"]] == ["http", "temporal"][: 2 if name == "worker" else 1]
        assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "http"}
        assert container["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}
    for kind in ("Service", "PodDisruptionBudget"):
        for name, each in _named(manifests, kind).items():
            selector = each["spec"]["selector"]
            assert selector.get("matchLabels", selector) == labels[name]
    scaled = _named(manifests, "HorizontalPodAutoscaler")
    assert set(scaled) == set(deployments) == set(_named(manifests, "PodDisruptionBudget"))
    assert all(each["spec"]["scaleTargetRef"]["name"] == name for name, each in scaled.items())
    assert all(each["spec"]["minReplicas"] >= 2 for each in scaled.values()), "a disruption would leave nobody"
    ports = yaml.safe_load((_FOLDER / "settings" / "settings.yaml").read_text())["data"]
    assert _containers(deployments["api"])[0]["ports"][0]["containerPort"] == int(ports["FERMATA_API_PORT"])
    opened = [each["containerPort"] for each in _containers(deployments["worker"])[0]["ports"]]
    assert opened == [int(ports["FERMATA_WORKER_PORT"]), int(ports["FERMATA_TEMPORAL_METRICS_PORT"])]


def test_nobody_gets_in_but_to_the_api_and_prometheus_to_workers() -> None:
    policies = _named(tuple(_documents("processes")), "NetworkPolicy")
    everybody = policies["nobody-else"]["spec"]
    assert (everybody["podSelector"], sorted(everybody["policyTypes"])) == ({}, ["Egress", "Ingress"])
    assert [name for name, each in policies.items() if each["spec"].get("ingress")] == ["api", "watched"]
    [watched] = policies["watched"]["spec"]["ingress"]
    assert watched["from"], "not everybody"
