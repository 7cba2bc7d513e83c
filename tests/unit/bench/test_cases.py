"""The cases of the benchmark are always the same, all can be decided, and they are mixed."""

from collections import Counter
from io import BytesIO

import orjson

from cli.bench.cases import case_lines, cases
from cli.policy_stream import decide_stream
from fermata.policy import default_policy


def test_they_are_the_same_every_time() -> None:
    assert case_lines(50) == case_lines(50)
    assert cases(20, exposures=5) == cases(20, exposures=5)


def test_every_line_is_decided_and_all_three_actions_come_up() -> None:
    answers = BytesIO()
    assert decide_stream(BytesIO(b"".join(case_lines(500))), answers, default_policy()) == 0
    actions = Counter(orjson.loads(line)["action"] for line in answers.getvalue().splitlines())
    assert actions.total() == 500
    assert min(actions["send"], actions["defer"], actions["drop"]) > 0


def test_as_many_exposures_as_asked_for() -> None:
    assert {len(case.exposures) for case in cases(50, exposures=20)} == {20}
