"""When failures are steady: five in a row, or most of the last twenty."""

from fermata.channels.outages import OutageRule, RecentAttempts


def test_the_fifth_failure_in_a_row_is_one_too_many() -> None:
    recent = RecentAttempts(OutageRule())
    assert [recent.failed() for _ in range(5)] == [False, False, False, False, True]


def test_a_success_between_failures_begins_the_row_anew() -> None:
    recent = RecentAttempts(OutageRule())
    for _ in range(4):
        recent.failed()
    recent.went_well()
    assert not recent.failed()


def test_more_than_half_of_the_last_twenty_is_too_many_even_with_successes_between() -> None:
    recent = RecentAttempts(OutageRule())
    found = []
    for _ in range(7):
        recent.went_well()
        found += [recent.failed(), recent.failed()]
    # The twentieth attempt completes the picture: 7 of them went well.
    assert found == [False] * 12 + [True, True]


def test_half_of_the_last_twenty_is_not() -> None:
    recent = RecentAttempts(OutageRule())
    found = []
    for _ in range(30):
        recent.went_well()
        found.append(recent.failed())
    assert not any(found)


def test_who_is_back_begins_anew() -> None:
    recent = RecentAttempts(OutageRule())
    for _ in range(4):
        recent.failed()
    recent.forget()
    assert not recent.failed()
