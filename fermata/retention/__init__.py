"""How long rows are kept: what has had its time goes, in small batches, and nothing that a rule still looks back at."""

from fermata.retention.keep import Keep
from fermata.retention.removing import Removed, remove_old

__all__ = ["Keep", "Removed", "remove_old"]
