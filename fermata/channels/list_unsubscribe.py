"""The headers by which a mail program offers to unsubscribe, with one click (RFC 2369, RFC 8058)."""

from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy


class _Verbatim(UnstructuredHeader, BaseHeader):
    """A header in one line, as it is: folding would write a long link as an encoded word, which no program follows."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def headers_with_links() -> HeaderRegistry:
    """What a mail's policy must know of headers, so that links in them stay whole."""
    registry = HeaderRegistry()
    registry.map_to_type("list-unsubscribe", _Verbatim)
    return registry


def offer_to_unsubscribe(mail: EmailMessage, url: str) -> None:
    """Adds the headers.

    One click works by https alone, and only where the mail's DKIM signature covers both headers; the server that
    signs must be set up so.

    Args:
        mail: Made with a policy whose ``header_factory`` is ``headers_with_links()``.
        url: Where a POST withdraws, and a GET asks. It is ours: neither spaces nor angle brackets are in it.
    """
    mail["List-Unsubscribe"] = f"<{url}>"
    if url.startswith("https://"):
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
