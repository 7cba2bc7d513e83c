"""A duration as people say it."""

from datetime import timedelta


def in_words(duration: timedelta) -> str:
    """A duration as people say it: ``1 hour``, ``2 days``, ``90 minutes``, ``45 s``, ``0.5 s``."""
    seconds = duration.total_seconds()
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            count = int(seconds // size)
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    return f"{seconds:.3g} s"
