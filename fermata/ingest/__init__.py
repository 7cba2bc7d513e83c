"""The door: one transaction for each request, and what it leaves for the dispatcher to deliver."""

from fermata.ingest.accept import LATEST_TRIGGER, Ingest, Receipt
from fermata.ingest.dispatches import CHANNEL, ClaimedDispatch, claim, settle
from fermata.ingest.gathering import Gathering
from fermata.ingest.outgoing import DispatchKind
from fermata.ingest.rejected import RejectedEvent, RejectedPage, list_rejected, resend

__all__ = [
    "CHANNEL",
    "LATEST_TRIGGER",
    "ClaimedDispatch",
    "DispatchKind",
    "Gathering",
    "Ingest",
    "Receipt",
    "RejectedEvent",
    "RejectedPage",
    "claim",
    "list_rejected",
    "resend",
    "settle",
]
