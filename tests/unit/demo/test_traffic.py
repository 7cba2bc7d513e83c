"""The made-up shoppers: the same for the same seed, in every part of the world, with the faults of real traffic."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import orjson
import phonenumbers
import pytest
from email_validator import validate_email

from cli.demo.malformed import KINDS
from cli.demo.payload import Payload
from cli.demo.traffic import Traffic, make_traffic
from cli.demo.world import World, read_world
from fermata.errors import InvalidEvent
from fermata.events import parse

NOW = datetime(2026, 11, 24, 20, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> World:
    return read_world()


@pytest.fixture(scope="module")
def traffic(world: World) -> Traffic:
    return make_traffic(world, seed=7, now=NOW)


def good_events(traffic: Traffic) -> list[Payload]:
    """Every well-formed event once, in the order of arrival."""
    everything = (*traffic.first_visits, *traffic.return_visits)
    return list({e["messageId"]: e for e in everything if "-broken-" not in e["messageId"]}.values())


def shares(traffic: Traffic, trait: str) -> float:
    return sum(trait in shopper.traits for shopper in traffic.shoppers) / len(traffic.shoppers)


def test_the_same_seed_and_moment_give_the_same_bytes(world: World) -> None:
    one, again, other = (make_traffic(world, seed=seed, now=NOW) for seed in (3, 3, 4))
    assert orjson.dumps([one.first_visits, one.return_visits]) == orjson.dumps(
        [again.first_visits, again.return_visits]
    )
    assert one.first_visits != other.first_visits


def test_a_second_later_they_are_other_people(world: World) -> None:
    one, other = (make_traffic(world, seed=3, now=now) for now in (NOW, NOW + timedelta(seconds=1)))
    for name in ("messageId", "anonymousId"):
        assert not {e[name] for e in good_events(one)} & {e[name] for e in good_events(other)}
    assert not {s.user_id for s in one.shoppers} & {s.user_id for s in other.shoppers} - {None}


@pytest.mark.parametrize("seed", range(8))
def test_every_seed_gives_enough_people_and_events(world: World, seed: int) -> None:
    traffic = make_traffic(world, seed=seed, now=NOW)
    assert len(traffic.shoppers) >= 200
    assert len({shopper.place.zone for shopper in traffic.shoppers}) >= 12
    assert len(traffic.first_visits) + len(traffic.return_visits) >= 2000


@pytest.mark.parametrize("seed", range(8))
def test_its_truth_is_what_one_counts_in_it(world: World, seed: int) -> None:
    traffic = make_traffic(world, seed=seed, now=NOW)
    sent = Counter(event["messageId"] for event in (*traffic.first_visits, *traffic.return_visits))
    broken = sum("-broken-" in message_id for message_id in sent)
    assert traffic.truth.malformed == broken
    assert traffic.truth.valid == len(sent) - broken
    assert traffic.truth.duplicates == sent.total() - len(sent)


@pytest.mark.parametrize("hour", range(24))
def test_at_any_hour_the_email_window_is_open_for_some_and_closed_for_others(world: World, hour: int) -> None:
    moment = datetime(2026, 7, 1, hour, tzinfo=UTC)
    is_open = [9 <= moment.astimezone(ZoneInfo(place.zone)).hour < 20 for place in world.places]
    assert 0.25 < sum(is_open) / len(is_open) < 0.75


def test_events_happen_just_before_now(traffic: Traffic) -> None:
    times = [datetime.fromisoformat(event["timestamp"]) for event in good_events(traffic)]
    assert min(times) > NOW - timedelta(hours=1)
    assert max(times) < NOW


def test_nobody_comes_back_before_the_first_visits_are_over(traffic: Traffic) -> None:
    first = {e["messageId"]: e["timestamp"] for e in traffic.first_visits if "-broken-" not in e["messageId"]}
    assert max(first.values()) < min(event["timestamp"] for event in traffic.return_visits)


def test_people_can_be_reached_and_object_in_realistic_shares(traffic: Traffic) -> None:
    assert 0.9 < shares(traffic, "email") < 1.0
    assert 0.3 < shares(traffic, "push_token") < 0.6
    assert 0.15 < shares(traffic, "phone") < 0.4
    assert 0.05 < shares(traffic, "quiet_hours") < 0.3
    assert 0 < shares(traffic, "do_not_disturb") < 0.1
    assert 0.85 < shares(traffic, "timezone") < 1.0
    answers = Counter(shopper.traits["consent"].get("email", {}).get("marketing") for shopper in traffic.shoppers)
    assert {"granted", "revoked", None} == set(answers)
    assert answers["granted"] > answers["revoked"] + answers[None]


def test_names_are_written_as_people_write_them_and_addresses_reach_nobody(traffic: Traffic) -> None:
    names = "".join(shopper.traits["name"] for shopper in traffic.shoppers)
    scripts = ("[ぁ-ん]", "[가-힣]", "[一-龥]", "[ก-ฮ]", "[ا-ي]", "[अ-ह]", "[Α-ω]", "[åäöéßğ]")
    assert all(re.search(script, names) for script in scripts)
    emails = [shopper.traits["email"] for shopper in traffic.shoppers if "email" in shopper.traits]
    assert len(set(emails)) == len(emails)
    for email in emails:
        assert validate_email(email, check_deliverability=False, test_environment=True).domain == "example.com"


def test_phone_numbers_are_well_formed_and_unique(traffic: Traffic) -> None:
    phones = [shopper.traits["phone"] for shopper in traffic.shoppers if "phone" in shopper.traits]
    assert len(set(phones)) == len(phones)
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(phone)) for phone in phones)


def test_carts_are_left_bought_and_cleared(traffic: Traffic) -> None:
    names = Counter(event.get("event") for event in good_events(traffic))
    assert names["Product Added"] > 100
    assert names["Order Completed"] > 20
    assert names["Cart Cleared"] > 3
    later = Counter(event.get("event") for event in traffic.return_visits)
    assert later["Product Viewed"] > 30
    assert later["Order Completed"] > 5


def test_somebody_adds_and_buys_at_once(traffic: Traffic) -> None:
    story: dict[str, list[str]] = {}
    for event in traffic.first_visits:
        story.setdefault(event.get("anonymousId", ""), []).append(str(event.get("event")))
    assert any("Product Added" in events and "Order Completed" in events for events in story.values())


def test_some_events_arrive_after_later_ones_of_the_same_person(traffic: Traffic) -> None:
    latest: dict[str, str] = {}
    overtaken = 0
    for event in good_events(traffic):
        person = event["anonymousId"]
        overtaken += event["timestamp"] < latest.get(person, "")
        latest[person] = max(event["timestamp"], latest.get(person, ""))
    assert overtaken >= 10


def test_copies_are_exact(traffic: Traffic) -> None:
    seen: dict[str, bytes] = {}
    for event in (*traffic.first_visits, *traffic.return_visits):
        assert seen.setdefault(event["messageId"], orjson.dumps(event)) == orjson.dumps(event)


def test_each_kind_of_bad_event_comes_a_few_times(traffic: Traffic) -> None:
    broken = [event for event in traffic.first_visits if "-broken-" in event["messageId"]]
    assert len(broken) == 3 * len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_bad_event_differs_from_the_good_one_it_was(traffic: Traffic, kind: str) -> None:
    good = next(event for event in good_events(traffic) if event["type"] == "track")
    before = orjson.dumps(good)
    assert KINDS[kind](good) != good
    assert orjson.dumps(good) == before


@pytest.mark.parametrize("kind", KINDS)
def test_the_door_refuses_each_kind_of_bad_event(traffic: Traffic, kind: str) -> None:
    good = next(event for event in good_events(traffic) if event["type"] == "track")
    parse(good, received_at=NOW)
    with pytest.raises(InvalidEvent):
        parse(KINDS[kind](good), received_at=NOW)


def test_the_door_takes_every_other_event(traffic: Traffic) -> None:
    understood = [parse({**event, "sentAt": NOW.isoformat()}, received_at=NOW) for event in good_events(traffic)]
    assert len(understood) == traffic.truth.valid
    assert {event.kind for event in understood} == {"track", "identify"}
    assert all(event.occurred_at < NOW for event in understood)


def test_a_world_too_full_for_its_phone_numbers_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="1 to 50 shoppers a place, not 51"):
        make_traffic(world, seed=1, now=NOW, each=51)
