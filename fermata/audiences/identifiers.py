"""Match keys: the hashed addresses by which an ad platform knows a person. A plain address never goes out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, NamedTuple

import phonenumbers

from fermata.events.names import email_name, phone_name
from fermata.vocabulary import Channel

Kind = Literal["email", "phone"]


class Identifier(NamedTuple):
    """One match key.

    Args:
        kind: What was hashed.
        digest: SHA-256 in hexadecimal digits.
    """

    kind: Kind
    digest: str


Person = tuple[Identifier, ...]
"""All that a platform is told of one person."""


@dataclass(frozen=True, slots=True)
class Hashing:
    """How a platform wants addresses written before they are hashed.

    Args:
        plus: A phone number begins with ``+``, as E.164 writes it; else it is its digits alone.
        gmail_dots: Dots before ``@gmail.com`` and ``@googlemail.com`` are left out, since that mailbox knows none.
    """

    plus: bool
    gmail_dots: bool


META = Hashing(plus=False, gmail_dots=False)
GOOGLE = Hashing(plus=True, gmail_dots=True)

_GMAIL = ("gmail.com", "googlemail.com")


def match_keys(
    addresses: Mapping[str, str], country: str | None, suppressed: Collection[str], hashing: Hashing
) -> Person:
    """The keys of a person; none of an address that is suppressed, and none of what is nobody's.

    Args:
        addresses: By channel, as the profile has them.
        country: Where its phone number is read.
        suppressed: The channels whose address must not be used.
        hashing: The platform's own.
    """
    usable = {channel: address for channel, address in addresses.items() if channel not in suppressed}
    email = _email(usable.get(Channel.EMAIL, ""), hashing)
    phone = _phone(usable.get(Channel.SMS, ""), country, hashing)
    keys = (("email", email), ("phone", phone))
    return tuple(Identifier(kind, digest) for kind, digest in keys if digest is not None)  # type: ignore[arg-type]


def _email(address: str, hashing: Hashing) -> str | None:
    mailbox, at, domain = address.strip().lower().rpartition("@")
    if hashing.gmail_dots and domain in _GMAIL:
        mailbox = mailbox.replace(".", "")
    return email_name(f"{mailbox}{at}{domain}")


def _phone(number: str, country: str | None, hashing: Hashing) -> str | None:
    with_plus = phone_name(number, country)
    if with_plus is None or hashing.plus:
        return with_plus
    written = phonenumbers.format_number(phonenumbers.parse(number, country), phonenumbers.PhoneNumberFormat.E164)
    return sha256(written.removeprefix("+").encode()).hexdigest()
