"""The door: one transaction for each request, and what it leaves for the dispatcher to deliver."""

from fermata.ingest.accept import Ingest, Receipt
from fermata.ingest.dispatches import CHANNEL, ClaimedDispatch, claim, settle

__all__ = ["CHANNEL", "ClaimedDispatch", "Ingest", "Receipt", "claim", "settle"]
