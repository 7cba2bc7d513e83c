"""Whom a simulation is about, read from a file."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from cli.simulate.person_file import Described, read_person_file
from fermata.errors import InvalidEvent, NotFound


def described(folder: Path, content: Any) -> Described:
    path = folder / "person.json"
    path.write_bytes(orjson.dumps(content))
    return read_person_file(path)


def test_an_identify_call_is_taken_as_it_is(tmp_path: Path) -> None:
    call = {"userId": "ada", "traits": {"timezone": "Asia/Tokyo"}, "context": {"locale": "ja-JP"}, "messageId": "m"}
    read = described(tmp_path, call)
    assert read == Described("ada", {"traits": {"timezone": "Asia/Tokyo"}, "context": {"locale": "ja-JP"}})


def test_traits_alone_are_enough(tmp_path: Path) -> None:
    assert described(tmp_path, {"timezone": "Asia/Tokyo"}) == Described(None, {"traits": {"timezone": "Asia/Tokyo"}})


def test_a_profile_as_policies_are_tried_on_becomes_the_traits_that_bring_it_about(tmp_path: Path) -> None:
    profile = {
        "id": "p1",
        "timezone": "America/New_York",
        "country": "US",
        "subdivision": "NY",
        "addresses": {"email": "ada@example.com", "sms": "+12125550100", "push": "token"},
        "consent": {"email": {"marketing": "granted"}},
        "do_not_disturb_until": None,
    }
    assert described(tmp_path, profile) == Described(
        "p1",
        {
            "traits": {
                "timezone": "America/New_York",
                "consent": {"email": {"marketing": "granted"}},
                "email": "ada@example.com",
                "phone": "+12125550100",
                "push_token": "token",
                "address": {"country": "US", "state": "NY"},
            }
        },
    )


def test_what_cannot_be_is_named_with_its_field(tmp_path: Path) -> None:
    with pytest.raises(InvalidEvent, match=r"traits\.timezone: "):
        described(tmp_path, {"timezone": "Mars/Olympus"})
    with pytest.raises(InvalidEvent, match="holds no JSON object"):
        described(tmp_path, [])
    with pytest.raises(NotFound, match="cannot read"):
        read_person_file(tmp_path / "missing.json")
