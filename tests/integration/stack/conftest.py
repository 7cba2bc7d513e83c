"""What the tests of the stack need to run programs of their own."""

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[3]
# The user keeps the right to read everything: the Python that runs the tests may be installed where only root can look.
_AS_NOBODY = (
    *("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"),
    *("--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override", "--bounding-set=-all,+dac_override"),
)


@pytest.fixture
def own_environment() -> dict[str, str]:
    """An environment in which the project can be imported, and which names no running server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FERMATA_", "TEMPORAL_", "PG"))}
    return {**kept, "PYTHONPATH": str(_ROOT)}


@pytest.fixture
def as_ordinary_user() -> tuple[str, ...]:
    """What to put before a command so that it does not run as root. Nothing, where the tests do not either."""
    return _AS_NOBODY if os.geteuid() == 0 else ()
