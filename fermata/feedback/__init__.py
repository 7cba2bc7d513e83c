"""What providers tell of messages that went out, and what people answer: taken once, with all that follows from it."""

from fermata.feedback.keywords import Keyword
from fermata.feedback.suppressing import Cause, SoftBounces
from fermata.feedback.taking import FeedbackDoor
from fermata.feedback.texting import InboundText, TextDoor, TextTaken
from fermata.feedback.word import Bounce, Feedback, Taken

__all__ = [
    "Bounce",
    "Cause",
    "Feedback",
    "FeedbackDoor",
    "InboundText",
    "Keyword",
    "SoftBounces",
    "Taken",
    "TextDoor",
    "TextTaken",
]
