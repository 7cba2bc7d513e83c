"""Email over Amazon SES: what is sent, signed, and what each answer or fault is called."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import pytest

from cli.stack.ports import free_port
from fermata.channels import Accepted, Busy, EmailContent, Rejected
from fermata.channels.aws_signature import AwsKey
from fermata.channels.declared import read_declarations
from fermata.channels.kind import Account
from fermata.channels.ses import SesProvider
from fermata.database import Pool
from fermata.errors import ConfigurationError, DefinitionError
from fermata.vocabulary import Channel, Reason
from tests.integration.channels.envelopes import DECISION, an_envelope
from tests.integration.channels.ses_server import ACCESS_KEY, REGION, SECRET, Fault, SesServer

FROM = "Café Müller <hello@shop.example>"
KEY = AwsKey(ACCESS_KEY, SECRET, REGION, "ses")
UNSUBSCRIBE = "https://news.example/unsubscribe/a.b"


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[SesServer]:
    """One stand-in for all tests of this module."""
    async with SesServer() as running:
        yield running


async def send(server: SesServer, *, key: AwsKey = KEY, **changes: Any) -> Accepted | Rejected | Busy:
    answers = "answers@shop.example"
    async with SesProvider(key, FROM, configuration_set="all", replies_to=answers, url=server.url) as provider:
        return await provider.send(an_envelope(**changes))


async def test_a_whole_mail_is_sent_under_a_signature_that_fits(server: SesServer) -> None:
    content = EmailContent(subject="Schön ☀", html="<p>Grüße</p>", text="Grüße")
    answer = await send(server, content=content, unsubscribe_url=UNSUBSCRIBE, address="ada@münchen.example")
    taken = server.mails[-1]
    assert answer == Accepted(taken.id)
    assert (taken.mail["Subject"], str(taken.mail["From"].addresses[0].display_name)) == ("Schön ☀", "Café Müller")
    assert taken.mail["To"] == "ada@xn--mnchen-3ya.example"
    assert taken.mail["Reply-To"] == f"answers+{DECISION.hex}@shop.example"
    assert taken.mail["List-Unsubscribe"] == f"<{UNSUBSCRIBE}>"
    assert taken.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert taken.mail["Feedback-ID"] == "cart_reminder:email:marketing:shopexample"
    assert {part.get_content_type(): part.get_content().strip() for part in taken.mail.iter_parts()} == {
        "text/plain": "Grüße",
        "text/html": "<p>Grüße</p>",
    }
    assert taken.tags == {"decision_id": str(DECISION), "message": "cart_reminder"}
    assert taken.asked["ConfigurationSetName"] == "all"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"address": None}, Reason.MISSING_ADDRESS),
        ({"address": "ada@example.com\r\nBcc: eve@example.com"}, Reason.INVALID_ADDRESS),
        ({"address": "jürgen@müller.example"}, Reason.INVALID_ADDRESS),
        ({"content": EmailContent("Hi\r\nBcc: eve@example.com", "<p>Hi</p>", "Hi")}, Reason.RENDER_FAILED),
    ],
    ids=["none", "one that injects", "one outside of ASCII", "a subject that injects"],
)
async def test_what_cannot_be_sent_is_refused_before_anybody_is_called(
    server: SesServer, changes: dict[str, Any], reason: Reason
) -> None:
    before = len(server.mails)
    answer = await send(server, **changes)
    assert isinstance(answer, Rejected)
    assert (answer.reason, len(server.mails)) == (reason, before)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(400, "MessageRejected", "ada@example.com is on no list of ours"), Reason.PROVIDER_REJECTED),
        (Fault(400, "MessageRejected", "Email address is not verified."), Reason.PROVIDER_MISCONFIGURED),
        (Fault(400, "BadRequestException", "Missing final '@domain'"), Reason.PROVIDER_REJECTED),
        (Fault(400, "MailFromDomainNotVerifiedException"), Reason.PROVIDER_MISCONFIGURED),
        (Fault(400, "SendingPausedException"), Reason.PROVIDER_MISCONFIGURED),
        (Fault(403, "AccessDeniedException"), Reason.PROVIDER_MISCONFIGURED),
        (Fault(404, "NotFoundException", "Configuration set <all> does not exist."), Reason.PROVIDER_MISCONFIGURED),
        (Fault(308), Reason.PROVIDER_MISCONFIGURED),
    ],
    ids=lambda value: f"{value.status} {value.kind}" if isinstance(value, Fault) else str(value),
)
async def test_a_refusal_for_good_is_named_and_tells_no_address(
    server: SesServer, fault: Fault, reason: Reason
) -> None:
    server.faults.append(fault)
    answer = await send(server)
    assert isinstance(answer, Rejected)
    assert (answer.reason, answer.permanent) == (reason, reason is not Reason.PROVIDER_MISCONFIGURED)
    assert "ada@example.com" not in answer.detail
    assert str(fault.status) in answer.detail


@pytest.mark.parametrize(
    ("fault", "certain", "outage"),
    [
        (Fault(429, "TooManyRequestsException", "Maximum sending rate exceeded."), True, False),
        (Fault(400, "LimitExceededException", "Daily message quota exceeded."), True, False),
        (Fault(500, "InternalFailure"), True, True),
        (Fault(503), True, True),
        (Fault(504), False, True),
        (Fault(200, body=b"<html>lies</html>"), False, True),
        (Fault(200, body=b"{}" + b" " * 100_000), False, True),
    ],
    ids=["too fast", "quota", "500", "503", "504", "a lie", "a long lie"],
)
async def test_not_now_is_busy(server: SesServer, fault: Fault, certain: bool, outage: bool) -> None:
    server.faults.append(Fault(fault.status, fault.kind, fault.message, {"Retry-After": "7"}, fault.body))
    answer = await send(server)
    assert isinstance(answer, Busy)
    assert (answer.certain, answer.outage) == (certain, outage)
    assert answer.retry_after == (timedelta(seconds=7) if fault.status >= 400 else None)


async def test_a_key_that_is_not_known_is_a_mistake_of_the_deployment(server: SesServer) -> None:
    answer = await send(server, key=AwsKey(ACCESS_KEY, "another secret", REGION, "ses"))
    assert isinstance(answer, Rejected)
    assert (answer.reason, answer.permanent) == (Reason.PROVIDER_MISCONFIGURED, False)


async def test_a_server_that_is_not_there_surely_has_no_mail() -> None:
    async with SesProvider(KEY, FROM, url=f"http://127.0.0.1:{free_port()}") as provider:
        answer = await provider.send(an_envelope())
    assert isinstance(answer, Busy)
    assert answer.certain


async def test_it_sends_nothing_but_email(server: SesServer) -> None:
    with pytest.raises(DefinitionError):
        await send(server, channel=Channel.SMS)


DECLARED = """
[[email]]
name = "amazon"
kind = "ses"
secret = "AWS_SECRET_ACCESS_KEY"
options = { access_key = "AKIAOFTHETESTS00", region = "eu-west-1", replies_to = "answers@shop.example" }
"""


def test_a_deployment_declares_it() -> None:
    (declared,) = read_declarations(DECLARED, {"AWS_SECRET_ACCESS_KEY": SECRET}, "providers.toml")
    account = Account("amazon", Channel.EMAIL, FROM, cast("Pool", None), declared.secret)
    provider = declared.kind.make(account, declared.options)
    assert (provider.name, provider.channel) == ("amazon", Channel.EMAIL)
    assert SECRET not in repr(declared)


@pytest.mark.parametrize(
    "option",
    [
        'replies_to = "answers+more@shop.example"',
        'region = "the moon"',
        'access_key = "secret?"',
        'configuration_set = "a b"',
    ],
)
def test_what_can_never_work_is_told_with_its_place(option: str) -> None:
    name = option.split(" ", 1)[0]
    options = {"access_key": "AKIAOFTHETESTS00", "region": "eu-west-1", "configuration_set": "all"}
    written = [f'{each} = "{value}"' for each, value in options.items() if each != name] + [option]
    document = DECLARED.rsplit("options", 1)[0] + f"options = {{ {', '.join(written)} }}"
    with pytest.raises(ConfigurationError) as refusal:
        read_declarations(document, {"AWS_SECRET_ACCESS_KEY": SECRET}, "providers.toml")
    assert f"email.0.options.{name}" in str(refusal.value)
