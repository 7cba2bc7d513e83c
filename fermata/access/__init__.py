"""Who may call the HTTP surface: API keys, of which only the hash is kept."""

from fermata.access.keys import create_key, first_keys
from fermata.access.lookup import Key, Keys
from fermata.access.scopes import Scope, allows

__all__ = ["Key", "Keys", "Scope", "allows", "create_key", "first_keys"]
