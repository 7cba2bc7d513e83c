"""Paths in worlds of which the truth is planted: what leads to the outcome ranks first, and nothing else is called."""

import numpy as np
import pytest

from fermata.analytics.paths import PathCount

DAY = 86_400.0
WEEK = 7 * DAY
NAMES = ("Viewed", "Searched", "Compared", "Reviewed", "Shared", "Helped")


def world(seed: int, people: int, planted: dict[tuple[str, ...], float]) -> PathCount:
    """People who do six things at random; right after a planted path they come to the outcome more often."""
    chance = np.random.default_rng(seed)
    count = PathCount(WEEK)
    for _ in range(people):
        names = [NAMES[place] for place in chance.integers(0, len(NAMES), 6)]
        times = list(np.cumsum(chance.uniform(600, 3_600, 6)))
        collapsed = [name for place, name in enumerate(names) if place == 0 or names[place - 1] != name]
        walked = {tuple(collapsed[start : start + 2]) for start in range(len(collapsed) - 1)}
        likely = max((rate for path, rate in planted.items() if path in walked), default=0.1)
        outcomes = [times[-1] + chance.uniform(DAY, 2 * DAY)] if chance.random() < likely else []
        count.add(names, times, outcomes, 30 * DAY)
    return count


def test_planted_paths_rank_first_of_their_length() -> None:
    planted: dict[tuple[str, ...], float] = {("Compared", "Reviewed"): 0.4, ("Searched", "Shared"): 0.3}
    found = [path for path in world(1, 4_000, planted).paths() if len(path.steps) == 2]
    assert [path.steps for path in found[:2]] == list(planted)
    assert all(path.is_clear and path.low is not None and path.low > 1 for path in found[:2])
    assert found[0].seconds == pytest.approx(1.5 * DAY, rel=0.15)


def test_where_nothing_is_planted_nothing_is_called_in_most_worlds() -> None:
    called = [sum(path.is_clear for path in world(seed, 300, {}).paths()) > 0 for seed in range(100)]
    assert np.mean(called) <= 0.06


def test_repeats_are_taken_together_and_an_outcome_ends_what_came_before() -> None:
    count = PathCount(WEEK)
    count.add(["a", "a", "b", "b", "a"], [1, 2, 3, 4, 6], [5.0], WEEK + 10)
    found = {path.steps: (path.people, path.reached) for path in count.paths(fewest=1)}
    assert found == {("a",): (1, 1), ("b",): (1, 1), ("a", "b"): (1, 1)}  # the last "a" begins anew


def test_each_person_counts_once_for_a_path_and_only_where_the_horizon_has_passed() -> None:
    count = PathCount(10.0)
    count.add(["a", "b", "a", "b"], [1, 2, 3, 95], [8.0], 100)
    count.add(["a"], [91], [92.0], 100)
    found = {path.steps: (path.people, path.reached) for path in count.paths(fewest=1)}
    assert found[("a",)] == (1, 1)
    assert found[("a", "b")] == (1, 1)


def test_what_comes_after_the_horizon_is_not_owed_to_the_path() -> None:
    count = PathCount(10.0)
    count.add(["a"], [1], [11.5], 100)
    (path,) = count.paths(fewest=1)
    assert (path.reached, path.lift, path.p_value, path.seconds) == (0, None, 1.0, None)


def test_memory_is_bounded_and_what_is_common_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fermata.analytics.paths._MOST_PATHS", 100)
    count = PathCount(10.0, longest=1)
    for number in range(1_000):
        count.add(["common", f"rare {number}"], [1, 2], [], 100)
    assert [path.steps for path in count.paths()] == [("common",)]
    assert len(count._followed) <= 100


def test_nobody_has_no_paths() -> None:
    assert PathCount(WEEK).paths() == []
