"""Broadcasts: whom something is announced to, when by whose clock, how fast, and how far it is."""

from fermata.broadcasts.definition import Broadcast, Declared, Recurrence
from fermata.broadcasts.launch import Launch
from fermata.broadcasts.local_time import LocalTime
from fermata.broadcasts.rate import Rate
from fermata.broadcasts.record import (
    BroadcastOperation,
    BroadcastPage,
    BroadcastRecord,
    BroadcastState,
    Change,
    Progress,
)
from fermata.broadcasts.store import find_broadcast, list_broadcasts
from fermata.broadcasts.waiting import follow_merge

__all__ = [
    "Broadcast",
    "BroadcastOperation",
    "BroadcastPage",
    "BroadcastRecord",
    "BroadcastState",
    "Change",
    "Declared",
    "Launch",
    "LocalTime",
    "Progress",
    "Rate",
    "Recurrence",
    "find_broadcast",
    "follow_merge",
    "list_broadcasts",
]
