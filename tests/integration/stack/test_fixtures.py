"""The fixtures that all tests share do what they promise."""

import aiosmtplib
import pytest
from temporalio.client import Client

from cli.stack.smtp_server import SmtpServer
from fermata.database import Pool


@pytest.mark.parametrize("time", ["first", "second"])
async def test_each_test_gets_a_migrated_database_without_rows(pool: Pool, time: str) -> None:
    rows = await pool.fetchval("SELECT count(*) FROM profiles")
    await pool.execute("CREATE TABLE left_by_a_test (id int)")
    assert rows == 0, time


async def test_the_temporal_client_reaches_its_server(temporal: Client) -> None:
    assert await temporal.service_client.check_health()


async def test_the_smtp_server_starts_empty_and_receives(smtp: SmtpServer) -> None:
    assert not smtp.messages
    await aiosmtplib.send(
        "Message-ID: <1@fermata>\n\nHello",
        sender="a@fermata.example",
        recipients=["ada@example.com"],
        hostname="127.0.0.1",
        port=smtp.port,
    )
    assert [mail.recipients for mail in smtp.messages] == [("ada@example.com",)]
    assert [mail.message_id for mail in smtp.messages] == ["<1@fermata>"]
