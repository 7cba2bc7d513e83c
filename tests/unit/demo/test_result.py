"""A demo fails, in one line with the figures, when a cap was exceeded or mail and ledger disagree."""

import pytest

from cli.demo.observation import Observation, Places, Violation
from cli.demo.run import DemoFailed, Result


def result(observation: Observation, places: Places, **changes: object) -> Result:
    return Result(observation.model_copy(update=changes), places, "Shoppers went shopping.", ())


def test_a_demo_in_which_all_is_right_passes(observation: Observation, places: Places) -> None:
    result(observation, places).check()


@pytest.mark.parametrize("received", [30, 32])
def test_mail_that_the_ledger_does_not_know_of_fails_it(
    observation: Observation, places: Places, received: int
) -> None:
    with pytest.raises(DemoFailed, match=f"received {received} emails, and the ledger says that 31 were sent"):
        result(observation, places, smtp_received=received).check()


def test_one_exposure_beyond_a_cap_fails_it(observation: Observation, places: Places) -> None:
    assert observation.story is not None
    beyond = Violation(rule="sms, 1 in 24 h", profile_id=observation.story.profile_id, at=observation.at, exposures=2)
    caps = observation.caps.model_copy(update={"violations": (beyond,)})
    with pytest.raises(DemoFailed, match="1 exposure beyond a cap: sms, 1 in 24 h, for example for profile 0190f3c2"):
        result(observation, places, caps=caps).check()
