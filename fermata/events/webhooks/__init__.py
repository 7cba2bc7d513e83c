"""Webhooks of other systems: proved, understood, and said in the Segment spec. No I/O, no clock."""

from fermata.events.webhooks.delivery import Delivery
from fermata.events.webhooks.reading import read_webhook
from fermata.events.webhooks.signatures import TOLERANCE, Scheme, verify
from fermata.events.webhooks.sources import Source, Sources, read_sources

__all__ = ["TOLERANCE", "Delivery", "Scheme", "Source", "Sources", "read_sources", "read_webhook", "verify"]
