"""Times of day as people write them in a policy or a preference: "09:00", and "24:00" for the end of a day."""

import re

_WALL_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")


def minutes_of_day(text: str) -> int:
    """Returns the minutes from midnight, 0 to 1440.

    Raises:
        ValueError: The text is no time of day; the message names it.
    """
    match = _WALL_TIME.fullmatch(text)
    minutes = int(match[1]) * 60 + int(match[2]) if match else -1
    if not 0 <= minutes <= 24 * 60:
        raise ValueError(f"{text!r} is no time of day; write HH:MM from 00:00 to 24:00")
    return minutes
