"""How what somebody did counts for less as time passes: by half with every half-life."""

from datetime import timedelta

FORGOTTEN_AFTER = 10
"""Half-lives after which something is left out: less than a thousandth of it would remain."""


def decayed(weight: float, age: timedelta, half_life: timedelta) -> float:
    """What is left of a weight.

    Args:
        weight: At the instant itself; may be negative.
        age: How long ago it was; what lies ahead counts in full.
        half_life: Longer than zero.

    Returns:
        ``weight * 0.5 ** (age / half_life)``; 0 from ``FORGOTTEN_AFTER`` half-lives on.
    """
    lives = max(age, timedelta(0)) / half_life
    return 0.0 if lives >= FORGOTTEN_AFTER else weight * 0.5**lives
