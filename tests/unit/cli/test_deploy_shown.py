"""``fermata deploy`` shows which builds runs are led to, and what is left of the older ones."""

from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console

from cli.deploy.routing_shown import shown
from worker.build_routing import Build, BuildState, Routing

_FIRST = datetime(2026, 11, 25, 3, 10, tzinfo=UTC)


def build(name: str, state: BuildState, **facts: Any) -> Build:
    usual: dict[str, Any] = {"percent": 0, "runs": 0, "workers": 0, "seen_at": None, "first_seen_at": _FIRST}
    return Build(build_id=name, state=state, **{**usual, **facts})


def routing(*builds: Build, **facts: Any) -> Routing:
    usual: dict[str, Any] = {
        "deployment": "fermata",
        "current": "two",
        "ramping": None,
        "percent": 0,
        "before": "one",
        "changed_by": "ada",
        "settled": True,
        "unversioned_runs": 0,
        "unversioned_workers": 0,
    }
    return Routing(builds=builds, **{**usual, **facts})


def lines(stands: Routing) -> list[str]:
    console = Console(width=100)
    with console.capture() as captured:
        console.print(shown(stands))
    return [" ".join(line.split()) for line in captured.get().splitlines()]


def test_each_build_has_its_share_its_runs_and_its_workers() -> None:
    seen = datetime.now(UTC) - timedelta(seconds=6)
    assert lines(
        routing(
            build("two", BuildState.CURRENT, percent=100, runs=61_204, workers=2, seen_at=seen),
            build("one", BuildState.DRAINING, runs=38_771),
        )
    ) == [
        "build state given runs workers first seen",
        "two current 100 % 61,204 2, 6 s ago 2026-11-25 03:10 UTC",
        "one draining 38,771 none 2026-11-25 03:10 UTC",
        "38,771 runs have still to leave an older build: each takes its next step in two.",
        "Changed last by ada.",
    ]


def test_workers_without_a_build_are_shown_where_they_have_runs_or_are_given_some() -> None:
    stands = routing(
        build("one", BuildState.RAMPING, percent=5, runs=1, workers=1),
        current=None,
        ramping="one",
        percent=5,
        before=None,
        changed_by="",
        unversioned_runs=20,
        unversioned_workers=1,
    )
    assert lines(stands)[1:] == [
        "one ramping 5 % 1 1 2026-11-25 03:10 UTC",
        "without a build current 95 % 20 1",
    ]


def test_while_one_ramps_nobody_knows_where_the_runs_of_an_older_one_go_on() -> None:
    stands = routing(
        build("three", BuildState.RAMPING, percent=50),
        build("two", BuildState.CURRENT, percent=50),
        build("one", BuildState.DRAINING, runs=1),
        ramping="three",
        percent=50,
    )
    assert "1 run has still to leave an older build: it takes its next step where it is led then." in lines(stands)
