"""Declares push: ``kind = "push"``, with FCM for apps, Web Push for browsers, or both."""

from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints, ValidationError

from fermata.channels.fcm import FCM, FcmService
from fermata.channels.google_tokens import ServiceAccount
from fermata.channels.kind import Account, Kind, Options
from fermata.channels.push import PushProvider
from fermata.channels.push_service import PushService
from fermata.channels.web_push import HOSTS, WebPushService
from fermata.errors import ConfigurationError
from fermata.vocabulary import Channel

_Word = Annotated[str, StringConstraints(min_length=1)]


class PushOptions(Options):
    """What push needs. Its secret is the VAPID private key.

    Args:
        fcm_service_account: The key file of the service account; without it, apps are not reached.
        fcm_url: Base address of FCM.
        vapid_subject: ``mailto:…`` or ``https://…``; without it, browsers are not reached.
        web_push_hosts: Ends of the host names of push services that may be called.
    """

    fcm_service_account: Path | None = None
    fcm_url: _Word = FCM
    vapid_subject: _Word | None = None
    web_push_hosts: tuple[_Word, ...] = HOSTS


def _make(account: Account, options: PushOptions) -> PushProvider:
    services: list[PushService] = []
    if options.fcm_service_account is not None:
        services.append(FcmService(read_service_account(options.fcm_service_account), url=options.fcm_url))
    if (options.vapid_subject is None) is not (account.secret is None):
        raise ConfigurationError("Web Push needs both options.vapid_subject and a secret, the VAPID private key")
    if options.vapid_subject is not None and account.secret is not None:
        services.append(WebPushService(account.secret, options.vapid_subject, hosts=options.web_push_hosts))
    return PushProvider(account.pool, services, name=account.name)


def read_service_account(path: Path) -> ServiceAccount:
    """Reads the key file of a service account.

    Raises:
        ConfigurationError: It is not there, or is none. No part of it is shown.
    """
    try:
        return ServiceAccount.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"fcm_service_account: {path} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"fcm_service_account: {path} is no key file: {field} {first['msg']}") from None


KIND = Kind(channels=frozenset({Channel.PUSH}), options=PushOptions, make=_make)
