"""Who may call the HTTP surface: API keys, of which only slow hashes are kept."""

from fermata.access.keys import create_key, first_keys, revoke_key, rotate_key
from fermata.access.listing import KeyRecord, list_keys
from fermata.access.lookup import NO_LIMITS, DefaultLimits, Key, Keys
from fermata.access.rates import Limit
from fermata.access.scopes import Scope, allows

__all__ = [
    "NO_LIMITS",
    "DefaultLimits",
    "Key",
    "KeyRecord",
    "Keys",
    "Limit",
    "Scope",
    "allows",
    "create_key",
    "first_keys",
    "list_keys",
    "revoke_key",
    "rotate_key",
]
