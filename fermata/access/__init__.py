"""Who may call the HTTP surface: API keys, of which only the hash is kept."""

from fermata.access.keys import KeyRecord, create_key, first_keys, list_keys, revoke_key
from fermata.access.lookup import Key, Keys
from fermata.access.scopes import Scope, allows

__all__ = [
    "Key",
    "KeyRecord",
    "Keys",
    "Scope",
    "allows",
    "create_key",
    "first_keys",
    "list_keys",
    "revoke_key",
]
