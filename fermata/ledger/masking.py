"""Addresses as they are shown to whoever asks why: enough to recognise one, too little to write to it."""

from fermata.policy import Facts
from fermata.vocabulary import Channel

_SHOWN = 3
_ELLIPSIS = "…"


def masked(channel: Channel, address: str) -> str:
    """Returns an address with its telling part left out: ``a…@example.com``, ``+44…750``, ``tok…``.

    Args:
        channel: What kind of address it is.
        address: In full.
    """
    if channel is Channel.EMAIL and "@" in address:
        name, _, domain = address.rpartition("@")
        return f"{name[:1]}{_ELLIPSIS}@{domain}"
    shown = min(_SHOWN, len(address) // 4)
    end = address[-shown:] if channel is Channel.SMS and shown else ""
    return f"{address[:shown]}{_ELLIPSIS}{end}"


def without_addresses(facts: Facts) -> Facts:
    """Returns the facts with every address masked. They decide otherwise than the real ones: they are for reading."""
    addresses = {
        channel: masked(channel, address) if address else address
        for channel, address in facts.profile.addresses.items()
    }
    return facts.model_copy(update={"profile": facts.profile.model_copy(update={"addresses": addresses})})
