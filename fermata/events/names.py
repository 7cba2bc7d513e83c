"""The names of a person that an event gives beside user id and anonymous id, and what is nobody's name."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources

import phonenumbers

_SHA256 = re.compile(r"[0-9a-f]{64}")
_ZEROS = re.compile(r"[0\-\s.]+")


@dataclass(frozen=True, slots=True)
class Names:
    """Names of a person that an event gives.

    Args:
        external_ids: In systems elsewhere: ``"shopify_customer_id:123"``.
        emails: SHA-256 of each address in small letters, as 64 hexadecimal digits.
        phones: SHA-256 of each number in E.164.
        device: The device's id.
        session: The session's id, where it tells one session from all others.
    """

    external_ids: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    device: str | None = None
    session: str | None = None

    def __bool__(self) -> bool:
        return bool(self.external_ids or self.emails or self.phones or self.device or self.session)


NO_NAMES = Names()
"""What most events give."""


@cache
def _nobodys(kind: str) -> frozenset[str]:
    preset = resources.files("fermata.events").joinpath("presets/nobody.toml").read_text("utf-8")
    return frozenset(tomllib.loads(preset)[kind])


def is_nobody(value: str) -> bool:
    """Whether an id is what software writes where it knows none: ``"null"``, ``"unknown"``, zeros, a made-up mailbox.

    Args:
        value: A user id, an anonymous id, or another name.
    """
    folded = value.strip().casefold()
    return folded in _nobodys("ids") or folded in _nobodys("mailboxes") or _ZEROS.fullmatch(folded) is not None


def email_name(address: str) -> str | None:
    """The name that an e-mail address is: its SHA-256, as advertisers' match keys are made. None for nobody's mailbox.

    Args:
        address: As a person wrote it; blanks around it and capitals do not count.
    """
    normal = address.strip().lower()
    if "@" not in normal or normal in _nobodys("mailboxes"):
        return None
    return sha256(normal.encode()).hexdigest()


def phone_name(number: str, country: str | None) -> str | None:
    """The name that a phone number is: the SHA-256 of its E.164 form. None where it cannot be read for certain.

    Args:
        number: As a person wrote it.
        country: Where it is read, two letters, or None: then only a number with its country code is a name.
    """
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed) or len(set(str(parsed.national_number))) == 1:
        return None
    return sha256(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164).encode()).hexdigest()


def hashed_name(digest: str) -> str:
    """A name that came as a SHA-256 already.

    Args:
        digest: In hexadecimal digits.

    Raises:
        ValueError: It is none.
    """
    normal = digest.strip().lower()
    if _SHA256.fullmatch(normal) is None:
        raise ValueError(f"must be a SHA-256 of 64 hexadecimal digits, not {digest[:70]!r}")
    return normal
