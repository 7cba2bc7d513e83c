"""Who acts, and by which door they came."""

import os
import pwd
from dataclasses import dataclass
from enum import StrEnum


class Door(StrEnum):
    """Where somebody acts."""

    API = "api"
    CONSOLE = "console"
    COMMAND = "command"


@dataclass(frozen=True)
class Actor:
    """Who acts.

    Args:
        name: Of the key, or of the user of the machine; empty where nobody is known.
        door: Where.
    """

    name: str
    door: Door


def os_user() -> Actor:
    """Who runs this process, as the machine knows them: no variable of the environment changes that."""
    number = os.getuid()
    try:
        return Actor(pwd.getpwuid(number).pw_name, Door.COMMAND)
    except KeyError:  # containers run as numbers that have no name
        return Actor(f"uid {number}", Door.COMMAND)
