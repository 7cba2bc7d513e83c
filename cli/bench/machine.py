"""What the benchmarks run on, since figures mean nothing without it."""

import os
import platform

from pydantic import BaseModel, ConfigDict


class Machine(BaseModel):
    """A machine, in the few words that matter.

    Args:
        cores: Those that this process may use.
        system: Operating system and processor family.
        python: Its version.
    """

    model_config = ConfigDict(frozen=True)

    cores: int
    system: str
    python: str

    @property
    def in_words(self) -> str:
        """For the foot of a report."""
        return f"{self.cores} cores, {self.system}, Python {self.python}"


def this_machine() -> Machine:
    """The machine that we run on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    system = f"{platform.system()} {platform.machine()}"
    return Machine(cores=cores, system=system, python=platform.python_version())
