"""Who is held out: a fair share, always the same, and others in another journey."""

from uuid import UUID

import pytest

from fermata.journeys import EVERYWHERE, held_out

PEOPLE = [UUID(int=n) for n in range(20_000)]


@pytest.mark.parametrize("share", [0.05, 0.10, 0.5])
def test_the_share_held_out_is_the_share_asked_for(share: float) -> None:
    held = sum(held_out("cart", person, share) for person in PEOPLE) / len(PEOPLE)
    assert held == pytest.approx(share, abs=0.01)


def test_nobody_is_held_out_of_a_journey_without_holdout() -> None:
    assert not any(held_out("cart", person, 0.0) for person in PEOPLE)


def test_the_draw_never_changes() -> None:
    # Recorded once: with another draw, people in a holdout would be reached from one version to the next.
    assert [n for n in range(60) if held_out("cart_recovery", UUID(int=n), 0.1)] == [19, 28, 55]


def test_whoever_is_held_out_of_a_small_holdout_is_held_out_of_a_larger_one() -> None:
    assert all(held_out("cart", person, 0.2) for person in PEOPLE if held_out("cart", person, 0.1))


def test_two_journeys_draw_independently() -> None:
    both = sum(held_out("cart", person, 0.5) and held_out("browse", person, 0.5) for person in PEOPLE) / len(PEOPLE)
    assert both == pytest.approx(0.25, abs=0.02)


def test_another_salt_is_another_draw_of_other_people() -> None:
    spring = {person for person in PEOPLE if held_out(EVERYWHERE, person, 0.1, "spring")}
    autumn = {person for person in PEOPLE if held_out(EVERYWHERE, person, 0.1, "autumn")}
    assert len(spring & autumn) / len(PEOPLE) == pytest.approx(0.01, abs=0.005)
