"""The compose file keeps its promises: an order, pins, limits, health checks, no default secret, nothing misspelt."""

import re

import pytest

from cli.registry import COMMANDS
from fermata.settings import Settings
from tests.pages import ROOT
from tests.unit.deployment.compose_file import ComposeFile, read_compose_file, variables

SECRETS = {
    "POSTGRES_PASSWORD": "secret",
    "FERMATA_APP_PASSWORD": "another-secret",
    "FERMATA_SMTP_URL": "smtp://mail.example.com",
    "FERMATA_PUBLIC_URL": "https://fermata.example.com",
    "FERMATA_SECRET_KEY": "k" * 32,
}
_TEMPORAL = {
    "TEMPORAL_ADDRESS",
    "TEMPORAL_NAMESPACE",
    "TEMPORAL_API_KEY",
    "TEMPORAL_TLS",
    "TEMPORAL_TLS_SERVER_NAME",
    "TEMPORAL_TLS_SERVER_CA_CERT_DATA",
    "TEMPORAL_TLS_CLIENT_CERT_DATA",
    "TEMPORAL_TLS_CLIENT_KEY_DATA",
}
_ALSO = {"FERMATA_APP_PASSWORD", "OTEL_EXPORTER_OTLP_ENDPOINT"}


@pytest.fixture(scope="module")
def compose() -> ComposeFile:
    return read_compose_file(SECRETS)


def test_it_is_refused_without_each_secret_and_says_which() -> None:
    required = {name for name, how, _ in variables() if how == ":?"}
    assert required == set(SECRETS)
    for name in SECRETS:
        with pytest.raises(KeyError, match=f"set {name} to"):
            read_compose_file({key: value for key, value in SECRETS.items() if key != name})
    defaults = {name: other for name, how, other in variables() if how == ":-"}
    assert not [name for name in defaults if re.search("PASSWORD|SECRET|KEY|TOKEN", name)]


def test_nobody_waits_for_what_never_comes(compose: ComposeFile) -> None:
    order = compose.order()
    assert set(order) == set(compose.services), "one waits for a service that there is not"
    before = [order.index(name) for name in ("postgres", "temporal-schema", "temporal", "temporal-namespace", "setup")]
    assert before == sorted(before)
    assert (
        order.index("migrate")
        < order.index("roles")
        < order.index("setup")
        < min(order.index("api"), order.index("worker"))
    )
    for name, service in compose.services.items():
        for waited, how in service.depends_on.items():
            ends = compose.services[waited].ends
            assert how.condition == ("service_completed_successfully" if ends else "service_healthy"), (name, waited)
            check = compose.services[waited].healthcheck
            assert ends or (check is not None and check.test[0] == "CMD"), f"{waited} is never healthy"


def test_each_service_is_pinned_limited_and_may_do_no_more_than_it_must(compose: ComposeFile) -> None:
    for name, service in compose.services.items():
        assert not service.image.endswith(":latest"), name
        assert re.search(r":(\d+\.\d+|local)", service.image), f"{name}: {service.image} is no release"
        assert service.security_opt == ["no-new-privileges:true"], name
        assert service.cap_drop == ["ALL"], name
        assert service.read_only or service.image.startswith("temporalio/"), name
        assert service.ends or service.healthcheck is not None, f"{name} has no health check"
        assert all(port.startswith("127.0.0.1:") for port in service.ports), f"{name} is open to the network"
        assert set(service.networks) <= set(compose.networks), name
    inside = compose.networks["inside"]
    assert inside is not None
    assert inside.internal
    assert {name for name, each in compose.services.items() if each.networks == ["inside"]} >= {"postgres", "temporal"}


def test_what_runs_is_a_command_of_fermata_with_settings_that_it_knows(compose: ComposeFile) -> None:
    known = {f"FERMATA_{name.upper()}" for name in Settings.model_fields} | _TEMPORAL | _ALSO
    ours = {name: each for name, each in compose.services.items() if each.build}
    assert {each.command[0] for each in ours.values()} <= set(COMMANDS)
    assert {"migrate", "setup", "api", "worker"} <= set(ours)
    for name, service in ours.items():
        assert set(service.environment) - known == set(), name
    assert compose.services["worker"].deploy.replicas >= 2
    owners = {name for name, each in ours.items() if "//fermata:" in str(each.environment["FERMATA_DATABASE_URL"])}
    assert owners == {"migrate", "roles"}, "nobody else may change a table"


def test_the_image_has_neither_root_nor_tests_nor_anything_that_no_hash_vouches_for() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    bases = re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    assert [base for base in bases if ":" in base] == ["python:3.11.14-slim-bookworm"]
    installs = re.findall(r"pip install (.*?)(?: &&| \\|\n)", dockerfile)
    assert all("--require-hashes" in each or "--no-index" in each for each in installs)
    last = dockerfile.rsplit("\nFROM ", 1)[1]
    assert "USER 10001:10001" in last
    assert 'CMD ["python", "-m", "cli.healthcheck"]' in last
    assert 'ENTRYPOINT ["fermata"]' in last
    copied = {
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE)
        for source in line.split()[:-1]
    }
    context = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == context
    assert all((ROOT / each).exists() for each in context)
