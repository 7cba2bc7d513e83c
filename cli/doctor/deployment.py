"""Looks at this deployment's own settings and files, and at the machine that the doctor runs on."""

import asyncio
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from importlib.metadata import version
from importlib.resources import files
from tempfile import gettempdir
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cli.doctor.finding import Finding, fail, ok, warn
from fermata.channels import Roster, providers_from
from fermata.database import Pool
from fermata.deployment import (
    deployment_audiences,
    deployment_desks,
    deployment_feedback,
    deployment_providers,
    deployment_verbs,
    deployment_webhooks,
)
from fermata.errors import FermataError
from fermata.privacy import master_keys_from
from fermata.settings import Settings
from workflows.discovery import discover

_LEAST_FREE = 0.1
_SCHEMES = {"smtp": 587, "smtp+starttls": 587, "smtp+plain": 25, "smtps": 465, "http": 80, "https": 443}
_PATIENCE = 5.0  # seconds


def look_at_machine() -> Iterator[Finding]:
    """The time zones, of which windows are made, and the disk."""
    listed = files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8").splitlines()
    names = [line.split("\t")[2] for line in listed if line and not line.startswith("#")]
    missing = [name for name in names if not _is_there(name)]
    found = f"{len(names)} by tzdata {version('tzdata')}"
    if missing:
        mend = "update the machine's own zone files, or remove them: tzdata's are used then"
        yield fail("time zones", f"{found}, of which {', '.join(missing)} cannot be read", mend)
    else:
        yield ok("time zones", found)
    folder = gettempdir()
    usage = shutil.disk_usage(folder)
    left = f"{usage.free / 1e9:.1f} GB of {usage.total / 1e9:.1f} GB are free for {folder}"
    if usage.free < usage.total * _LEAST_FREE:
        yield warn("disk", left, "make room")
    else:
        yield ok("disk", left)


def look_at_settings(settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """What is set, and what the files that it names say.

    Args:
        settings: Of this deployment.
        environment: Where the secrets are.
    """
    yield _journeys(settings)
    for name, read in (
        ("FERMATA_VERBS", lambda: deployment_verbs(settings)),
        (
            "FERMATA_WEBHOOKS",
            lambda: (deployment_webhooks(settings, environment), deployment_feedback(settings, environment)),
        ),
        ("FERMATA_AUDIENCES", lambda: deployment_audiences(settings, environment)),
        ("FERMATA_HANDOFFS", lambda: deployment_desks(settings, environment)),
    ):
        if getattr(settings, name.removeprefix("FERMATA_").lower()) is not None:
            yield _read(name, read)
    if settings.secret_key is None:
        yield warn(
            "secret key", "not set", "set FERMATA_SECRET_KEY: messages have no link to unsubscribe by without it"
        )
    else:
        yield ok("secret key", "set")
    yield _public(settings)
    yield _master_keys(settings)


async def look_at_providers(
    pool: Pool, settings: Settings, environment: Mapping[str, str], *, deep: bool
) -> list[Finding]:
    """Whether the providers can be made from what is declared, secrets included, and be reached.

    Args:
        pool: Connections to the database.
        settings: Of this deployment.
        environment: Where the secrets are.
        deep: Connect to each of those that the settings name by an address; nothing is sent.
    """
    try:
        roster = providers_from(
            pool=pool,
            from_address=settings.mail_from,
            smtp_url=settings.smtp_url.get_secret_value() if settings.smtp_url else None,
            push_url=settings.push_url,
            sms_url=settings.sms_url,
            provider_token=settings.provider_token.get_secret_value() if settings.provider_token else None,
            declarations=deployment_providers(settings, environment),
        )
    except FermataError as error:
        return [fail("providers", str(error), "`fermata providers check FILE` names every fault")]
    async with roster:
        found = [_providers(roster)]
    if deep:
        found += [await _reached(name, address) for name, address in sorted(_addresses(settings, environment))]
    return found


def _providers(roster: Roster) -> Finding:
    names = [f"{each.provider.channel.value} {each.name}" for each in roster.outside]
    if not names:
        mend = "set FERMATA_SMTP_URL, or FERMATA_PROVIDERS"
        return warn("providers", "none: nothing leaves but cards in the app", mend)
    return ok("providers", ", ".join(names))


def _addresses(settings: Settings, environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if settings.smtp_url:
        yield "email", settings.smtp_url.get_secret_value()
    for channel, address in (("push", settings.push_url), ("sms", settings.sms_url)):
        if address:
            yield channel, address
    for each in deployment_providers(settings, environment):
        address = getattr(each.options, "url", None)
        if isinstance(address, str) and "://" in address:
            yield each.provider.name, address


async def _reached(name: str, address: str) -> Finding:
    """Connects, and says no more of the address than host and port: it may hold a password."""
    check, parts = f"provider {name}", urlsplit(address)
    host, port = parts.hostname or "", parts.port or _SCHEMES.get(parts.scheme, 443)
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), _PATIENCE)
    except (OSError, TimeoutError) as error:
        why = str(error) or f"no answer within {_PATIENCE:.0f} s"
        return fail(
            check, f"{host}:{port} cannot be reached: {why}", "see to the address, and to what stands in between"
        )
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return ok(check, f"{host}:{port} can be reached")


def _journeys(settings: Settings) -> Finding:
    try:
        journeys = discover(settings.journeys)
    except FermataError as error:
        return fail("journeys", str(error).splitlines()[0], "`fermata journeys list` names every fault")
    if not journeys.classes:
        return warn("journeys", f"none in {', '.join(settings.journeys)}", "name their packages in FERMATA_JOURNEYS")
    return ok("journeys", ", ".join(sorted(journeys.classes)))


def _public(settings: Settings) -> Finding:
    check, address = "public address", settings.public_url
    if urlsplit(address).hostname in ("127.0.0.1", "localhost"):
        return warn(
            check, f"{address} leads nowhere for anybody else", "set FERMATA_PUBLIC_URL to where people reach the API"
        )
    if address.startswith("http://"):
        return warn(
            check, f"{address} is not encrypted", "put TLS before the API, and https:// into FERMATA_PUBLIC_URL"
        )
    return ok(check, address)


def _master_keys(settings: Settings) -> Finding:
    given = settings.master_keys.get_secret_value() if settings.master_keys is not None else ""
    if not given:
        return warn(
            "master keys", "not set: histories in Temporal are in the clear", "set FERMATA_MASTER_KEYS: docs/privacy.md"
        )
    try:
        keys = master_keys_from(given)
    except FermataError as error:
        return fail("master keys", str(error), "docs/privacy.md tells how they are written")
    return ok("master keys", f"the newest is {keys.newest}")


def _read(name: str, read: Callable[[], object]) -> Finding:
    try:
        read()
    except FermataError as error:
        return fail(name, str(error).splitlines()[0], "mend the file; the first fault stands here")
    return ok(name, "can be read")


def _is_there(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, OSError):
        return False
