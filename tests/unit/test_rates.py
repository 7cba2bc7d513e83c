"""How many requests pass a limit, by a clock of the test's."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fermata.access.rates import Bucket, Limit
from fermata.errors import ConfigurationError
from fermata.settings import read_settings

limits = st.builds(Limit, st.floats(0.1, 1000), st.integers(1, 1000).map(float))
pauses = st.lists(st.floats(0, 5), max_size=200)


@given(limits, pauses)
def test_in_any_span_no_more_pass_than_the_burst_and_what_the_rate_gives(limit: Limit, pauses: list[float]) -> None:
    bucket = Bucket(limit)
    passed = [at for at in accumulate(pauses) if bucket.take(at) == 0]
    for first, begin in enumerate(passed):
        for last, end in enumerate(passed[first:], first):
            assert last - first + 1 <= limit.burst + (end - begin) * limit.rate + 1e-6


@given(limits)
def test_whoever_waits_as_long_as_told_is_let_through(limit: Limit) -> None:
    bucket, now = Bucket(limit), 1000.0
    while not (wait := bucket.take(now)):
        pass
    assert bucket.take(now + wait * 0.9) > 0
    assert bucket.take(now + wait + 1e-6) == 0


def test_a_clock_that_goes_back_fills_nothing() -> None:
    bucket = Bucket(Limit(1, 1))
    assert bucket.take(100) == 0
    assert bucket.take(0) > 0
    assert bucket.take(100) == 0


@pytest.mark.parametrize(
    ("text", "limit"), [("50", Limit(50, 100)), ("0.1", Limit(0.1, 1)), ("50:200", Limit(50, 200)), ("off", None)]
)
def test_a_limit_is_read(text: str, limit: Limit | None) -> None:
    assert Limit.parse(text) == limit


@pytest.mark.parametrize("text", ["", "0", "-1", "50:0", "1e9", "5:", "fifty", "off:5", "1" * 8, "٣"])
def test_what_is_no_limit_is_refused_by_name(text: str) -> None:
    with pytest.raises(ConfigurationError, match=f"'{text}' is no limit"):
        Limit.parse(text)


def test_a_setting_that_is_no_limit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERMATA_KEY_LIMIT", "many")
    with pytest.raises(ConfigurationError, match=r"FERMATA_KEY_LIMIT='many': .*'many' is no limit"):
        read_settings()
