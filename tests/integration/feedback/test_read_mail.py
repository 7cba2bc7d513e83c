"""``fermata feedback read-mail``: a mail that really went out, sent back as mail servers do it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from cli.stack.smtp_server import SmtpServer
from fermata.channels import Accepted, SmtpProvider
from fermata.database import Pool
from fermata.ledger import begin_send, settle_sent
from tests.integration.channels.envelopes import an_envelope
from tests.integration.feedback.sent import decided, somebody, state, suppressed
from tests.people import NOON
from tests.unit.feedback.returned_mails import answer, complaint, failed, notification, original


def fermata(database_url: str, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "cli", "feedback", *arguments],
        env={**os.environ, "FERMATA_DATABASE_URL": database_url, "FERMATA_JOURNEYS": "workflows"},
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )


async def test_a_mail_that_comes_back_suppresses_its_address_once(
    pool: Pool, database_url: str, smtp: SmtpServer, tmp_path: Path
) -> None:
    ada = await somebody(pool)
    decision_id = await decided(pool, ada)
    await begin_send(pool, decision_id, NOON)
    key = await pool.fetchval("SELECT dedupe_key FROM decisions WHERE id = $1", decision_id)
    async with SmtpProvider(f"smtp://127.0.0.1:{smtp.port}", "Shop <hello@shop.example>") as provider:
        accepted = await provider.send(an_envelope(idempotency_key=key, decision_id=decision_id))
    assert isinstance(accepted, Accepted)
    message_id = accepted.provider_message_id
    await settle_sent(pool, decision_id, NOON, provider=provider.name, provider_message_id=message_id)
    (went_out,) = smtp.messages
    returned = went_out.message
    del returned["X-Fermata-Decision"]  # as a gateway that strips what it does not know would do
    bounce = notification(failed("5.1.1"), sent_back=returned)
    (tmp_path / "bounce.eml").write_bytes(bounce)
    (tmp_path / "other.eml").write_bytes(answer())

    first = fermata(database_url, "read-mail", "--json", str(tmp_path / "bounce.eml"), str(tmp_path / "other.eml"))
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout) == {"taken": 1, "duplicates": 0, "unknown": 0, "passed_over": 1}
    assert await state(pool, decision_id) == "bounced"
    assert await suppressed(pool) == {("email", "ada@example.com"): "hard_bounce"}

    again = fermata(database_url, "read-mail", "-", stdin=bounce)
    assert again.stdout.startswith(b"0 taken, 1 known before")
    assert await pool.fetchval("SELECT count(*) FROM events WHERE name = 'Email Bounced'") == 1


async def test_a_mail_comes_back_to_an_address_that_names_it(pool: Pool, database_url: str, smtp: SmtpServer) -> None:
    decision_id = await decided(pool, await somebody(pool))
    await begin_send(pool, decision_id, NOON)
    url = f"smtp://127.0.0.1:{smtp.port}"
    async with SmtpProvider(url, "Shop <hello@shop.example>", bounces_to="bounces@shop.example") as provider:
        await provider.send(an_envelope(decision_id=decision_id))
    (went_out,) = smtp.messages
    assert went_out.sender == f"bounces+{decision_id.hex}@shop.example"
    nothing_left = original(decision=None, message_id=None)
    bounce = notification(failed("5.1.1"), sent_back=nothing_left, to=went_out.sender)
    assert fermata(database_url, "read-mail", "-", stdin=bounce).stdout.startswith(b"1 taken")
    assert await state(pool, decision_id) == "bounced"


async def test_a_complaint_about_nothing_of_ours_is_listed(pool: Pool, database_url: str) -> None:
    told = fermata(database_url, "read-mail", "-", stdin=complaint())
    assert b"1 about no message of ours" in told.stdout
    listed = fermata(database_url, "unknown", "--json")
    ((word),) = json.loads(listed.stdout)
    assert (word["source"], word["kind"]) == ("bounce mailbox", "complained")


async def test_a_file_that_is_not_there_is_named(database_url: str) -> None:
    told = fermata(database_url, "read-mail", "nowhere.eml")
    assert (told.returncode, told.stdout) == (1, b"")
    assert b"nowhere.eml cannot be read" in told.stderr
