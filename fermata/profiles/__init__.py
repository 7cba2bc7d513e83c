"""The profile of a person: its names, the facts that decisions are made on, and its sessions."""

from fermata.profiles.changes import apply
from fermata.profiles.consent_log import follow_merge
from fermata.profiles.identity import STRENGTH, Anchor, Identity, IdentityKind, identities_of
from fermata.profiles.merged import merged
from fermata.profiles.merging import join_names, remove_merged
from fermata.profiles.profile import Profile
from fermata.profiles.session import SESSION_GAP, Session, continued
from fermata.profiles.stitching import MOST_NAMES, Known, Merge, Resolution, resolve
from fermata.profiles.store import Overtaken, known_by, record, save

__all__ = [
    "MOST_NAMES",
    "SESSION_GAP",
    "STRENGTH",
    "Anchor",
    "Identity",
    "IdentityKind",
    "Known",
    "Merge",
    "Overtaken",
    "Profile",
    "Resolution",
    "Session",
    "apply",
    "continued",
    "follow_merge",
    "identities_of",
    "join_names",
    "known_by",
    "merged",
    "record",
    "remove_merged",
    "resolve",
    "save",
]
