"""How a mail writes headers that must stay whole, such as the link by which its reader unsubscribes."""

from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.policy import Policy


class _Verbatim(UnstructuredHeader, BaseHeader):
    """A header in one line, as it is: folding would write a long link as an encoded word, which no program follows."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def headers_with_links() -> HeaderRegistry:
    """What a mail's policy must know of headers, so that links and ids in them stay whole."""
    registry = HeaderRegistry()
    for name in ("list-unsubscribe", "feedback-id"):
        registry.map_to_type(name, _Verbatim)
    return registry
