"""The door: one transaction for each request, and what it leaves for the dispatcher to deliver."""

from fermata.ingest.accept import LATEST_TRIGGER, Ingest, Receipt
from fermata.ingest.dead_letters import (
    DeadLetter,
    DeadLetterPage,
    drop_dead_letter,
    list_dead_letters,
    read_dead_letter,
    resend_dead_letter,
)
from fermata.ingest.dispatches import CHANNEL, ClaimedDispatch, claim, settle
from fermata.ingest.gathering import Gathering
from fermata.ingest.outgoing import DispatchKind
from fermata.ingest.rejected import RejectedEvent, RejectedPage, list_rejected, resend

__all__ = [
    "CHANNEL",
    "LATEST_TRIGGER",
    "ClaimedDispatch",
    "DeadLetter",
    "DeadLetterPage",
    "DispatchKind",
    "Gathering",
    "Ingest",
    "Receipt",
    "RejectedEvent",
    "RejectedPage",
    "claim",
    "drop_dead_letter",
    "list_dead_letters",
    "list_rejected",
    "read_dead_letter",
    "resend",
    "resend_dead_letter",
    "settle",
]
