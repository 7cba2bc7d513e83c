"""For tests of journeys: every recorded run and every fingerprint beside a test file is a test of its own.

In ``conftest.py``: ``from cli.replay.testing import pytest_generate_tests``. Then, in a file beside ``histories/`` and
``fingerprints/``::

    async def test_a_recorded_run_replays(recorded_run: RecordedRun) -> None:
        await recorded_run.replays()


    def test_the_steps_of_a_journey_are_those_that_runs_in_flight_know(fingerprint: Fingerprint) -> None:
        fingerprint.holds()

One that fails says which journey, which event, what the code does there now, and what to write. ``fermata record`` adds
runs, ``fermata record --fingerprints`` writes fingerprints. The first test needs pytest-asyncio.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from fermata.settings import read_settings
from worker.replay.fingerprints import FINGERPRINTS, difference_of
from worker.replay.recorded import find_histories, read_history
from worker.replay.replaying import replay_one
from workflows.discovery import Journeys, discover

__all__ = ["Fingerprint", "RecordedRun", "pytest_generate_tests"]


@dataclass(frozen=True)
class RecordedRun:
    """A recorded run.

    Args:
        path: Its file.
    """

    path: Path

    async def replays(self, journeys: Journeys | None = None) -> None:
        """Fails the test, with what to write, where the run does not replay.

        Args:
            journeys: The code; None for what ``FERMATA_JOURNEYS`` names.
        """
        broken = await replay_one(read_history(self.path), journeys or _journeys())
        if broken is not None:
            pytest.fail(str(broken), pytrace=False)


@dataclass(frozen=True)
class Fingerprint:
    """What is known of the steps of a journey.

    Args:
        folder: In whose ``fingerprints`` it stands.
        journey: The journey's name.
    """

    folder: Path
    journey: str

    def holds(self, journeys: Journeys | None = None) -> None:
        """Fails the test, with what to write, where the journey has other steps.

        Args:
            journeys: The code; None for what ``FERMATA_JOURNEYS`` names.
        """
        difference = difference_of(self.folder, self.journey, (journeys or _journeys()).classes.get(self.journey))
        if difference is not None:
            pytest.fail(str(difference), pytrace=False)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Makes a test of each recorded run, and of each journey that is here or has a fingerprint."""
    folder = metafunc.definition.path.parent
    if "recorded_run" in metafunc.fixturenames:
        files = find_histories([folder])
        metafunc.parametrize("recorded_run", [RecordedRun(path) for path in files], ids=[path.stem for path in files])
    if "fingerprint" in metafunc.fixturenames:
        stored = {path.stem for path in (folder / FINGERPRINTS).glob("*.txt")}
        names = sorted(stored | set(_journeys().classes))
        metafunc.parametrize("fingerprint", [Fingerprint(folder, name) for name in names], ids=names)


@cache
def _journeys() -> Journeys:
    return discover(read_settings().journeys)
