"""The schema, in one place: each table a SQLModel class. Migrations are generated from it and a test proves they agree.

Hot statements are plain SQL (the ``queries.sql`` of each room): these classes describe and migrate, and load nothing.
"""

from fermata.database.tables.access import ApiKey, ApiKeySecret, ConsoleSession
from fermata.database.tables.audiences import AudienceMember
from fermata.database.tables.audit import AuditLogEntry
from fermata.database.tables.broadcasts import Broadcast, BroadcastWaiting
from fermata.database.tables.catalogue import EventFile, Product
from fermata.database.tables.consent import ConsentLog
from fermata.database.tables.dead_letters import DeadLetter
from fermata.database.tables.devices import Device
from fermata.database.tables.erasure import Erasure_, SuppressionSalt
from fermata.database.tables.events import Event, MessageId, RejectedEvent
from fermata.database.tables.feedback import FeedbackWord
from fermata.database.tables.inbox import InboxItem
from fermata.database.tables.ledger import Decision, Deferral, Reservation
from fermata.database.tables.next_best_actions import NextBestAction
from fermata.database.tables.operating import OperatorAction
from fermata.database.tables.people import Identity_, Profile, ProfileMerge, Suppression
from fermata.database.tables.policy import PolicyActivation, PolicyDocument
from fermata.database.tables.privacy import ProfileKey
from fermata.database.tables.providers import ProviderHealth, SendingWorker
from fermata.database.tables.runs import ChildRun, Dispatch, Holdout, JourneyRun, VariantExposure
from fermata.database.tables.short_links import ShortLink
from fermata.database.tables.traits import PopulationBorders, TrainedModel

__all__ = [
    "ApiKey",
    "ApiKeySecret",
    "AudienceMember",
    "AuditLogEntry",
    "Broadcast",
    "BroadcastWaiting",
    "ChildRun",
    "ConsentLog",
    "ConsoleSession",
    "DeadLetter",
    "Decision",
    "Deferral",
    "Device",
    "Dispatch",
    "Erasure_",
    "Event",
    "EventFile",
    "FeedbackWord",
    "Holdout",
    "Identity_",
    "InboxItem",
    "JourneyRun",
    "MessageId",
    "NextBestAction",
    "OperatorAction",
    "PolicyActivation",
    "PolicyDocument",
    "PopulationBorders",
    "Product",
    "Profile",
    "ProfileKey",
    "ProfileMerge",
    "ProviderHealth",
    "RejectedEvent",
    "Reservation",
    "SendingWorker",
    "ShortLink",
    "Suppression",
    "SuppressionSalt",
    "TrainedModel",
    "VariantExposure",
]
