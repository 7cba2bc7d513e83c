"""The event as it comes in: payloads in the Segment spec, checked and understood. No I/O, no clock."""

from fermata.events.bounds import LARGEST_MESSAGE
from fermata.events.incoming import Device, Door, IncomingEvent, Kind, Mark, Rejection
from fermata.events.instant import read_instant
from fermata.events.parse import parse
from fermata.events.reading import MOST_MESSAGES, Reading, RefusedMessage, TooManyMessages, read, rejection
from fermata.events.traits import Address, QuietHours, Traits

__all__ = [
    "LARGEST_MESSAGE",
    "MOST_MESSAGES",
    "Address",
    "Device",
    "Door",
    "IncomingEvent",
    "Kind",
    "Mark",
    "QuietHours",
    "Reading",
    "RefusedMessage",
    "Rejection",
    "TooManyMessages",
    "Traits",
    "parse",
    "read",
    "read_instant",
    "rejection",
]
