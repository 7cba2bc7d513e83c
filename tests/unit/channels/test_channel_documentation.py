"""What docs/channels.md shows of email works as it stands there."""

import re
from pathlib import Path

from fermata.channels.declared import read_declarations
from fermata.channels.smtp_address import SmtpAddress

PAGE = (Path(__file__).parents[3] / "docs" / "channels.md").read_text(encoding="utf-8")


def test_the_declared_mail_providers_are_read() -> None:
    (example,) = (block for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL) if 'kind = "sendgrid"' in block)
    secrets = {"MAIL_API_KEY": "SG.key", "RELAY_PASSWORD": "hush", "AWS_SECRET_ACCESS_KEY": "hush"}
    declared = read_declarations(example, secrets, "providers.toml")
    assert [(each.provider.name, each.provider.kind, each.provider.tier) for each in declared] == [
        ("mail-api", "sendgrid", 1),
        ("relay", "smtp", 2),
        ("amazon", "ses", 3),
    ]


def test_every_way_to_write_a_mail_server_encrypts_as_the_page_says() -> None:
    rows = dict(re.findall(r"^\| `(smtp\S*://)` \| (.*?) \|$", PAGE, re.MULTILINE))
    encryption = {scheme: SmtpAddress.parse(f"{scheme}mail.example").encryption for scheme in rows}
    assert encryption == {
        "smtps://": "tls",
        "smtp+starttls://": "starttls",
        "smtp://": "starttls",
        "smtp+plain://": "none",
    }
    assert SmtpAddress.parse("smtp://127.0.0.1").encryption == "none"
