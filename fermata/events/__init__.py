"""The event as it comes in: payloads in the Segment spec, checked and understood. No I/O, no clock."""

from fermata.events.bounds import LARGEST_MESSAGE
from fermata.events.incoming import Device, IncomingEvent, Kind, Rejection
from fermata.events.instant import read_instant
from fermata.events.parse import parse
from fermata.events.traits import Address, QuietHours, Traits

__all__ = [
    "LARGEST_MESSAGE",
    "Address",
    "Device",
    "IncomingEvent",
    "Kind",
    "QuietHours",
    "Rejection",
    "Traits",
    "parse",
    "read_instant",
]
