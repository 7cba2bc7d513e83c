"""The embedded SMTP server really receives, in this process and as one of its own."""

import asyncio
import signal
import sys
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest

from cli.stack.mailbox import count_mail, read_mail
from cli.stack.smtp_server import SmtpServer


def _mail(number: int = 1, *, to: str = "ada@example.com", body: str = "Grüße") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "hello@fermata.example", to, f"Message {number}"
    message["Message-ID"] = f"<{number}@fermata>"
    message.set_content(body)
    return message


async def _send(port: int, message: EmailMessage) -> None:
    await aiosmtplib.send(message, hostname="127.0.0.1", port=port)


async def test_a_message_arrives_as_it_was_sent(smtp: SmtpServer) -> None:
    await _send(smtp.port, _mail())
    (received,) = smtp.messages
    assert received.sender == "hello@fermata.example"
    assert received.recipients == ("ada@example.com",)
    assert received.message["Subject"] == "Message 1"
    assert received.message.get_content().strip() == "Grüße"


async def test_messages_are_found_by_recipient(smtp: SmtpServer) -> None:
    for number, to in enumerate(["ada@example.com", "bob@example.com", "ada@example.com"]):
        await _send(smtp.port, _mail(number, to=to))
    assert [mail.message_id for mail in smtp.mailbox.to("ada@example.com")] == ["<0@fermata>", "<2@fermata>"]


async def test_a_hundred_messages_at_once_are_all_kept(smtp: SmtpServer) -> None:
    await asyncio.gather(*(_send(smtp.port, _mail(number)) for number in range(100)))
    assert {mail.message_id for mail in smtp.messages} == {f"<{number}@fermata>" for number in range(100)}
    assert len(smtp.messages) == 100


async def test_a_message_that_is_too_large_is_refused(smtp: SmtpServer) -> None:
    with pytest.raises(aiosmtplib.SMTPResponseException) as refusal:
        await _send(smtp.port, _mail(body="line\n" * 3_000_000))
    assert refusal.value.code == 552
    assert not smtp.messages


async def test_a_client_that_stays_connected_does_not_keep_the_server_from_closing() -> None:
    async with asyncio.timeout(10):
        async with SmtpServer() as server:
            client = aiosmtplib.SMTP(hostname="127.0.0.1", port=server.port)
            await client.connect()
        client.close()


async def test_the_server_comes_back_on_its_port() -> None:
    async with SmtpServer() as first:
        await _send(first.port, _mail())
    async with SmtpServer(port=first.port) as second:
        await _send(second.port, _mail())
    assert len(second.messages) == 1


async def test_as_a_process_it_writes_what_it_receives(tmp_path: Path, own_environment: dict[str, str]) -> None:
    for so_far in (0, 2):
        server = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli.stack.smtp_server", "--mailbox", str(tmp_path)),
            stdout=asyncio.subprocess.PIPE,
            env=own_environment,
        )
        assert server.stdout is not None
        port = int(await asyncio.wait_for(server.stdout.readline(), 30))
        for number in range(2):
            await _send(port, _mail(so_far + number))
        server.send_signal(signal.SIGTERM)
        await server.communicate()
        assert server.returncode == 0
        assert count_mail(tmp_path) == so_far + 2
    assert [mail["Message-ID"] for mail in read_mail(tmp_path)] == [f"<{number}@fermata>" for number in range(4)]
