"""The providers of a deployment, one a channel, from its settings."""

from fermata.channels.cards import CardProvider
from fermata.channels.email import SmtpProvider
from fermata.channels.http_provider import HttpProvider
from fermata.channels.port import Provider
from fermata.database import Pool
from fermata.vocabulary import SUBSTITUTES, Channel


def providers_from(
    *,
    pool: Pool,
    from_address: str,
    smtp_url: str | None = None,
    push_url: str | None = None,
    sms_url: str | None = None,
    provider_token: str | None = None,
) -> dict[Channel, Provider]:
    """Makes a provider for each channel that the settings name. Nothing is connected before the first message.

    In-app, inbox and badge are always there: they need nothing but Postgres. Who made the providers closes them, each
    with ``aclose()``.

    Args:
        pool: For cards; it stays the caller's.
        from_address: The sender of email, ``Name <name@example.com>``.
        smtp_url: ``smtp://``, ``smtp+starttls://`` or ``smtps://``; None leaves email without a provider.
        push_url, sms_url: Base address of the HTTP provider; None leaves the channel without a provider.
        provider_token: Bearer token for the HTTP provider.

    Raises:
        ConfigurationError: A URL, the sender or the token cannot be used.
    """
    providers: dict[Channel, Provider] = {channel: CardProvider(channel, pool) for channel in sorted(SUBSTITUTES)}
    if smtp_url is not None:
        providers[Channel.EMAIL] = SmtpProvider(smtp_url, from_address)
    for channel, url in ((Channel.PUSH, push_url), (Channel.SMS, sms_url)):
        if url is not None:
            providers[channel] = HttpProvider(channel, url, token=provider_token)
    return providers
