"""Email over an HTTP API: what is sent, and what each answer or fault is called."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, cast

import orjson
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from fermata.channels import Accepted, Busy, EmailContent, Rejected
from fermata.channels.declared import read_declarations
from fermata.channels.kind import Account
from fermata.channels.sendgrid import SendGridProvider
from fermata.database import Pool
from fermata.errors import ConfigurationError, DefinitionError
from fermata.vocabulary import Channel, Reason
from tests.integration.channels.envelopes import DECISION, an_envelope

FROM = "Café Müller <hello@shop.example>"
NO_POOL = cast("Pool", None)
PATIENCE = timedelta(seconds=0.3)
UNSUBSCRIBE = "https://news.example/unsubscribe/a.b"


async def send(url: str, **changes: Any) -> Accepted | Rejected | Busy:
    async with SendGridProvider("SG.key", FROM, url=url, timeout=PATIENCE) as provider:
        return await provider.send(an_envelope(**changes))


def answer_with(server: HTTPServer, status: int, body: str = "", **headers: str) -> str:
    server.expect_request("/v3/mail/send", method="POST").respond_with_data(
        body, status=status, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    return server.url_for("")


def fault(field: str, message: str) -> str:
    return orjson.dumps({"errors": [{"field": field, "message": message, "help": None}]}).decode()


async def test_a_mail_is_sent_in_the_shape_of_the_api(httpserver: HTTPServer) -> None:
    seen: list[Request] = []

    def take(request: Request) -> Response:
        seen.append(request)
        return Response(status=202, headers={"X-Message-Id": "14c5d75ce93"})

    httpserver.expect_request("/v3/mail/send", method="POST").respond_with_handler(take)
    content = EmailContent(subject="Schön ☀", html="<p>Grüße</p>", text="Grüße")
    answer = await send(httpserver.url_for("/"), content=content, unsubscribe_url=UNSUBSCRIBE)
    assert answer == Accepted("14c5d75ce93")
    (request,) = seen
    assert request.headers["Authorization"] == "Bearer SG.key"
    body = orjson.loads(request.get_data())
    message_id = body["headers"].pop("Message-ID")
    assert message_id.endswith("@shop.example>")
    assert body == {
        "personalizations": [{"to": [{"email": "ada@example.com"}]}],
        "from": {"email": "hello@shop.example", "name": "Café Müller"},
        "subject": "Schön ☀",
        "content": [
            {"type": "text/plain", "value": "Grüße"},
            {"type": "text/html", "value": "<p>Grüße</p>"},
        ],
        "headers": {
            "X-Fermata-Decision": str(DECISION),
            "Feedback-ID": "cart_reminder:email:marketing:shopexample",
            "List-Unsubscribe": f"<{UNSUBSCRIBE}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        "categories": ["cart_reminder"],
        "custom_args": {"decision_id": str(DECISION), "message": "cart_reminder"},
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "subscription_tracking": {"enable": False},
        },
    }


async def test_answers_go_to_an_address_that_names_the_mail(httpserver: HTTPServer) -> None:
    url = answer_with(httpserver, 202, X_Message_Id="m1")
    async with SendGridProvider("SG.key", FROM, url=url, replies_to="answers@shop.example") as provider:
        assert isinstance(await provider.send(an_envelope()), Accepted)
    (request, _) = httpserver.log[0]
    assert orjson.loads(request.get_data())["reply_to"] == {"email": f"answers+{DECISION.hex}@shop.example"}


async def test_a_domain_outside_of_ascii_is_written_in_its_ascii_form(httpserver: HTTPServer) -> None:
    url = answer_with(httpserver, 202, X_Message_Id="m1")
    assert isinstance(await send(url, address="ada@münchen.example"), Accepted)
    (request, _) = httpserver.log[0]
    assert orjson.loads(request.get_data())["personalizations"] == [{"to": [{"email": "ada@xn--mnchen-3ya.example"}]}]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        (None, Reason.MISSING_ADDRESS),
        ("ada", Reason.INVALID_ADDRESS),
        ("ada@example.com\r\nBcc: eve@example.com", Reason.INVALID_ADDRESS),
        ("ada@example.com,eve@example.com", Reason.INVALID_ADDRESS),
        ("jürgen@müller.example", Reason.INVALID_ADDRESS),
    ],
)
async def test_an_address_that_the_api_cannot_take_is_refused_before_anything_is_sent(
    httpserver: HTTPServer, address: str | None, reason: Reason
) -> None:
    answer = await send(answer_with(httpserver, 202, X_Message_Id="m1"), address=address)
    assert isinstance(answer, Rejected)
    assert answer.reason is reason
    assert not httpserver.log


async def test_a_subject_with_a_line_break_is_refused(httpserver: HTTPServer) -> None:
    content = EmailContent(subject="Hi\r\nBcc: eve@example.com", html="<p>Hi</p>", text="Hi")
    answer = await send(answer_with(httpserver, 202, X_Message_Id="m1"), content=content)
    assert isinstance(answer, Rejected)
    assert answer.reason is Reason.RENDER_FAILED
    assert not httpserver.log


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (400, fault("personalizations.0.to.0.email", "Does not contain a valid address."), Reason.INVALID_ADDRESS),
        (400, fault("from.email", "is not a verified sender"), Reason.PROVIDER_MISCONFIGURED),
        (400, fault("content.0.value", "must be a string"), Reason.PROVIDER_REJECTED),
        (400, "no JSON for ada@example.com", Reason.PROVIDER_REJECTED),
        (413, "", Reason.PROVIDER_REJECTED),
        (401, fault("", "The provided authorization grant is invalid"), Reason.PROVIDER_MISCONFIGURED),
        (403, fault("from", "ada@example.com: no verified Sender Identity"), Reason.PROVIDER_MISCONFIGURED),
        (404, "", Reason.PROVIDER_MISCONFIGURED),
        (406, "", Reason.PROVIDER_MISCONFIGURED),
        (308, "", Reason.PROVIDER_MISCONFIGURED),
    ],
)
async def test_a_refusal_for_good_is_named_and_tells_no_address(
    httpserver: HTTPServer, status: int, body: str, reason: Reason
) -> None:
    answer = await send(answer_with(httpserver, status, body))
    assert isinstance(answer, Rejected)
    assert answer.reason is reason
    assert answer.permanent is (reason is not Reason.PROVIDER_MISCONFIGURED)
    assert str(status) in answer.detail
    assert "ada@example.com" not in answer.detail


@pytest.mark.parametrize(
    ("status", "certain"), [(429, True), (408, True), (500, True), (503, True), (502, False), (504, False)]
)
async def test_not_now_is_busy(httpserver: HTTPServer, status: int, certain: bool) -> None:
    answer = await send(answer_with(httpserver, status, Retry_After="7"))
    assert isinstance(answer, Busy)
    assert answer.certain is certain
    assert answer.outage is (status != 429)
    assert answer.retry_after == timedelta(seconds=7)


async def test_without_retry_after_the_reset_of_the_rate_limit_says_how_long(httpserver: HTTPServer) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    reset = str(int(now.timestamp()) + 30)
    answer = await send(answer_with(httpserver, 429, X_RateLimit_Reset=reset, Date=format_datetime(now, usegmt=True)))
    assert isinstance(answer, Busy)
    assert answer.retry_after is not None
    assert timedelta(seconds=25) <= answer.retry_after <= timedelta(seconds=30)


async def test_a_yes_without_an_id_leaves_the_outcome_open(httpserver: HTTPServer) -> None:
    answer = await send(answer_with(httpserver, 200, "<html>Welcome to the captive portal</html>"))
    assert isinstance(answer, Busy)
    assert not answer.certain


async def test_an_envelope_of_another_channel_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(DefinitionError, match="not sms"):
        await send("http://127.0.0.1:1", channel=Channel.SMS)


@pytest.mark.parametrize(
    ("key", "url"),
    [
        ("", "https://api.example"),
        ("SG.k\r\ney", "https://api.example"),
        ("SG.key", "ftp://api.example"),
        ("SG.key", "https://ada:secret@api.example"),
        ("SG.key", "https://api.example/?a=b"),
        ("SG.key", "https://["),
    ],
)
def test_a_key_or_an_address_that_cannot_be_used_is_refused_and_not_shown(key: str, url: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        SendGridProvider(key, FROM, url=url)
    assert "secret" not in str(refusal.value)
    assert "SG" not in str(refusal.value)


def test_a_deployment_declares_it_by_kind_and_names_its_key() -> None:
    text = """
    [[email]]
    name = "mail-api"
    kind = "sendgrid"
    secret = "MAIL_API_KEY"
    options = { url = "https://api.eu.sendgrid.com", sender = "Shop <shop@shop.example>" }
    """
    (declared,) = read_declarations(text, {"MAIL_API_KEY": "SG.key"}, "providers.toml")
    account = Account(name="mail-api", channel=Channel.EMAIL, sender=FROM, pool=NO_POOL, secret=declared.secret)
    provider = declared.kind.make(account, declared.options)
    assert isinstance(provider, SendGridProvider)
    assert provider.name == "mail-api"
    with pytest.raises(ConfigurationError, match="secret"):
        read_declarations(text.replace('secret = "MAIL_API_KEY"', ""), {}, "providers.toml")


async def test_what_was_lost_counts_as_sent_since_the_api_knows_no_key() -> None:
    async with SendGridProvider("SG.key", FROM) as provider:
        assert provider.capabilities.unknown == "assume_sent"
        assert not provider.capabilities.honours_idempotency_key
        assert provider.name == "sendgrid:api.sendgrid.com"
