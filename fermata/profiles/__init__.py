"""The profile of a person: its names, the facts that decisions are made on, and its sessions."""

from fermata.profiles.changes import apply
from fermata.profiles.identity import Identity, IdentityKind, Known, Resolution, identities_of, resolve
from fermata.profiles.profile import Profile
from fermata.profiles.session import SESSION_GAP, Session, continued
from fermata.profiles.store import known_by, record, save

__all__ = [
    "SESSION_GAP",
    "Identity",
    "IdentityKind",
    "Known",
    "Profile",
    "Resolution",
    "Session",
    "apply",
    "continued",
    "identities_of",
    "known_by",
    "record",
    "resolve",
    "save",
]
