"""Which providers may tell: what a file must say of them, and what it is told where it cannot work."""

import pytest

from fermata.errors import ConfigurationError
from fermata.feedback.sources import read_tellers
from tests.unit.feedback.provider_signing import DOCUMENT, SECRETS


def test_every_kind_of_provider_is_read() -> None:
    tellers = read_tellers(DOCUMENT, SECRETS)
    assert {(each.name, each.kind, each.provider) for each in tellers.values()} == {
        ("mailer", "sendgrid", "mailer"),
        ("texter", "twilio", "texter"),
        ("gateway", "standard", "texter"),
        ("amazon", "ses", "mailer"),
    }
    assert not any(secret in repr(tellers) for secret in SECRETS.values())


@pytest.mark.parametrize(
    ("kind", "secret", "said"),
    [
        ("sendgrid", "AWAY", "feedback.one.secrets: there is no environment variable AWAY"),
        ("sendgrid", "HUSH", "feedback.one.secrets: the environment variable HUSH is no verification key"),
        ("standard", "HUSH", "is no base64"),
        ("twilio", "BLANK", "is blank"),
        ("pigeon", "HUSH", "feedback.one.kind"),
        ("ses", "HUSH", "feedback.one: kind 'ses' is proved by topics; name at least one, and no secrets"),
    ],
)
def test_a_file_that_cannot_work_is_refused_with_its_place(kind: str, secret: str, said: str) -> None:
    document = f'[feedback.one]\nkind = "{kind}"\nsecrets = ["{secret}"]'
    with pytest.raises(ConfigurationError) as refusal:
        read_tellers(document, {"HUSH": "!", "BLANK": " "}, source="webhooks.toml")
    assert said in str(refusal.value)
    assert str(refusal.value).startswith("webhooks.toml")


@pytest.mark.parametrize("topics", ["[]", '["mails"]', '["arn:aws:sqs:eu-west-1:123456789012:mails"]'])
def test_a_topic_of_amazons_is_given_by_its_full_name(topics: str) -> None:
    with pytest.raises(ConfigurationError, match=r"feedback\.amazon"):
        read_tellers(f'[feedback.amazon]\nkind = "ses"\ntopics = {topics}', {})
