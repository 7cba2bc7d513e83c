"""Channels: the ways to reach a person, each behind one port, and the templates that hold the words."""

from fermata.channels.cards import CardProvider
from fermata.channels.carriers import Carriers
from fermata.channels.email import SmtpProvider
from fermata.channels.health import Health
from fermata.channels.http_provider import HttpProvider
from fermata.channels.inbox import InboxItem, InboxPage, list_inbox
from fermata.channels.interactions import mark_read
from fermata.channels.live_templates import LiveTemplates, TemplatesInUse
from fermata.channels.merging import follow_merge
from fermata.channels.port import (
    Accepted,
    BadgeContent,
    Busy,
    Capabilities,
    CardContent,
    Content,
    EmailContent,
    Envelope,
    Provider,
    PushContent,
    Rejected,
    SmsContent,
)
from fermata.channels.providers import providers_from
from fermata.channels.roster import Enlisted, Roster
from fermata.channels.site import Site
from fermata.channels.templates import EmptyContent, RenderFailed, Templates

__all__ = [
    "Accepted",
    "BadgeContent",
    "Busy",
    "Capabilities",
    "CardContent",
    "CardProvider",
    "Carriers",
    "Content",
    "EmailContent",
    "EmptyContent",
    "Enlisted",
    "Envelope",
    "Health",
    "HttpProvider",
    "InboxItem",
    "InboxPage",
    "LiveTemplates",
    "Provider",
    "PushContent",
    "Rejected",
    "RenderFailed",
    "Roster",
    "Site",
    "SmsContent",
    "SmtpProvider",
    "Templates",
    "TemplatesInUse",
    "follow_merge",
    "list_inbox",
    "mark_read",
    "providers_from",
]
