"""A text message that got out of hand is refused: a template that went wrong must not cost a book of segments."""

from fermata.channels.port import Rejected
from fermata.channels.sms_segments import segments_of
from fermata.vocabulary import Reason

MOST_SEGMENTS = 10
"""What Twilio takes at most in GSM-7: 1,530 characters. A deployment may declare fewer."""


def refuse_length(text: str, most: int = MOST_SEGMENTS) -> Rejected | None:
    """Refuses a text that takes too many segments; None lets it pass.

    Args:
        text: As it would be sent.
        most: Segments that a message may take.
    """
    counted = segments_of(text)
    if counted.segments <= most:
        return None
    return Rejected(Reason.RENDER_FAILED, f"the text takes {counted}; at most {most} are let through")
