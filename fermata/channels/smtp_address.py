"""Where the mail server is and how to speak to it, read from one URL."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal
from urllib.parse import unquote, urlsplit

from fermata.errors import ConfigurationError

Encryption = Literal["none", "starttls", "tls"]

_SCHEMES: dict[str, tuple[Encryption | None, int]] = {
    "smtp": (None, 25),  # by the host: see ``parse``
    "smtp+plain": ("none", 25),
    "smtp+starttls": ("starttls", 587),
    "smtps": ("tls", 465),
}


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """A mail server.

    Args:
        host: Its name or address.
        port: Its port.
        encryption: ``none``, ``starttls`` (asked for, and refused if the server has none) or ``tls`` from the start.
        username, password: For AUTH; None sends without.
    """

    host: str
    port: int
    encryption: Encryption
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> "SmtpAddress":
        """Reads ``smtp://``, ``smtp+starttls://``, ``smtps://`` or ``smtp+plain://`` and ``user:password@host:port``.

        ``smtp://`` means STARTTLS, and no mail where the server has none; on this machine itself, where nobody listens
        in, it means plain. Only ``smtp+plain://`` sends plain to another: for a network that is private.

        Raises:
            ConfigurationError: The URL cannot be used. The message leaves the password out.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:  # it says what stands there, and that may be the end of a password
            problem = (
                "cannot be read as smtp://user:password@host:port; in user and password write / ? # as %2F %3F %23"
            )
            raise ConfigurationError(f"FERMATA_SMTP_URL {problem}") from None
        if parts.scheme not in _SCHEMES:
            choices = ", ".join(f"{scheme}://" for scheme in _SCHEMES)
            raise ConfigurationError(f"FERMATA_SMTP_URL begins with {parts.scheme + '://'!r}; use one of {choices}")
        if not parts.hostname:
            raise ConfigurationError("FERMATA_SMTP_URL names no host; write it as smtp://host:port")
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise ConfigurationError(f"FERMATA_SMTP_URL goes on after the port of {parts.hostname}; end it there")
        encryption, usual_port = _SCHEMES[parts.scheme]
        if encryption is None:
            encryption = "none" if _is_this_machine(parts.hostname) else "starttls"
        return cls(
            host=parts.hostname,
            port=usual_port if port is None else port,
            encryption=encryption,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
