"""Makes the providers of a deployment, from its settings and from what it declares."""

from collections.abc import Iterable, Iterator

from fermata.channels.cards import CardProvider
from fermata.channels.declared import Declaration
from fermata.channels.email import SmtpProvider
from fermata.channels.http_provider import HttpProvider
from fermata.channels.kind import Account
from fermata.channels.port import Provider
from fermata.channels.push import PushProvider
from fermata.channels.push_over_http import PushOverHttp
from fermata.channels.roster import Enlisted, Roster
from fermata.database import Pool
from fermata.errors import ConfigurationError
from fermata.vocabulary import SUBSTITUTES, Channel


def providers_from(
    *,
    pool: Pool,
    from_address: str,
    smtp_url: str | None = None,
    push_url: str | None = None,
    sms_url: str | None = None,
    provider_token: str | None = None,
    declarations: Iterable[Declaration] = (),
    also: Iterable[Provider] = (),
) -> Roster:
    """Makes all providers that the settings name. Nothing is connected before the first message.

    In-app, inbox and badge are always there: they need nothing but Postgres. Who made the roster closes it.

    Args:
        pool: For cards, and for what a provider keeps; it stays the caller's.
        from_address: The sender of email, ``Name <name@example.com>``.
        smtp_url: ``smtp://``, ``smtp+starttls://`` or ``smtps://``; None leaves email to the declarations.
        push_url, sms_url: Base address of the HTTP provider; None leaves the channel to the declarations.
        provider_token: Bearer token for the HTTP provider.
        declarations: What the file of ``FERMATA_PROVIDERS`` declares.
        also: Those that are made elsewhere, for audiences and hand-offs; they are the roster's from now on.

    Raises:
        ConfigurationError: A URL, the sender, a token or an option cannot be used; or a channel has providers in both
            places.
    """
    enlisted = [Enlisted(CardProvider(channel, pool)) for channel in sorted(SUBSTITUTES)]
    named = {Channel.EMAIL: smtp_url, Channel.PUSH: push_url, Channel.SMS: sms_url}
    declared = tuple(declarations)
    for channel in {each.channel for each in declared}:
        if named.get(channel) is not None:
            variable = "FERMATA_SMTP_URL" if channel is Channel.EMAIL else f"FERMATA_{channel.upper()}_URL"
            raise ConfigurationError(
                f"{variable} and [[{channel.value}]] in FERMATA_PROVIDERS both name providers of {channel.value}; "
                "leave one of them out"
            )
    if smtp_url is not None:
        enlisted.append(_enlisted(SmtpProvider(smtp_url, from_address)))
    if push_url is not None:
        over_http = PushOverHttp(HttpProvider(Channel.PUSH, push_url, token=provider_token))
        enlisted.append(_enlisted(PushProvider(pool, [over_http])))
    if sms_url is not None:
        enlisted.append(_enlisted(HttpProvider(Channel.SMS, sms_url, token=provider_token)))
    enlisted += [_enlisted(provider) for provider in also]
    return Roster([*enlisted, *_declared(declared, pool, from_address)])


def _enlisted(provider: Provider) -> Enlisted:
    return Enlisted(provider, rate=provider.capabilities.rate)


def _declared(declarations: Iterable[Declaration], pool: Pool, sender: str) -> Iterator[Enlisted]:
    for each in declarations:
        said = each.provider
        account = Account(name=said.name, channel=each.channel, sender=sender, pool=pool, secret=each.secret)
        try:
            provider = each.kind.make(account, each.options)
        except ConfigurationError as error:
            raise ConfigurationError(f"FERMATA_PROVIDERS: {each.place} ({said.name}): {error}") from None
        rate = said.rate if said.rate is not None else provider.capabilities.rate
        yield Enlisted(provider, kind=said.kind, weight=said.weight, tier=said.tier, rate=rate)
