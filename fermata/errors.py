"""The one exception tree of Fermata.

FermataError
├── ConfigurationError    a setting, key or address of this deployment is missing or wrong
├── DefinitionError       a journey, message or template that cannot work; names file, line and mend
├── PolicyError           a policy document that cannot be used; names table, key and value
├── InvalidEvent          an event or request the door refuses; names the field
├── BadSignature          a webhook that does not prove that it comes from whom it says
├── NotFound              what was asked for by id is not here
│   └── NoSuchProfile     nor has it become part of another: it was erased, or never was
├── TooManyRequests       a key asks more often than it may; says when it may again
├── Conflict              what is asked for does not go with how things stand; says how they stand
└── Unavailable           Postgres, Temporal or a provider does not answer; trying again later can help
    └── Overloaded        they would, but more is asked of them than they can do
"""

from datetime import timedelta


class FermataError(Exception):
    """Root of all that Fermata raises on purpose. Its message says what happened, with which value, and the mend."""


class ConfigurationError(FermataError):
    """A setting, key or address of this deployment is missing or wrong."""


class DefinitionError(FermataError):
    """A journey, message or template that cannot work as written."""


class PolicyError(FermataError):
    """A policy document that cannot be used."""


class InvalidEvent(FermataError):
    """An event that the door refuses.

    Args:
        message: What is wrong, with the value.
        field: Dotted path of the field at fault (``"properties.price"``), or "" where it is the whole payload.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class BadSignature(FermataError):
    """A webhook that does not prove that it comes from whom it says."""


class NotFound(FermataError):
    """What was asked for by id is not here."""


class NoSuchProfile(NotFound):
    """There is no profile of that id, and none that it has become part of: it was erased, or never was."""


class TooManyRequests(FermataError):
    """A key asks more often than it may.

    Args:
        message: What may be asked, and how often.
        wait: How long until the next request is let through.
    """

    def __init__(self, message: str, *, wait: timedelta) -> None:
        super().__init__(message)
        self.wait = wait


class Conflict(FermataError):
    """What is asked for does not go with how things stand."""


class Unavailable(FermataError):
    """Postgres, Temporal or a provider does not answer; trying again later can help."""


class Overloaded(Unavailable):
    """More is asked for at once than can be done; the same again later is done."""
