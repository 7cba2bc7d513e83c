"""What goes over the wire: one event as JSON, in the Segment spec."""

from typing import Any, TypeAlias

Payload: TypeAlias = dict[str, Any]
"""An event as a service would send it. It is not ours yet: the door decides what it is, so it has no stricter type."""
