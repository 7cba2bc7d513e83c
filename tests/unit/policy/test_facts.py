"""Facts: what is refused at the door, and that they survive being written down."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from fermata.policy import Facts
from tests.unit.policy.situations import answer, exposure, facts, waiting


def _case(**changes: Any) -> dict[str, Any]:
    case: dict[str, Any] = {
        "at": "2026-03-04T12:00:00Z",
        "message": {"key": "m", "channels": ["email"]},
        "profile": {"id": "p"},
    }
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = case
        for parent in parents:
            place = place[parent]
        place[last] = value
    return case


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"at": "2026-03-04T12:00:00"}, "timezone info"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "no instant in UTC"),
        ({"at": "1969-12-31T23:59:59Z"}, "out of range"),
        ({"colour": "red"}, "Extra inputs"),
        ({"profile__quiet_hour": None}, "Extra inputs"),
        ({"profile__timezone": "Europe/Pariss"}, "unknown time zone 'Europe/Pariss'"),
        ({"profile__timezone": "../etc/passwd"}, "unknown time zone"),
        ({"profile__timezone": "Europe"}, "unknown time zone 'Europe'"),
        ({"profile__country": "USA"}, "pattern"),
        ({"profile__quiet_hours": {"start": "22:00", "end": "22:00"}}, "start and end at 22:00"),
        ({"profile__quiet_hours": {"start": "9 pm", "end": "07:00"}}, "'9 pm' is no time of day"),
        ({"profile__quiet_hours": {"start": 22, "end": 7}}, "22 is no time of day"),
        ({"message__channels": []}, "at least 1"),
        ({"message__channels": ["fax"]}, "'email'"),
        ({"message__channels": ["badge"]}, "only a substitute"),
        ({"message__channels": ["email", "email"]}, "named twice"),
        ({"message__purpose": "spam"}, "'marketing'"),
        ({"message__priority": 101}, "100"),
        ({"message__priority": "50"}, "integer"),
        ({"exposures": [{"channel": "email", "at": "2026-03-04T12:00:00"}]}, "timezone info"),
    ],
)
def test_a_case_with_a_fault_is_refused(change: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        Facts.model_validate_json(json.dumps(_case(**change)), strict=True)


def test_absent_fields_mean_unknown() -> None:
    known = Facts.model_validate_json(json.dumps(_case()), strict=True)
    assert known.profile.timezone is None
    assert known.profile.consent == {}
    assert known.message.priority == 50


def test_midnight_may_be_written_as_24_00() -> None:
    case = _case(profile__quiet_hours={"start": "22:00", "end": "24:00"})
    quiet = Facts.model_validate(case).profile.quiet_hours
    assert quiet is not None
    assert quiet.text == "22:00-00:00"


def test_facts_survive_being_written_down() -> None:
    case = facts(
        "2026-03-04T12:00:00Z",
        "push",
        "sms",
        quiet_hours={"start": "22:00", "end": "07:30"},
        active_session=True,
        suppressed=["sms"],
        exposures=[exposure("in_app", "2026-03-04T11:00:00Z", session="s1", topic="shoes")],
        waiting=[waiting("in_app", None)],
        blocked={"push": "provider_rejected"},
        stop="goal_met",
    )
    assert Facts.model_validate_json(case.model_dump_json(), strict=True) == case


def test_consents_that_do_not_bear_on_sending_are_taken_and_change_nothing() -> None:
    said = {"email": {"marketing": "granted", "analytics": "revoked", "personalisation": None}}
    assert answer(facts("2026-03-04T12:00:00Z", consent=said))[0] == "send"
