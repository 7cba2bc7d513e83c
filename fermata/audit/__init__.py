"""What operators and admins did, on a record that can be added to and not changed."""

from fermata.audit.actor import Actor, Door, os_user
from fermata.audit.listing import AuditEntry, AuditPage, list_entries
from fermata.audit.recording import Act, Outcome, announced, recorded, write
from fermata.audit.target import of_profile

__all__ = [
    "Act",
    "Actor",
    "AuditEntry",
    "AuditPage",
    "Door",
    "Outcome",
    "announced",
    "list_entries",
    "of_profile",
    "os_user",
    "recorded",
    "write",
]
