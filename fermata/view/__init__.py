"""The 360 view: everything that is known of a person, read across the rooms. It writes nothing of a person."""

from fermata.view.entries import EntryKind, TimelineEntry
from fermata.view.export import export_profile
from fermata.view.finding import LOOK_UPS, Wanted
from fermata.view.profile_view import ProfileView, read_profile
from fermata.view.recorded_export import recorded_export
from fermata.view.timeline import TimelinePage, read_timeline

__all__ = [
    "LOOK_UPS",
    "EntryKind",
    "ProfileView",
    "TimelineEntry",
    "TimelinePage",
    "Wanted",
    "export_profile",
    "read_profile",
    "read_timeline",
    "recorded_export",
]
