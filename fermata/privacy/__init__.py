"""Privacy: a key for each person, by which their histories are written; whoever is erased takes it along."""

from fermata.privacy.master_keys import EnvironmentKeys, MasterKeys, Wrapped, master_keys_from
from fermata.privacy.profile_keys import NOBODY, KeyGone, ProfileKeys, follow_merge

__all__ = [
    "NOBODY",
    "EnvironmentKeys",
    "KeyGone",
    "MasterKeys",
    "ProfileKeys",
    "Wrapped",
    "follow_merge",
    "master_keys_from",
]
