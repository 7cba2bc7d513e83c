"""TLS to Temporal and to Postgres by settings: who is trusted, who is let in, and what is said when it is refused."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from cli.stack.temporal_server import TemporalServer
from fermata.database import open_pool
from fermata.database.migrate import migrate
from fermata.errors import ConfigurationError, Unavailable
from tests.integration.deployment.authority import Authority, Papers
from tests.integration.deployment.tls_front import encrypted
from worker.temporal import connect, temporal_settings

_HOST = "temporal.test"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(authority: Authority) -> Papers:
    return authority.sign(_HOST, address="127.0.0.1")


@pytest.fixture
async def temporal_tls(
    authority: Authority, server: Papers, temporal_server: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[int]:
    """A Temporal that lets in whoever shows a certificate of the authority; the environment says where it is."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority.file)
    context.load_cert_chain(server.certificate, server.key)
    context.verify_mode = ssl.CERT_REQUIRED
    context.set_alpn_protocols(["h2"])
    async with encrypted(temporal_server.port, context) as port:
        monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{port}")
        monkeypatch.setenv("TEMPORAL_TLS_SERVER_NAME", _HOST)
        yield port


async def test_temporal_is_reached_by_an_authority_a_servers_name_and_a_certificate_of_ours(
    temporal_tls: int, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = authority.sign("worker.test")
    monkeypatch.setenv("TEMPORAL_TLS_SERVER_CA_CERT_PATH", str(authority.file))
    monkeypatch.setenv("TEMPORAL_TLS_CLIENT_CERT_PATH", str(ours.certificate))
    monkeypatch.setenv("TEMPORAL_TLS_CLIENT_KEY_PATH", str(ours.key))
    monkeypatch.setenv("TEMPORAL_API_KEY", "a-key-of-the-cloud")
    client = await connect()
    assert await client.service_client.check_health()
    assert client.service_client.config.api_key == "a-key-of-the-cloud"
    monkeypatch.setenv("TEMPORAL_TLS_SERVER_NAME", "another.test")
    with pytest.raises(Unavailable, match="TEMPORAL_TLS_SERVER_NAME is not in it"):
        await connect()


async def test_whom_nobody_vouches_for_is_not_spoken_to(temporal_tls: int, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TEMPORAL_TLS_SERVER_CA_CERT_PATH", str(Authority(tmp_path).file))
        with pytest.raises(Unavailable, match="TEMPORAL_TLS_SERVER_CA_CERT_PATH did not sign its certificate"):
            await connect()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TEMPORAL_TLS", "false")
        with pytest.raises(Unavailable, match="set TEMPORAL_TLS=true"):
            await connect()


def test_settings_of_temporal_that_cannot_be_are_named() -> None:
    assert "tls" not in temporal_settings(
        {"TEMPORAL_TLS": "", "TEMPORAL_API_KEY": "", "TEMPORAL_ADDRESS": "there:7233"}
    )
    with pytest.raises(ConfigurationError, match=r"TEMPORAL_TLS_SERVER_CA_CERT_PATH=/not/there\.pem cannot be read"):
        temporal_settings({"TEMPORAL_TLS_SERVER_CA_CERT_PATH": "/not/there.pem"})
    with pytest.raises(ConfigurationError, match="TEMPORAL_API_KEY would travel in the clear") as refused:
        temporal_settings({"TEMPORAL_API_KEY": "a-key-of-the-cloud", "TEMPORAL_TLS": "false"})
    assert "a-key-of-the-cloud" not in str(refused.value)


async def test_postgres_is_reached_by_its_authority_for_migrations_and_queries_alike(
    authority: Authority, server: Papers, database_url: str, tmp_path: Path
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(server.certificate, server.key)
    address = urlsplit(database_url)
    assert address.port is not None
    async with encrypted(address.port, context, asked=True) as port:
        there = database_url.replace(f":{address.port}/", f":{port}/")
        trusting = f"{there}?sslmode=verify-full&sslrootcert={authority.file}"
        await migrate(trusting)
        async with open_pool(trusting) as pool:
            assert await pool.fetchval("SELECT count(*) FROM events") == 0
        with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
            async with open_pool(f"{there}?sslmode=verify-full&sslrootcert={Authority(tmp_path).file}"):
                raise AssertionError("it trusts whom nobody vouches for")
    with pytest.raises(ConnectionError, match="rejected SSL upgrade"):
        await asyncpg.connect(f"{database_url}?sslmode=require")
