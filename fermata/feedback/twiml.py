"""What Twilio is answered when a text comes in: a document that says what to reply, or nothing."""

from xml.sax.saxutils import escape

TWIML = "text/xml"
"""Its media type."""


def reply(text: str | None) -> str:
    """Writes the document.

    Args:
        text: What the person is sent back; None sends nothing.
    """
    message = f"<Message>{escape(text)}</Message>" if text is not None else ""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'
