"""The kinds of providers that a deployment can declare. A new one is one file and one line here."""

import importlib
from typing import Any

from fermata.channels.kind import Kind

KINDS = {
    "smtp": "fermata.channels.smtp_kind",
    "sendgrid": "fermata.channels.sendgrid_kind",
    "ses": "fermata.channels.ses_kind",
    "twilio": "fermata.channels.twilio_kind",
    "http": "fermata.channels.http_kind",
    "push": "fermata.channels.push_kind",
}
"""By the name that a deployment writes: the module with its ``KIND``, loaded only where a deployment declares it."""


def kind_named(name: str) -> Kind[Any]:
    """The kind of this name.

    Args:
        name: One of ``KINDS``.
    """
    kind: Kind[Any] = importlib.import_module(KINDS[name]).KIND
    return kind
